"""Charts over many runs: scatter, histogram, groups and sparklines, each asked of a store that was just opened."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.harness import Figure, median
from benchmarks.place import SET_A, Place
from labtop.store.model import Column, HistogramQuery, ScatterQuery
from labtop.store.store import Store
from labtop.synthetic.plan import Plan

_RUNS: Final = Plan(runs=10_000, steps=10, metrics=2, files=50)
_LOSS, _LR = Column("metric", "train/loss"), Column("param", "lr")
_SHOWN: Final = tuple(range(60))

_QUESTIONS: Final[tuple[tuple[str, float, Callable[[Store], object]], ...]] = (
    ("scatter against a param", 0.2, lambda store: store.scatter(ScatterQuery(_LOSS, _LR))),
    ("scatter against texts", 0.2, lambda store: store.scatter(ScatterQuery(_LOSS, Column("param", "optimizer")))),
    ("scatter, x chosen", 0.2, lambda store: store.scatter(ScatterQuery(_LOSS))),
    ("histogram", 0.2, lambda store: store.histogram(HistogramQuery(_LOSS))),
)


def measure(place: Place) -> list[Figure]:
    """The outline is known, as it is to every screen that shows charts."""
    turns = 3 if place.quick else 9
    directory, index = place.warm(_RUNS)
    figures = [
        Figure(f"{name}, 10,000 runs", _answer(directory, index, ask, turns), "s", aim) for name, aim, ask in _QUESTIONS
    ]
    directory, index = place.warm(SET_A)
    lines = _answer(directory, index, lambda store: store.sparklines(_SHOWN, _LOSS.key, 8), turns)
    return [*figures, Figure("sparklines of 60 runs x 10,000 points", lines, "s", 0.06)]


def _answer(directory: Path, index: Path, ask: Callable[[Store], object], turns: int) -> float:
    taken = []
    for _ in range(turns):
        with Store.open(directory, index=index, poll=True) as store:
            store.outline()
            began = time.perf_counter()
            ask(store)
            taken.append(time.perf_counter() - began)
    return median(taken)
