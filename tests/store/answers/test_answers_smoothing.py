"""Smoothed lines: the formula, taken slowly; constant, sparse, logarithmic and long series; gaps."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtop.store.answers.curves.block import Points
from labtop.store.answers.curves.cut import Buckets
from labtop.store.answers.curves.smoothing import Smoother, average, smoothed
from labtop.store.model import Floats


def line(x: list[float], value: list[float], smoothing: float, *, log_y: bool = False, most: int = 1000) -> Floats:
    points = Points(np.array(x), np.array(value), np.zeros(len(x), np.int32))
    window = (x[0], x[-1])
    return smoothed(points, window, Smoother.of(smoothing, window, log_y=log_y), Buckets.of(window, most)).value


def slowly(at: list[float], value: list[float], weight: float) -> list[float]:
    """The formula as W&B writes it, point by point."""
    found, total, count, before = [], 0.0, 0.0, at[0] if at else 0.0
    for place, one in zip(at, value, strict=True):
        kept = weight ** (place - before)
        before = place
        if not math.isfinite(one):
            found.append(math.nan)
            total, count = total * kept, count * kept
            continue
        total, count = total * kept + one, count * kept + 1
        found.append(total / count)
    return found


@settings(max_examples=60, deadline=None)
@given(
    gaps=st.lists(st.sampled_from([0.0, 0.5, 1.0, 30.0, 400.0]), min_size=1, max_size=40),
    values=st.lists(st.sampled_from([0.0, 1.0, -3.0, 7.25, math.nan, math.inf]), min_size=40, max_size=40),
    smoothing=st.sampled_from([0.01, 0.3, 0.6, 0.9, 0.99, 0.999]),
)
def test_the_formula(gaps: list[float], values: list[float], smoothing: float) -> None:
    at = np.cumsum(gaps)
    found = average(at, np.array(values[: len(at)]), np.ones(len(at)), -math.log(smoothing) / 2)
    np.testing.assert_allclose(
        found, slowly(at.tolist(), values[: len(at)], math.sqrt(smoothing)), rtol=1e-7, atol=1e-9
    )


def test_the_first_value_is_not_drawn_towards_zero() -> None:
    assert line([0, 1000], [5, 5.5], 0.6)[0] == 5


@pytest.mark.parametrize("value", [0.1, 1e-308, -1.7e308, 3.3])
@pytest.mark.parametrize("smoothing", [0.5, 0.999])
def test_a_constant_stays_exactly_what_it_is(value: float, smoothing: float) -> None:
    assert line([float(x) for x in range(3000)], [value] * 3000, smoothing, most=5000).tolist() == [value] * 3000


def test_values_as_large_as_floats_are() -> None:
    assert np.isfinite(line([0, 1, 2, 3], [1.7e308, -1.7e308, 1.7e308, 1e-308], 0.9)).all()


def test_a_sparse_series_is_smoothed_as_much_as_a_dense_one() -> None:
    dense = [float(x) for x in range(0, 10_001)]
    sparse = dense[::100]
    of_dense = line(dense, [x / 10_000 for x in dense], 0.9, most=20_000)
    of_sparse = line(sparse, [x / 10_000 for x in sparse], 0.9)
    assert abs(of_dense[-1] - of_sparse[-1]) < 0.01
    assert 0.95 < of_sparse[-1] < 1


def test_logarithms_are_averaged_where_y_is_logarithmic() -> None:
    found = line([0.0, 1.0], [1.0, 100.0], 0.999, log_y=True)
    assert 9.9 < found[1] < 25, "near the geometric mean, not near 50"
    assert np.isnan(line([0.0, 1.0, 2.0], [1.0, -1.0, 2.0], 0.9, log_y=True)).tolist() == [False, True, False]


def test_many_points_are_smoothed_as_few_would_be() -> None:
    """Above some number means of small parts are averaged: the difference is less than a dot."""
    x = np.arange(40_000.0)
    value = np.sin(x / 3000) + np.random.default_rng(0).normal(size=len(x)) / 10
    points = Points(x, value, np.zeros(len(x), np.int32))
    smoother = Smoother.of(0.9, (0.0, 39_999.0))
    found = smoothed(points, (0.0, 39_999.0), smoother, Buckets.of((0.0, 39_999.0), 100))
    exact = average(smoother.at(x), value, np.ones(len(x)), smoother.decay)
    assert len(found.x) < 500
    difference = np.abs(found.value - np.interp(found.x, x, exact))[5:]
    assert difference.max() < 0.02


def test_gaps_stay_where_they_are() -> None:
    value = [math.nan if 400 <= x < 500 else 1.0 for x in range(1000)]
    window = (0.0, 999.0)
    points = Points(np.arange(1000.0), np.array(value), np.zeros(1000, np.int32))
    found = smoothed(points, window, Smoother.of(0.9, window), Buckets.of(window, 40))
    lost = found.x[np.isnan(found.value)]
    assert lost.min() >= 400
    assert lost.max() < 500


@pytest.mark.parametrize("length", [900, 40_000])
def test_a_zoom_changes_nothing(length: int) -> None:
    x = np.arange(float(length))
    points = Points(x, np.random.default_rng(2).normal(size=length), np.zeros(length, np.int32))
    smoother = Smoother.of(0.9, (0.0, length - 1.0))
    whole = smoothed(points, (0.0, length - 1.0), smoother, Buckets.of((0.0, length - 1.0), length))
    window = length * 0.4, length * 0.5
    part = smoothed(points, window, smoother, Buckets.of(window, 400))
    assert part.x[0] < window[0] < part.x[-2] <= window[1]
    np.testing.assert_allclose(part.value, np.interp(part.x, whole.x, whole.value), atol=0.05)


def test_the_width_is_rounded_lest_every_point_changes_the_whole_line() -> None:
    units = {Smoother.of(0.9, (0.0, float(last))).unit for last in range(1000, 1101)}
    assert len(units) <= 2
