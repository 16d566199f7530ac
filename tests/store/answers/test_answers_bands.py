"""Groups as bands, outliers, another metric as x, logarithmic x."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labtop.store.answers.curves.answer import several_curves
from labtop.store.answers.curves.bands import several_bands
from labtop.store.model import Band, BandQuery, Curves, Group, SeriesQuery, XMetric

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf


@pytest.fixture(params=["memory", "database"])
def worked_out(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "database":
        monkeypatch.setattr("labtop.store.answers.curves.source._HUGE", 0)


def curves(shelf: Shelf, query: SeriesQuery) -> Curves:
    (found,) = several_curves(shelf.cursor(), [query])
    return found


def band(shelf: Shelf, *runs: int, **more: object) -> Band:
    query = BandQuery((Group("all", runs),), "loss", **more)  # type: ignore[arg-type]
    ((found,),) = (each.bands for each in several_bands(shelf.cursor(), [query]))
    return found


def test_mean_and_sample_deviation_at_each_logged_step(shelf: Shelf) -> None:
    for values in ([1, 2, 3], [3, 4, 5], [5, 9]):
        shelf.metric(shelf.run(f"r{shelf.runs}"), "loss", values)
    found = band(shelf, 0, 1, 2)
    assert (found.x.tolist(), found.count.tolist(), found.runs) == ([0, 1, 2], [3, 3, 2], 3)
    assert found.mean.tolist() == [3, 5, 4]
    np.testing.assert_allclose(found.high - found.mean, [2, math.sqrt(13), math.sqrt(2)])
    found = band(shelf, 0, 1, 2, spread="range")
    assert (found.low.tolist(), found.high.tolist()) == ([1, 2, 3], [5, 9, 5])


def test_runs_that_log_at_other_steps_count_with_the_line_between_their_points(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [0, 10], steps=[0.0, 10.0])
    shelf.metric(shelf.run("b"), "loss", [5, 5, 5], steps=[0.0, 4.0, 20.0])
    found = band(shelf, 0, 1)
    assert found.x.tolist() == [0, 4, 10, 20]
    assert found.mean.tolist() == [2.5, 4.5, 7.5, 5]
    assert found.count.tolist() == [2, 2, 2, 1]
    assert (found.low == found.mean).tolist() == [False, False, False, True]


@pytest.mark.usefixtures("worked_out")
def test_long_runs_are_compared_at_few_places(shelf: Shelf) -> None:
    for shift in (0.0, 2.0):
        shelf.metric(shelf.run(f"r{shift}"), "loss", [shift + step / 1000 for step in range(2000)])
    found = band(shelf, 0, 1, buckets=20)
    assert 10 <= len(found.x) <= 60
    np.testing.assert_allclose(found.mean, 1 + found.x / 1000, atol=0.05)
    np.testing.assert_allclose(found.high - found.low, 2 * math.sqrt(2), atol=0.1)


def test_runs_are_smoothed_before_they_become_a_mean(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [0, 2] * 50)
    shelf.metric(shelf.run("b"), "loss", [2, 4] * 50)
    rough, smooth = band(shelf, 0, 1).mean, band(shelf, 0, 1, smoothing=0.99).mean
    assert (rough.min(), rough.max()) == (1, 3)
    assert smooth[20:].min() > 1.8
    assert smooth[20:].max() < 2.2


def test_values_that_are_not_finite_and_older_attempts_do_not_count(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [9, 1, math.nan, 3], steps=[0.0, 0.0, 1.0, 2.0], attempts=[0, 1, 1, 1])
    found = band(shelf, 0)
    assert (found.x.tolist(), found.mean.tolist()) == ([0, 2], [1, 3])
    shelf.metric(shelf.run("b"), "loss", [math.nan, math.inf])
    assert len(band(shelf, 1).x) == 0


def test_groups_of_nothing(shelf: Shelf) -> None:
    shelf.run("a")
    (found,) = several_bands(shelf.cursor(), [BandQuery((Group("a", (0,)), Group("b", ())), "loss")])
    assert [len(each.x) for each in found.bands] == [0, 0]
    assert found.extent is None


@pytest.mark.usefixtures("worked_out")
def test_outliers_are_counted_and_left_out(shelf: Shelf) -> None:
    values = [900.0, 80.0, *(2 + math.sin(step) for step in range(200)), math.nan]
    shelf.metric(shelf.run("a"), "loss", values)
    found = curves(shelf, SeriesQuery((0,), "loss", clip=True)).clip
    assert found is not None
    assert (round(found.low, 3), round(found.high, 3), found.outside) == (1.0, 3.0, 2)
    assert curves(shelf, SeriesQuery((0,), "loss", clip=True, window=(2.0, 100.0))).clip is None
    assert curves(shelf, SeriesQuery((0,), "loss")).clip is None


def test_another_metric_as_x(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [5, 4, 3, 2], steps=[0.0, 1.0, 2.0, 3.0])
    shelf.metric(0, "epoch", [0.5, math.nan, 1.5], steps=[1.0, 2.0, 3.0])
    found = curves(shelf, SeriesQuery((0,), "loss", XMetric("epoch")))
    assert (found.series[0].x.tolist(), found.series[0].value.tolist()) == ([0.5, 1.5], [4, 2])
    assert found.extent == (0.5, 1.5)
    assert len(curves(shelf, SeriesQuery((0,), "loss", XMetric("nothing"))).series[0]) == 0


def test_x_that_falls_is_drawn_in_its_order(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [1, 2, 3])
    shelf.metric(0, "tokens", [30.0, 10.0, 20.0])
    found = curves(shelf, SeriesQuery((0,), "loss", XMetric("tokens"), window=(10.0, 25.0)))
    assert (found.series[0].x.tolist(), found.series[0].value.tolist()) == ([10, 20, 30], [2, 3, 1])


@pytest.mark.usefixtures("worked_out")
def test_buckets_of_a_logarithmic_axis_are_as_many_in_each_decade(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [math.sin(step) for step in range(10_000)])
    found = curves(shelf, SeriesQuery((0,), "loss", log_x=True, window=(1.0, 9_999.0), buckets=40)).series[0]
    assert found.points == 9_999
    for decade in (1_000, 100):
        inside = (found.x >= decade) & (found.x < 10 * decade)
        assert 20 <= np.count_nonzero(inside) <= 60


@pytest.mark.usefixtures("worked_out")
def test_what_logarithmic_axes_hide_is_counted_however_long_the_curve(shelf: Shelf) -> None:
    shelf.metric(
        shelf.run("a"), "loss", [0.0, -1.0, math.nan] * 100 + [1.0] * 900, steps=[s - 9.0 for s in range(1200)]
    )
    found = curves(shelf, SeriesQuery((0,), "loss", log_x=True, log_y=True, buckets=20))
    assert (found.not_positive, found.without_place) == (193, 10)
    found = curves(shelf, SeriesQuery((0,), "loss", buckets=20))
    assert (found.not_positive, found.without_place) == (0, 0)


def test_the_best_value_of_the_directory(shelf: Shelf) -> None:
    shelf.metric(shelf.run("a"), "loss", [3, 2], goal="min")
    shelf.metric(shelf.run("b"), "loss", [1, 5])
    shelf.metric(1, "lr", [1, 2])
    assert curves(shelf, SeriesQuery((0,), "loss")).best == 1
    assert curves(shelf, SeriesQuery((1,), "lr")).best is None
