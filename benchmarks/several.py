"""More than one labtop at once: `labtop ls` while a screen holds the index, against alone."""

from __future__ import annotations

import time

from benchmarks.harness import Figure, median
from benchmarks.place import SET_A, Place
from benchmarks.processes import LABTOP, output_of
from benchmarks.ui import leave, settle, terminal_of, until_read


def measure(place: Place) -> list[Figure]:
    """In turns; the screen is opened anew for each."""
    directory, index = place.warm(SET_A)
    arguments = ["--dir", str(directory), "--index", str(index)]

    def listing() -> float:
        began = time.perf_counter()
        output_of([LABTOP, "ls", "--json", *arguments])
        return time.perf_counter() - began

    alone, beside = [], []
    with place.scratch() as folder:
        for _ in range(3 if place.quick else 9):
            alone.append(listing())
            with terminal_of([LABTOP, str(directory), "--index", str(index)], folder) as terminal:
                until_read(terminal, SET_A.runs)
                settle(terminal)
                beside.append(listing())
                leave(terminal)
    return [Figure("ls --json of set A beside a screen", median(beside), "s", None, median(alone), "alone", 1.5)]
