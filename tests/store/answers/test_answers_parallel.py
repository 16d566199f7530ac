"""Runs as lines through parallel axes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labtop.store.answers.known import known_of
from labtop.store.answers.why.parallel import parallel
from labtop.store.model import Axis, Column, Goal, Json, Parallel, ParallelQuery, StoreError

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf


def answer(shelf: Shelf, *keys: str, runs: tuple[int, ...] | None = None, where: str = "") -> Parallel:
    cursor = shelf.cursor()
    found = parallel(cursor, ParallelQuery(Column("metric", "acc"), keys, runs, where), known_of(cursor, 0.0))
    assert found.place.shape == (len(found.runs), len(found.axes))
    assert [str(each.dtype) for each in (found.runs, found.place, found.best)] == ["int32", "float32", "bool"]
    return found


def runs_with(shelf: Shelf, *rows: tuple[float | None, Mapping[str, Json]], goal: Goal | None = "max") -> None:
    for acc, params in rows:
        run = shelf.run(f"run{shelf.runs}")
        if acc is not None:
            shelf.metric(run, "acc", [acc], goal=goal)
        for key, value in params.items():
            shelf.param(run, key, value)


def test_numbers_lie_linearly_or_by_their_logarithm_and_texts_at_equal_distances(shelf: Shelf) -> None:
    runs_with(
        shelf,
        (0.5, {"lr": 1e-4, "depth": 2, "opt": "sgd", "mixed": "auto"}),
        (0.75, {"lr": "1e-2", "depth": 4, "opt": "adam", "mixed": 10}),
        (1.0, {"lr": 1, "depth": 10, "opt": "lion", "mixed": math.nan}),
    )
    found = answer(shelf, "lr", "depth", "opt", "mixed")
    assert found.axes == (
        Axis("lr", "0.0001", "1", log=True),
        Axis("depth", "2", "10"),
        Axis("opt", "adam", "sgd", ("adam", "lion", "sgd")),
        Axis("mixed", "10", "auto", ("10", "NaN", "auto")),
        Axis("acc", "0.5", "1"),
    )
    assert found.place.tolist() == [[0, 0, 1, 1, 0], [0.5, 0.25, 0, 0, 0.5], [1, 1, 0.5, 0.5, 1]]


def test_what_a_run_lacks_has_no_place_and_a_run_without_a_finite_metric_no_line(shelf: Shelf) -> None:
    runs_with(shelf, (1.0, {"lr": math.inf}), (2.0, {"lr": 5}), (math.nan, {"lr": 7}), (None, {"lr": 8}), (3.0, {}))
    found = answer(shelf, "lr", "'; drop table shares")
    assert found.runs.tolist() == [0, 1, 4]
    assert found.axes[:2] == (Axis("lr", "5", "5"), Axis("'; drop table shares", "", ""))
    np.testing.assert_array_equal(found.place, [[np.nan, np.nan, 0], [0.5, np.nan, 0.5], [np.nan, np.nan, 1]])


@pytest.mark.parametrize(("goal", "best"), [("max", [18, 19, 20]), ("min", [0, 1]), (None, [18, 19, 20])])
def test_the_best_tenth_is_marked(shelf: Shelf, goal: Goal | None, best: list[int]) -> None:
    runs_with(shelf, *((float(min(place, 18)), {}) for place in range(21)), goal=goal)
    found = answer(shelf)
    assert found.runs[found.best].tolist() == best, "ties too"
    assert answer(shelf, runs=(4, 5)).best.sum() == 1, "one at least"


def test_extremes_and_nothing(shelf: Shelf) -> None:
    runs_with(shelf, (-1.7e308, {"lr": 5e-324}), (1.7e308, {"lr": 1.7e308}), (0.0, {"lr": 1.0}))
    found = answer(shelf, "lr")
    assert found.place[:, 1].tolist() == [0, 1, 0.5]
    assert found.axes[0].log
    nothing = answer(shelf, "lr", where="run9")
    assert (nothing.axes[0], nothing.place.shape, len(nothing.best)) == (Axis("lr", "", ""), (0, 2), 0)
    cursor = shelf.cursor()
    with pytest.raises(StoreError, match="'lr' is no metric"):
        parallel(cursor, ParallelQuery(Column("param", "lr"), ()), known_of(cursor, 0.0))
