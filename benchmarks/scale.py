"""From process start to the first full frame, of large directories that were open before."""

from __future__ import annotations

from benchmarks.harness import Figure
from benchmarks.place import SET_A, Place
from benchmarks.screen import first_frame
from benchmarks.ui import is_full
from labtop.synthetic.plan import Plan

_MANY_FILES = Plan(runs=1_701, steps=100, metrics=6, files=1_701)
_MANY_RUNS = Plan(runs=75_000, steps=100, metrics=1, files=50)


def set_a(place: Place) -> list[Figure]:
    """1 M lines of 100 runs."""
    return [_frame(place, SET_A, "first frame, warm, set A", 0.6)]


def many_files(place: Place) -> list[Figure]:
    """1,701 runs in as many files."""
    return [_frame(place, _MANY_FILES, "first frame, warm, 1,701 runs and files", 1)]


def many_runs(place: Place) -> list[Figure]:
    """75,000 runs in 50 files; to read them the first time takes minutes."""
    return [] if place.quick else [_frame(place, _MANY_RUNS, "first frame, warm, 75,000 runs in 50 files", 3)]


def _frame(place: Place, plan: Plan, name: str, aim: float) -> Figure:
    directory, index = place.warm(plan)
    return first_frame(place, name, aim, [str(directory), "--index", str(index)], is_full)
