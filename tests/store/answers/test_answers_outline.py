"""What a directory holds: metrics by how common they are, parameters by how much they tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from labtop.store.answers.known import known_of
from labtop.store.model import MetricInfo, Outline

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf


def outlined(shelf: Shelf) -> Outline:
    cursor = shelf.cursor()
    return known_of(cursor, 0.0).outline(cursor)


def test_metrics_most_frequent_first_and_those_with_a_goal_before_others(shelf: Shelf) -> None:
    for place in range(3):
        shelf.run(f"run{place}", end_status="finished" if place else None)
        shelf.metric(place, "batch", [8, 8])
        shelf.metric(place, "loss", [place, 1], goal="min")
    shelf.metric(1, "acc", [0.5], goal="max")
    shelf.metric(2, "rare", [1, math.nan])
    found = outlined(shelf)
    assert found.runs == 3
    assert found.metrics == (
        MetricInfo("loss", "min", None, 3, varies=True),
        MetricInfo("batch", None, None, 3, varies=False),
        MetricInfo("acc", "max", None, 1, varies=False),
        MetricInfo("rare", None, None, 1, varies=True),
    )


def test_telling_parameters_come_before_paths_and_constants_are_left_out(shelf: Shelf) -> None:
    for place in range(12):
        run = shelf.run(f"run{place}")
        shelf.param(run, "path", f"/out/{place}")
        shelf.param(run, "lr", [0.1, 0.01, 0.001][place % 3])
        shelf.param(run, "random_lr", place / 100)
        shelf.param(run, "opt", ["adam", "sgd"][place % 2])
        shelf.param(run, "same", "x")
        shelf.param(run, "written", 0.5 if place % 2 else "0.50")
        shelf.code(run, "o", ["adam", "sgd"][place % 2])
    shelf.param(3, "only_one", True)
    found = outlined(shelf).varying_params
    assert found == ("lr", "opt", "random_lr", "only_one", "o", "path")


def test_a_single_run_has_nothing_that_varies(shelf: Shelf) -> None:
    shelf.param(shelf.run("a"), "lr", 1)
    assert outlined(shelf).varying_params == ()


def test_an_empty_index(shelf: Shelf) -> None:
    found = outlined(shelf)
    assert (found.runs, found.metrics, found.varying_params) == (0, (), ())
