"""Which part of x is in sight after zoom, pan and new points; whatever the numbers are."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labtop.store.model import Window
from labtop.tui.windows import followed, newest, panned, zoomed

LARGEST = 1.7e308
ends = st.floats(-LARGEST, LARGEST) | st.floats(-1e6, 1e6) | st.integers(-1000, 1000).map(float)
usual = st.floats(-1e9, 1e9).map(lambda x: round(x, 3))


def windows(of: st.SearchStrategy[float]) -> st.SearchStrategy[Window]:
    return st.tuples(of, of).filter(lambda pair: pair[0] < pair[1])


wide_enough = windows(usual).filter(lambda window: window[1] - window[0] > 1e-3)


def width(window: Window, log: bool = False) -> float:
    low, high = (math.log(end) for end in window) if log else window
    return high - low


def meet(one: Window, other: Window) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


@pytest.mark.parametrize(
    ("at", "log", "found"),
    [
        (None, False, (25.0, 75.0)),
        (50.0, False, (25.0, 75.0)),
        (20.0, False, (10.0, 60.0)),
        (100.0, False, (50.0, 100.0)),
        (500.0, False, (25.0, 75.0)),
        (None, True, (1000**0.25, 1000**0.75)),
    ],
)
def test_zooming_in_halves_around_what_stays_in_its_place(at: float | None, log: bool, found: Window) -> None:
    whole = (1.0, 1000.0) if log else (0.0, 100.0)
    assert zoomed(whole, whole, at, 1, log=log) == pytest.approx(found)


@settings(max_examples=40)
@given(wide_enough, st.floats(0, 1), st.booleans())
def test_zooming_out_takes_zooming_in_back(window: Window, share: float, log: bool) -> None:
    if log:
        window = (math.exp(window[0] / 1e8), math.exp(window[1] / 1e8))
    if window[1] - window[0] < 1e-6 * abs(window[1]):
        return
    at = min(max(window[0] + share * (window[1] - window[0]), window[0]), window[1])
    inner = zoomed(window, window, at, 1, log=log)
    assert inner is not None
    assert width(inner, log) == pytest.approx(width(window, log) / 2, rel=1e-3)
    assert zoomed(inner, window, at, -1, log=log) is None
    around = (window[0] / 10, window[1] * 10) if log else (window[0] - 1e9, window[1] + 1e9)
    assert zoomed(inner, around, at, -1, log=log) == pytest.approx(window, rel=1e-6, abs=1e-6)


@settings(max_examples=40)
@example(extent=(0.0, 0.25), log=True)
@given(wide_enough, st.booleans())
def test_all_of_x_is_in_sight_again_after_as_many_steps_out_as_in(extent: Window, log: bool) -> None:
    if log:
        extent = (math.exp(extent[0] / 1e8), math.exp(extent[1] / 1e8))
    window: Window | None = extent
    for _ in range(5):
        window = zoomed(window or extent, extent, None, 1, log=log)
        assert window is not None
    for _ in range(5):
        assert window is not None
        window = zoomed(window, extent, None, -1, log=log)
    assert window is None


@settings(max_examples=40)
@given(windows(ends), windows(ends), st.none() | ends, st.sampled_from([1, -1]), st.booleans())
def test_a_window_always_is_one_that_floats_hold(
    window: Window, extent: Window, at: float | None, direction: int, log: bool
) -> None:
    if log:
        if window[0] <= 0:
            return
        extent = (max(extent[0], 5e-324), max(extent[1], 1e-323))
    found = (
        zoomed(window, extent, at, direction, log=log),
        panned(window, extent, direction, log=log),
        followed(window, extent, log=log),
        newest(extent, log=log),
    )
    for one in found:
        assert one is None or -math.inf < one[0] < one[1] < math.inf
        assert one is None or not log or one[0] > 0


@settings(max_examples=40)
@given(
    wide_enough,
    st.lists(
        st.tuples(st.sampled_from([1, -1, 2, -2]), st.floats(0, 1) | st.sampled_from([0.0, 0.98, 1.0, 1.4])),
        max_size=12,
    ),
)
def test_no_keys_lead_to_where_nothing_is(extent: Window, keys: list[tuple[int, float]]) -> None:
    window: Window = (extent[0], extent[1] + (extent[1] - extent[0]) / 10)
    for key, share in keys:
        at = window[0] + share * (window[1] - window[0])
        zoom = abs(key) == 1
        window = zoomed(window, extent, at, key) or extent if zoom else panned(window, extent, key // 2)
        assert meet(window, extent)


@settings(max_examples=40)
@given(wide_enough, wide_enough, st.sampled_from([1, -1]))
def test_panning_keeps_the_width_and_stops_at_the_ends(window: Window, extent: Window, direction: int) -> None:
    found = panned(window, extent, direction)
    assert width(found) == pytest.approx(width(window), rel=1e-3)
    if direction > 0:
        assert window[0] <= found[0]
        assert found[1] <= max(extent[1], window[1]) + 1e-6
    else:
        assert found[0] <= window[0]
        assert found[0] >= min(extent[0], window[0]) - 1e-6
    if meet(window, extent):
        assert meet(found, extent)


def test_a_pan_is_a_quarter_and_the_last_one_is_shorter() -> None:
    seen = [(0.0, 40.0)]
    for _ in range(9):
        seen.append(panned(seen[-1], (0.0, 100.0), 1))
    assert [low for low, _ in seen] == [0, 10, 20, 30, 40, 50, 60, 60, 60, 60]
    assert panned((1.0, 10.0), (1.0, 1000.0), 1, log=True) == pytest.approx((10**0.25, 10**1.25))


@settings(max_examples=40)
@given(wide_enough, st.lists(usual, max_size=8))
def test_following_keeps_the_width_and_the_newest_point_in_sight(window: Window, more: list[float]) -> None:
    first, last = window
    ever = [(first, end) for end in sorted(more) if end > last]
    for extent in ever:
        moved = followed(window, extent)
        assert moved[0] <= extent[1] <= moved[1]
        assert width(moved) == pytest.approx(width(window), rel=1e-3)
        assert moved[1] >= window[1]
        window = moved


def test_a_window_that_follows_moves_by_jumps_not_with_every_point() -> None:
    window: Window = (0.0, 80.0)
    moves = 0
    for last in range(80, 181):
        moved = followed(window, (0.0, float(last)))
        moves += moved != window
        window = moved
    assert moves == 10
    assert newest((0.0, 100.0)) == pytest.approx((78.125, 103.125))


def test_zooming_in_while_following_keeps_the_newest_point() -> None:
    window, extent = newest((0.0, 100.0)), (0.0, 100.0)
    for _ in range(20):
        window = zoomed(window, extent, window[1], 1) or extent
        assert window[0] <= 100 <= window[1]


def test_the_narrowest_window_is_no_rounding_noise() -> None:
    window: Window = (1.7e9, 1.7e9 + 1e5)
    seen = [window]
    for _ in range(100):
        seen.append(zoomed(seen[-1], window, None, 1) or window)
    assert seen[-1] == seen[-2]
    assert all(width(one) >= width(two) > 1e-4 for one, two in pairwise(seen))
