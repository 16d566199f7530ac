"""Curves out of memory and out of the database are the same: logarithmic x, neighbours, attempts, bands, many runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labtop.store.answers.curves.answer import several_curves
from labtop.store.answers.curves.bands import several_bands
from labtop.store.answers.curves.block import by_run
from labtop.store.answers.curves.clip import clip
from labtop.store.answers.curves.kept import Kept
from labtop.store.answers.curves.load import places
from labtop.store.model import Band, BandQuery, Curves, Group, SeriesQuery, XMetric

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf


@pytest.fixture(params=["memory", "database"], autouse=True)
def worked_out(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "database":
        monkeypatch.setattr("labtop.store.answers.curves.source._HUGE", 0)


def curves(shelf: Shelf, query: SeriesQuery, kept: Kept | None = None) -> Curves:
    (found,) = several_curves(shelf.cursor(), [query], kept)
    return found


def band(shelf: Shelf, *runs: int, **more: object) -> Band:
    query = BandQuery((Group("all", runs),), "loss", **more)  # type: ignore[arg-type]
    ((found,),) = (each.bands for each in several_bands(shelf.cursor(), [query]))
    return found


def test_a_logarithmic_axis_of_steps_from_0_has_its_buckets(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [math.sin(step) for step in range(10_000)])
    found = curves(shelf, SeriesQuery((0,), "loss", log_x=True, buckets=40, smoothing=0.9))
    (one,) = found.series
    assert (found.extent, found.without_place, one.points, one.x[0]) == ((1, 9_999), 1, 9_999, 1)
    assert 80 < len(one) < 200
    assert one.smooth is not None
    assert 40 < len(one.smooth.x) <= 120


@pytest.mark.parametrize("window", [(0.0, 100.0), (-50.0, 100.0)])
def test_a_window_of_a_logarithmic_axis_is_its_positive_part(shelf: Shelf, window: tuple[float, float]) -> None:
    shelf.metric(shelf.run("a"), "loss", [1.0] * 300, steps=[step - 10.0 for step in range(300)])
    found = curves(shelf, SeriesQuery((0,), "loss", log_x=True, window=window, buckets=10, smoothing=0.9))
    assert (found.series[0].points, found.without_place) == (100, 11)
    assert found.series[0].x.min() == 1
    assert len(band(shelf, 0, log_x=True, window=window, buckets=10).x) > 5


def test_nothing_is_at_a_positive_place(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [1.0] * 30, steps=[-float(step) for step in range(30)])
    shelf.metric(shelf.run("b"), "acc", [1.0] * 3)
    found = curves(shelf, SeriesQuery((0,), "loss", log_x=True))
    assert (found.extent, found.without_place, len(found.series[0])) == (None, 30, 0)
    found = curves(shelf, SeriesQuery((1,), "acc", log_x=True, window=(-9.0, -1.0), smoothing=0.5))
    assert len(found.series[0]) == 0
    assert len(band(shelf, 0, log_x=True).x) == 0


@pytest.mark.parametrize("axis", ["step", "relative"])
def test_a_long_memory_on_a_logarithmic_axis(shelf: Shelf, axis: str) -> None:
    shelf.metric(shelf.run("a", started=0.0), "loss", [1.0, 2.0, 3.0], steps=[1.0, 1e5, 1e9], times=[1.0, 1e5, 1e9])
    found = curves(shelf, SeriesQuery((0,), "loss", axis, log_x=True, smoothing=0.999)).series[0]  # type: ignore[arg-type]
    assert found.smooth is not None
    np.testing.assert_allclose(found.smooth.value, [1, 1.5, 2], rtol=0.1)


@pytest.mark.parametrize("ends", [(1e300, 1e300), (-1.7e308, 1.7e308)])
def test_means_at_places_as_far_out_as_floats_can_be(shelf: Shelf, ends: tuple[float, float]) -> None:
    low, high = ends
    shelf.metric(shelf.run("a"), "loss", [1.0, 3.0] * 20, steps=[low] * 20 + [high] * 20)
    assert set(band(shelf, 0).mean.tolist()) == {2}
    found = curves(shelf, SeriesQuery((0,), "loss", smoothing=0.999)).series[0]
    assert found.smooth is not None
    assert np.isfinite(found.smooth.value).all()


def test_means_of_values_whose_sum_is_more_than_a_float_holds(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [1.5e308] * 40, steps=[1.0] * 40)
    np.testing.assert_allclose(band(shelf, 0).mean, 1.5e308)


def test_each_attempt_has_its_neighbours_however_far(shelf: Shelf) -> None:
    shelf.metric(
        shelf.run("a", attempt=1),
        "loss",
        [1, 2, 3, 4, 5, 6],
        steps=[0.0, 99.0, 150.0, 30.0, 52.0, 71.0],
        attempts=[0, 0, 0, 1, 1, 1],
    )
    found = curves(shelf, SeriesQuery((0,), "loss", window=(50.0, 70.0))).series[0]
    assert (found.x.tolist(), found.attempt.tolist()) == ([0, 99, 30, 52, 71], [0, 0, 1, 1, 1])


def test_a_smoothed_line_crosses_a_window_without_points(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [1.0, 3.0], steps=[0.0, 1000.0])
    found = curves(shelf, SeriesQuery((0,), "loss", window=(500.0, 501.0), smoothing=0.5)).series[0]
    assert found.smooth is not None
    assert (found.smooth.x.tolist(), found.smooth.value.tolist()) == ([0, 1000], [1, 3])


def test_only_the_latest_attempt_counts_for_a_band_also_where_it_is_not_in_the_window(shelf: Shelf) -> None:
    shelf.metric(
        shelf.run("a", attempt=1),
        "loss",
        [1, 2, 3, 9, 9],
        steps=[0.0, 50.0, 100.0, 0.0, 10.0],
        attempts=[0, 0, 0, 1, 1],
    )
    shelf.metric(shelf.run("b"), "loss", [5, 5, 5], steps=[0.0, 50.0, 100.0])
    found = band(shelf, 0, 1, window=(40.0, 60.0))
    assert (found.mean[found.x == 50].tolist(), found.runs) == ([5], 2)


def test_a_run_counts_between_its_neighbours_where_it_has_no_point_in_the_window(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [0, 100], steps=[0.0, 100.0])
    shelf.metric(shelf.run("b"), "loss", [float(step) for step in range(101)])
    found = band(shelf, 0, 1, window=(40.0, 60.0))
    assert found.count[found.x == 50].tolist() == [2]
    assert found.mean[found.x == 50].tolist() == [50]


def test_what_lies_beyond_the_window_does_not_draw_a_band_towards_it(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [1000.0] * 5000 + [1.0] * 1000)
    found = band(shelf, 0, window=(5010.0, 5990.0), buckets=20)
    assert found.mean.tolist() == [1] * len(found.x)


def test_several_values_at_one_place_count_with_their_mean(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [3, 1, 8, 5], steps=[1.0, 1.0, 1.0, 2.0])
    assert band(shelf, 0).mean.tolist() == [4, 5]


def test_a_band_over_a_logarithmic_axis_of_steps_from_0_has_few_places(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [1.0] * 5000)
    assert 10 < len(band(shelf, 0, log_x=True, buckets=20).x) < 100


def test_outliers_of_a_metric_that_only_odd_lines_have(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtop.store.answers.curves.huge._SAMPLE", 100)
    shelf.metric(shelf.run("a"), "loss", [900.0, *(2 + math.sin(step) for step in range(400))])
    shelf.connection.execute("update point_rows set line = 4 * line + 1")
    found = curves(shelf, SeriesQuery((0,), "loss", clip=True)).clip
    assert found is not None
    assert found.outside == 1


def test_outliers_of_values_as_far_apart_as_floats_can_be() -> None:
    assert clip([np.array([-1.7e308, 1.7e308])]) is None


def test_answers_are_not_the_arrays_that_are_kept(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [1, 2, 3])
    kept = Kept()
    curves(shelf, SeriesQuery((0,), "loss"), kept).series[0].value[:] = 0
    assert curves(shelf, SeriesQuery((0,), "loss"), kept).series[0].value.tolist() == [1, 2, 3]


def test_neighbours_at_one_x_are_as_few_as_they_look(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [math.sin(step) for step in range(3000)])
    shelf.metric(0, "epoch", [step // 1000 for step in range(3000)])
    found = curves(shelf, SeriesQuery((0,), "loss", XMetric("epoch"), window=(0.5, 1.5), buckets=10)).series[0]
    assert (found.points, len(found) < 20) == (1000, True)
    assert set(found.x.tolist()) == {0, 1, 2}


def test_times_that_are_missing_where_the_clock_goes_back(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [1, 2, 3], times=[100.0, math.nan, 50.0])
    shelf.connection.execute("update point_rows set time = null where isnan(time)")
    assert curves(shelf, SeriesQuery((0,), "loss", "wall")).series[0].x.tolist() == [50, 100]


def test_hundreds_of_runs_are_each_their_own(shelf: Shelf) -> None:
    for run in range(300):
        shelf.metric(shelf.run(f"r{run}"), "loss", [run, run + 0.5])
    numbers = tuple(reversed(range(300)))
    found = curves(shelf, SeriesQuery(numbers, "loss", smoothing=0.5)).series
    assert [(each.run, each.value.tolist()) for each in found] == [(run, [run, run + 0.5]) for run in numbers]
    assert band(shelf, *numbers).count.tolist() == [300, 300]


def test_rows_by_run_and_places_of_files() -> None:
    rows = {"run": np.array([3, 1, 3, 1]), "x": np.array([0, 1, 2, 3])}
    assert [(run, own["x"].tolist()) for run, own in by_run(rows)] == [(1, [1, 3]), (3, [0, 2])]
    assert list(by_run({"run": np.array([], np.int32), "x": np.array([])})) == []
    assert places(np.array([7, 2, 9, 2, 4]), (9, 2, 7)).tolist() == [2, 1, 0, 1, 0]
