"""Whether one group of runs is better than another."""

from __future__ import annotations

import math
import subprocess
import sys
import tracemalloc
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import bootstrap

from labtop.store.answers.known import known_of
from labtop.store.answers.why.better import better
from labtop.store.answers.why.sides import Side, Sides, sides
from labtop.store.model import Better, BetterQuery, Column, Goal, Sample, StoreError

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf

ACC = Column("metric", "acc")


def answers(shelf: Shelf, *queries: BetterQuery) -> list[Better]:
    cursor = shelf.cursor()
    return [better(each) for each in sides(cursor, queries, known_of(cursor, 0.0))]


def compared(
    shelf: Shelf, runs: Sequence[float | None], against: Sequence[float | None], goal: Goal | None = "max"
) -> Better:
    """Of runs with these values, None for none, in an empty index."""
    shelf.empty()
    for value in (*runs, *against):
        run = shelf.run(f"run{shelf.runs}", end_status="finished")
        if value is not None:
            shelf.metric(run, "acc", [value], goal=goal)
    numbers = range(len(runs)), range(len(runs), shelf.runs)
    return answers(shelf, BetterQuery(ACC, tuple(numbers[0]), tuple(numbers[1])))[0]


def test_groups_that_are_clearly_apart_are_judged_by_the_goal(shelf: Shelf) -> None:
    high, low = [0.91, 0.92, 0.9, 0.91, 0.93], [0.8, 0.81, 0.79, 0.8, 0.82]
    goals: tuple[Goal | None, ...] = ("max", "min", None)
    assert [compared(shelf, high, low, goal).verdict for goal in goals] == ["better", "worse", "higher"]
    assert [compared(shelf, low, high, goal).verdict for goal in goals] == ["worse", "better", "lower"]


def test_the_figures_are_those_of_numpy_and_scipy(shelf: Shelf) -> None:
    dice = np.random.default_rng(3)
    runs, against = dice.normal(1, 2, 30), dice.normal(0, 1, 40)
    found = compared(shelf, runs.tolist(), against.tolist())
    for sample, values in ((found.runs, runs), (found.against, against)):
        figures = sample.runs, sample.mean, sample.std
        assert figures == pytest.approx((len(values), values.mean(), values.std(ddof=1)))
    assert found.difference == pytest.approx(runs.mean() - against.mean())
    expected = bootstrap(
        (runs, against), lambda x, y, axis: x.mean(axis) - y.mean(axis), method="percentile", rng=1
    ).confidence_interval
    assert found.interval == pytest.approx(tuple(expected), abs=0.05)
    assert found == compared(shelf, runs.tolist(), against.tolist()), "the same each time"


def test_the_same_values_are_no_evidence(shelf: Shelf) -> None:
    for values in ([0.1, 0.1, 0.1], [0.3] * 7, [0.5, 0.7, 0.9, 0.6, 0.8], [1e-320, 1e-320], [0.0, 0.0]):
        for times in (1, 3):
            found = compared(shelf, values, values * times)
            assert found.verdict == "no evidence"
            assert found.difference == pytest.approx(0, abs=1e-15)
    assert compared(shelf, [0.1] * 3, [0.1] * 7).interval == (0, 0)


def test_equal_values_on_each_side_that_differ_have_no_spread(shelf: Shelf) -> None:
    found = compared(shelf, [0.5] * 5, [0.25] * 6)
    assert (found.verdict, found.interval, found.runs.std) == ("better", (0.25, 0.25), 0)


def test_below_two_runs_nothing_is_said_and_below_five_that_it_is_little(shelf: Shelf) -> None:
    for runs, against in (([0.9], [0.1] * 5), ([0.9] * 5, [0.1]), ([], [0.1, 0.2]), ([0.9, math.nan], [0.1, 0.2])):
        found = compared(shelf, runs, against)
        assert (found.verdict, found.interval) == ("too few", None)
        assert "it takes 2, better 5" in found.remark
    few = compared(shelf, [0.9, 0.91], [0.1, 0.11, 0.12, 0.1, 0.1])
    assert (few.verdict, "only 2 runs on a side: the interval is too narrow" in few.remark) == ("better", True)
    assert compared(shelf, [0.9] * 5, [0.1] * 5).remark == ""


def test_what_is_not_finite_and_what_is_not_there_is_counted(shelf: Shelf) -> None:
    found = compared(shelf, [1, 2, math.nan, math.inf, None], [3, 4, 5, None])
    assert (found.runs.runs, found.runs.lost, found.runs.lacking, found.runs.mean) == (2, 2, 1, 1.5)
    assert (found.against.runs, found.against.lost, found.against.lacking, found.against.mean) == (3, 0, 1, 4)
    assert found.verdict == "worse"
    assert found.remark.endswith("; runs whose value is NaN or infinite do not count")
    lost = compared(shelf, [math.nan] * 3, [1, 2]).runs
    assert lost == Sample(0, None, None, lost=3)


def test_extremes_do_not_overflow(shelf: Shelf) -> None:
    found = compared(shelf, [1.7e308, 1.6e308, 1.7e308], [1.0, 2.0])
    assert found.interval is not None
    assert 1.5e308 < found.interval[0] < found.interval[1] < math.inf
    assert compared(shelf, [1.7e308] * 2, [-1.7e308] * 2).verdict == "better"


def test_thousands_of_runs_take_little_memory() -> None:
    values = np.random.default_rng(4).random(3000)
    sample = Sample(3000, 0.5, 0.3)
    asked = Sides(ACC, "max", Side(sample, values + 0.1), Side(sample, values))
    better(asked)
    tracemalloc.start()
    found = better(asked)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.verdict == "better"
    assert peak < 64_000_000, "all resamples at once are 480 MB"


def test_best_without_a_goal_is_the_last_value_and_each_query_has_its_answer(shelf: Shelf) -> None:
    for values in ([5.0, 1.0], [6.0, 1.5], [3.0, 2.0], [4.0, 2.5]):
        run = shelf.run(f"run{shelf.runs}", end_status="finished")
        shelf.metric(run, "acc", values)
        shelf.metric(run, "loss", values, goal="max")
    best = [Column("metric", name, "best") for name in ("acc", "loss")]
    found = answers(shelf, *(BetterQuery(column, (0, 1), (2, 3)) for column in best))
    assert [(each.metric.aggregate, each.difference, each.verdict) for each in found] == [
        ("last", -1, "lower"),
        ("best", 2, "better"),
    ]


def test_a_run_in_both_groups_is_refused(shelf: Shelf) -> None:
    compared(shelf, [1, 2], [3, 4])
    for shared, says in (((1,), r"^run1 is in both"), ((0, 1), "^run0 and 1 more are in both groups: name each")):
        with pytest.raises(StoreError, match=says):
            answers(shelf, BetterQuery(ACC, (0, 1), (*shared, 2)))
    with pytest.raises(StoreError, match="is no metric"):
        answers(shelf, BetterQuery(Column("param", "lr"), (0,), (1,)))
    unknown = answers(shelf, BetterQuery(ACC, (0, 1, 1, 99), (2, 2**40)))[0]
    assert (unknown.runs.runs, unknown.against.runs, unknown.verdict) == (2, 1, "too few")


def test_scipy_is_loaded_only_where_it_is_asked_for() -> None:
    script = "import sys, labtop.store.store, labtop.cli.why, labtop.cli.better; sys.exit('scipy' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
