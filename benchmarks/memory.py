"""Memory of the program while much is read: set A, and ten times that."""

from __future__ import annotations

from benchmarks.harness import Figure
from benchmarks.place import SET_A, Place
from benchmarks.processes import LABTOP
from benchmarks.ui import peak_memory_mb, terminal_of, until_read
from labtop.synthetic.plan import Plan

_TEN_TIMES = Plan(runs=1_000, steps=10_000, metrics=6)
_PATIENCE_S = 1800.0


def measure(place: Place) -> list[Figure]:
    """1 M lines, about 200 MB, read cold; and 10 M lines, about 2 GB, unless it shall be quick."""
    figures = [Figure("peak memory of the screen, set A read cold", _peak_mb(place, SET_A), "MB", 300)]
    if not place.quick:
        peak = _peak_mb(place, _TEN_TIMES)
        figures.append(Figure("peak memory of the screen, ten times set A read cold", peak, "MB", 500))
    return figures


def _peak_mb(place: Place, plan: Plan) -> float:
    """Of the screen's process and the store's together."""
    directory = place.made(plan)
    with (
        place.scratch() as folder,
        terminal_of([LABTOP, str(directory), "--index", str(folder / "index.duckdb")], folder) as terminal,
    ):
        until_read(terminal, plan.runs, _PATIENCE_S)
        return peak_memory_mb(terminal.process.pid)
