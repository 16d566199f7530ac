"""How late the event loop of the program is while it reads: run with a probe, its samples read afterwards."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import Figure, median
from benchmarks.lateness import Late, idle_loop, load, p99_ms
from benchmarks.place import SET_A, Place
from benchmarks.processes import read_cold
from benchmarks.terminal import Terminal
from benchmarks.ui import leave, terminal_of, until_read

_PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Found:
    """`late`: of the program's loop, `idle`: of one that did nothing; `began` and `read`: of the first reading."""

    late: list[Late]
    idle: list[Late]
    began: float
    read: float | None

    def figure(self, name: str, aim: float, begin: float, end: float) -> Figure:
        """The lateness between two moments."""
        idle = p99_ms(self.idle, begin, end)
        return Figure(f"{name}, p99", p99_ms(self.late, begin, end), "ms", aim, idle, "an idle loop")


@contextmanager
def probed(folder: Path, *arguments: str) -> Iterator[Terminal]:
    """The program on a terminal, with a probe, beside an idle loop. Both end with it; then `found` tells."""
    command = [sys.executable, "-m", "benchmarks.probe", str(folder / "samples.json"), *arguments]
    with idle_loop(folder / "idle.json"), terminal_of(command, folder) as terminal:
        yield terminal
        leave(terminal)


def found(folder: Path) -> Found:
    """What the last probe told."""
    told = json.loads((folder / "samples.json").read_text())
    late = [(due, late) for due, late in told["late"]]
    return Found(late, load(folder / "idle.json"), told["began"], told.get("read"))


def measure(place: Place) -> list[Figure]:
    """Set A read cold on the screen: how late the loop is meanwhile, and how long it takes."""
    directory = place.made(SET_A)
    late, seconds, alone = [], [], []
    for _ in range(1 if place.quick else 3):
        with place.scratch() as folder:
            alone.append(read_cold("labtop", directory, folder / "alone.duckdb"))
            with probed(folder, str(directory), "--index", str(folder / "index.duckdb")) as terminal:
                until_read(terminal, SET_A.runs, _PATIENCE_S)
            each = found(folder)
        assert each.read is not None
        late.append(each.figure("event loop late while set A is read", 50, each.began, each.read))
        seconds.append(each.read - each.began)
    return [
        sorted(late, key=lambda figure: figure.value)[(len(late) - 1) // 2],
        Figure("set A read below an open screen", median(seconds), "s", None, median(alone), "without a screen"),
    ]
