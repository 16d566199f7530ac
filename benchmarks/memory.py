"""Memory of the program while much is read: ten times set A. That of set A is measured with its event loop."""

from __future__ import annotations

from benchmarks.harness import Figure
from benchmarks.place import Place
from benchmarks.processes import LABTOP
from benchmarks.ui import peak_memory_mb, terminal_of, until_read
from labtop.synthetic.plan import Plan

_TEN_TIMES = Plan(runs=1_000, steps=10_000, metrics=6)
_PATIENCE_S = 1800.0


def measure(place: Place) -> list[Figure]:
    """10 M lines, about 2 GB, read cold."""
    if place.quick:
        return []
    directory = place.made(_TEN_TIMES)
    with (
        place.scratch() as folder,
        terminal_of([LABTOP, str(directory), "--index", str(folder / "index.duckdb")], folder) as terminal,
    ):
        until_read(terminal, _TEN_TIMES.runs, _PATIENCE_S)
        memory = peak_memory_mb(terminal.process.pid)
    return [Figure("peak memory of the screen, ten times set A read cold", memory, "MB", 500)]
