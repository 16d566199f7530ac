"""Curves: what is kept of long ones, windows, x axes, attempts, resumes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtop.store.answers.curves.answer import several_curves
from labtop.store.answers.curves.kept import Kept
from labtop.store.answers.curves.reading import values_at
from labtop.store.model import AtQuery, Series, SeriesQuery, XAxis, XMetric

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf


@pytest.fixture(params=["memory", "database"])
def worked_out(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Curves of few points are thinned in memory, those of many by the database: what is drawn is the same."""
    if request.param == "database":
        monkeypatch.setattr("labtop.store.answers.curves.source._HUGE", 0)


def series(cursor: duckdb.DuckDBPyConnection, query: SeriesQuery) -> tuple[Series, ...]:
    (found,) = several_curves(cursor, [query])
    return found.series


def curve(
    shelf: Shelf, run: int = 0, *, x: XAxis = "step", window: tuple[float, float] | None = None, buckets: int = 200
) -> Series:
    (found,) = series(shelf.cursor(), SeriesQuery((run,), "loss", x, window, buckets))
    return found


def pairs(found: Series) -> list[tuple[float, float]]:
    return list(zip(found.x.tolist(), found.value.tolist(), strict=True))


@pytest.mark.usefixtures("worked_out")
def test_a_short_curve_is_given_whole(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [3, 1, 2], steps=[0.0, 0.5, 10.0])
    found = curve(shelf, buckets=1)
    assert pairs(found) == [(0, 3), (0.5, 1), (10, 2)]
    assert (found.run, found.points, len(found)) == (0, 3, 3)
    assert [str(column.dtype) for column in (found.x, found.value, found.attempt)] == ["float64", "float64", "int32"]


@pytest.mark.usefixtures("worked_out")
def test_series_come_in_the_order_of_the_query(shelf: Shelf) -> None:
    for place in range(3):
        shelf.run(f"run{place}")
    shelf.metric(0, "loss", [1, 2])
    shelf.metric(2, "loss", [3])
    found = series(shelf.cursor(), SeriesQuery((2, 1, 0, 2), "loss"))
    assert [(each.run, each.value.tolist(), each.points) for each in found] == [
        (2, [3], 1),
        (1, [], 0),
        (0, [1, 2], 2),
        (2, [3], 1),
    ]
    assert [len(each) for each in series(shelf.cursor(), SeriesQuery((0, 1), "'; drop table points"))] == [0, 0]
    assert series(shelf.cursor(), SeriesQuery((), "loss")) == ()


def test_several_queries_are_answered_as_each_alone(shelf: Shelf) -> None:
    for place in range(3):
        shelf.run(f"run{place}")
        shelf.metric(place, "loss", [place + 1.0, 2.0, 5.0], steps=[1.0, 2.0, 4.0])
    shelf.metric(1, "acc", [0.5, 0.75], steps=[2.0, 3.0])
    queries = [
        SeriesQuery((0, 1), "loss"),
        SeriesQuery((1, 0), "loss", "relative"),
        SeriesQuery((0, 1), "acc"),
        SeriesQuery((0, 1), "nothing"),
        SeriesQuery((), "loss"),
        SeriesQuery((0, 1), "loss", "wall", window=(0.0, 2.0)),
        SeriesQuery((2, 2), "loss", buckets=1),
    ]
    together = [found.series for found in several_curves(shelf.cursor(), queries)]
    assert [len(found) for found in together] == [2, 2, 2, 2, 0, 2, 2]
    for found, query in zip(together, queries, strict=True):
        for one, alone in zip(found, series(shelf.cursor(), query), strict=True):
            assert (one.run, one.points, pairs(one)) == (alone.run, alone.points, pairs(alone))


@pytest.mark.usefixtures("worked_out")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(
        st.sampled_from([0.0, 1.0, 2.0, 3.0, -4.0, math.inf, -math.inf, math.nan]), min_size=30, max_size=120
    ),
    buckets=st.integers(1, 7),
)
def test_a_long_curve_keeps_the_outline_of_every_bucket(shelf: Shelf, values: list[float], buckets: int) -> None:
    run = shelf.run(f"run{shelf.runs}")
    shelf.metric(run, "loss", values)
    found = curve(shelf, run, buckets=buckets)
    assert found.points == len(values)
    kept = found.x.astype(int)
    assert (np.diff(kept) > 0).all()
    np.testing.assert_array_equal(found.value, np.array(values)[kept])
    width = 2.0 ** math.ceil(math.log2((len(values) - 1) / buckets)) if len(values) > 4 * buckets else 1
    steps = np.arange(len(values))
    for bucket in range(int(steps[-1] // width) + 1):
        inside = [values[step] for step in steps[steps // width == bucket]]
        shown = found.value[found.x // width == bucket].tolist()
        assert 1 <= len(shown) <= 7
        assert repr((shown[0], shown[-1])) == repr((inside[0], inside[-1]))
        for pick in (min, max):
            assert pick(filter(math.isfinite, shown), default=None) == pick(filter(math.isfinite, inside), default=None)
        for lost in ("nan", "inf", "-inf"):
            assert (lost in map(repr, shown)) == (lost in map(repr, inside))


@pytest.mark.usefixtures("worked_out")
def test_buckets_stay_where_they_are_while_a_run_grows(shelf: Shelf) -> None:
    values = np.random.default_rng(0).normal(size=1_100).tolist()
    for place, length in enumerate((1_030, 1_100)):
        shelf.metric(shelf.run(f"run{place}"), "loss", values[:length])
    before, after = curve(shelf, 0, buckets=10), curve(shelf, 1, buckets=10)
    settled = 1_024
    assert len(before) < 60
    assert [pair for pair in pairs(before) if pair[0] < settled] == [pair for pair in pairs(after) if pair[0] < settled]


@pytest.mark.usefixtures("worked_out")
@pytest.mark.parametrize("length", [20, 2_000])
def test_a_window_has_one_neighbour_beyond_each_edge(shelf: Shelf, length: int) -> None:
    shelf.metric(
        shelf.run("a"), "loss", [float(step) for step in range(length)], steps=[2.0 * s for s in range(length)]
    )
    found = curve(shelf, window=(9.0, 15.0), buckets=2)
    assert found.x.tolist() == [8, 10, 12, 14, 16]
    assert found.points == 3
    assert curve(shelf, window=(10.5, 11.0)).x.tolist() == [10, 12]
    assert curve(shelf, window=(-9.0, -5.0)).x.tolist() == [0]
    assert curve(shelf, window=(-9.0, -5.0)).points == 0


@pytest.mark.usefixtures("worked_out")
def test_neighbours_belong_to_their_attempt(shelf: Shelf) -> None:
    shelf.metric(
        shelf.run("a"),
        "loss",
        [1, 2, 3, 4, 5, 6],
        steps=[0.0, 10.0, 20.0, 0.0, 10.0, 20.0],
        attempts=[0, 0, 0, 1, 1, 1],
    )
    found = curve(shelf, window=(5.0, 15.0))
    assert found.attempt.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.value.tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("buckets", [200, 1])
def test_of_a_step_written_twice_the_later_pass_counts(shelf: Shelf, buckets: int) -> None:
    shelf.metric(
        shelf.run("a", resumed=True),
        "loss",
        [9, 8, 7, 6, 2, 1, 0],
        steps=[0.0, 1.0, 2.0, 3.0, 2.0, 3.0, 4.0],
        passes=[0, 0, 0, 0, 1, 1, 1],
    )
    found = curve(shelf, buckets=buckets)
    assert found.points == 5
    whole = [(0, 9), (1, 8), (2, 2), (3, 1), (4, 0)]
    assert pairs(found) == (whole if buckets > 1 else [(0, 9), (3, 1), (4, 0)])


@pytest.mark.usefixtures("worked_out")
def test_equal_steps_without_a_resume_are_all_kept_in_order(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [3, 1, 2, 5], steps=[1.0, 1.0, 1.0, 2.0])
    assert pairs(curve(shelf)) == [(1, 3), (1, 1), (1, 2), (2, 5)]


@pytest.mark.usefixtures("worked_out")
@pytest.mark.parametrize(
    ("axis", "x"), [("step", [0, 1, 2]), ("wall", [1_000, 1_010, 1_030]), ("relative", [5, 15, 35])]
)
def test_x_axes(shelf: Shelf, axis: XAxis, x: list[float]) -> None:
    shelf.metric(shelf.run("a", started=995.0), "loss", [1, 2, 3], times=[1_000.0, 1_010.0, 1_030.0])
    assert curve(shelf, x=axis).x.tolist() == x
    assert curve(shelf, x=axis, window=(float(x[1]), float(x[1]))).x.tolist() == x


@pytest.mark.usefixtures("worked_out")
def test_points_are_in_order_of_x_within_an_attempt(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [1, 2, 3, 4], steps=[10.0, 5.0, 11.0, 6.0], attempts=[1, 0, 1, 0])
    found = curve(shelf)
    assert (found.x.tolist(), found.attempt.tolist()) == ([5, 6, 10, 11], [0, 0, 1, 1])


@pytest.mark.usefixtures("worked_out")
def test_nan_stays_in_its_place(shelf: Shelf) -> None:
    values = [math.nan if step == 500 else 1.0 for step in range(1_000)]
    shelf.metric(shelf.run("a"), "loss", values)
    found = curve(shelf, buckets=4)
    assert found.x[np.isnan(found.value)].tolist() == [500]
    assert len(found) < 20


@pytest.mark.parametrize("ends", [(-1.7e308, 1.7e308), (0.0, 5e-324), (1e308, math.nextafter(1e308, math.inf))])
@pytest.mark.parametrize("has_window", [False, True])
@pytest.mark.parametrize("buckets", [1, 3, 10])
def test_steps_as_far_apart_or_as_near_as_floats_can_be(
    shelf: Shelf, ends: tuple[float, float], has_window: bool, buckets: int
) -> None:
    low, high = ends
    values = np.sin(np.arange(100)).tolist()
    run = shelf.run(f"run{shelf.runs}")
    shelf.metric(run, "loss", values, steps=[low] * 50 + [high] * 50)
    found = curve(shelf, run, window=ends if has_window else None, buckets=buckets)
    assert found.points == 100
    assert (found.x[0], found.x[-1], found.value[0], found.value[-1]) == (low, high, values[0], values[-1])
    assert (found.value.min(), found.value.max()) == (min(values), max(values))


def test_points_outside_the_window_at_one_x_are_all_its_neighbours(shelf: Shelf) -> None:
    values = [float(step) for step in range(100)]
    shelf.metric(shelf.run("a"), "loss", values, steps=[5.0, 5.0, *map(float, range(10, 106)), 200.0, 200.0])
    found = curve(shelf, window=(10.0, 150.0), buckets=2)
    assert (found.points, len(found) < 20) == (96, True)
    assert found.value[[0, 1, -2, -1]].tolist() == [0, 1, 98, 99]


@pytest.mark.usefixtures("worked_out")
def test_a_logarithmic_axis_divides_a_run_that_begins_at_zero(shelf: Shelf) -> None:
    spikes = [5.0 if step in (40, 700) else 1.0 for step in range(1_000)]
    shelf.metric(shelf.run("a"), "loss", spikes)
    (found,) = series(shelf.cursor(), SeriesQuery((0,), "loss", buckets=20, log_x=True))
    assert {(40.0, 5.0), (700.0, 5.0)} <= set(pairs(found))
    assert len(found) > 2 * 10
    assert np.diff(np.log2(found.x[found.x > 0])).max() <= 1


def test_of_a_curve_over_a_metric_that_falls_the_value_logged_last_is_told(shelf: Shelf) -> None:
    for place, last in enumerate((1.0, math.nan)):
        shelf.metric(shelf.run(f"run{place}"), "lr", [3, 2, 1])
        shelf.metric(place, "loss", [9, 4, last])
    falling = series(shelf.cursor(), SeriesQuery((0, 1), "loss", XMetric("lr")))
    assert [found.value[-1] for found in falling] == [9, 9]
    assert repr([found.newest for found in falling]) == "[1.0, nan]"
    assert [found.newest for found in series(shelf.cursor(), SeriesQuery((0,), "loss"))] == [None]


@pytest.mark.usefixtures("worked_out")
def test_the_logged_value_at_any_x_however_long_the_curve(shelf: Shelf) -> None:
    values = np.random.default_rng(3).normal(size=3_000).tolist()
    shelf.metric(shelf.run("a", started=0.0), "loss", values, steps=[2.0 * step for step in range(3_000)])
    shelf.metric(shelf.run("b", started=0.0), "loss", [7, 8, 9, 5], steps=[0, 10, 0, 20], attempts=[0, 0, 1, 1])
    shelf.metric(1, "acc", [math.nan, 1.0], steps=[0, 9])
    kept = Kept()
    for at, a, b in ((1_234.0, values[617], None), (5.0, values[2], 9), (0.0, values[0], 9), (10.0, values[5], 9)):
        found = values_at(shelf.cursor(), AtQuery((0, 1, 5), ("loss", "nothing"), "step", at), kept)
        assert found == ((a, b, None), (None, None, None))
    ((lost,),) = values_at(shelf.cursor(), AtQuery((1,), ("acc",), "step", 3.0), kept)
    assert math.isnan(lost or 0)
    assert values_at(shelf.cursor(), AtQuery((0,), ("loss",), "relative", 17.0), kept) == ((values[17],),)
    assert values_at(shelf.cursor(), AtQuery((), ("loss",), "step", 17.0), kept) == ((),)
