"""Which values axes label, and how."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labtop.store.model import XAxis
from labtop.tui.charts.axes import x_marks, y_marks
from labtop.tui.charts.dots import ASCII, BRAILLE, Grain
from labtop.tui.charts.scale import Scale, end_with_room, fit

finite = st.floats(allow_nan=False, allow_infinity=False)
NOON = 1_764_000_000 - 1_764_000_000 % 86400 + 43200  # a noon in UTC, Monday, 24 Nov 2025


@pytest.fixture
def utc() -> Iterator[None]:
    """The machine's clock in UTC."""
    yield from in_zone("UTC")


@pytest.fixture
def new_york() -> Iterator[None]:
    """The machine's clock in New York."""
    yield from in_zone("America/New_York")


def in_zone(name: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def y_labels(low: float, high: float, height: int = 13, *, log: bool = False) -> list[str]:
    return [mark.label for mark in y_marks(fit(low, high, log=log), height, BRAILLE)]


def x_labels(low: float, high: float, axis: XAxis = "step", width: int = 56) -> list[str]:
    return [mark.label for mark in x_marks(Scale(low, high), axis, width, BRAILLE)]


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0, 1, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (2.3, 9.2, ["4", "6", "8"]),
        (-1, 1, ["-1.0", "-0.5", "0", "0.5", "1.0"]),
        (0, 3e-4, ["0", "5e-5", "1e-4", "1.5e-4", "2e-4", "2.5e-4", "3e-4"]),
        (0, 3e-3, ["0", "0.0005", "0.0010", "0.0015", "0.0020", "0.0025", "0.0030"]),
        (0, 45_000, ["0", "10k", "20k", "30k", "40k"]),
        (0, 2.5e9, ["0", "500M", "1G", "1.5G", "2G", "2.5G"]),
        (-1e308, 1e308, ["-1e308", "-5e307", "0", "5e307", "1e308"]),
        (1e-308, 1e308, ["2e307", "4e307", "6e307", "8e307", "1e308"]),
        (0.3, 0.3, ["0.3"]),
        (0.0, 0.0, ["0"]),
        (0.30000000000000004, 0.3, ["0.3"]),
    ],
)
def test_y_labels_are_round_and_short(low: float, high: float, labels: list[str]) -> None:
    assert y_labels(low, high) == labels


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (1e-5, 10, ["1e-5", "1e-4", "1e-3", "1e-2", "1e-1", "1e0", "1e1"]),
        (1, 1000, ["1", "3", "10", "30", "100", "300", "1000"]),
        (1.5, 9.2, ["2", "4", "6", "8"]),
        (0.9, 130, ["1", "2", "5", "10", "20", "50", "100"]),
    ],
)
def test_log_labels_are_decades_and_parts_of_them(low: float, high: float, labels: list[str]) -> None:
    assert y_labels(low, high, 16, log=True) == labels


def test_log_labels_over_the_whole_range_of_floats() -> None:
    labels = y_labels(1e-308, 1e308, log=True)
    assert len(labels) >= 3
    assert all("e" in label for label in labels)


@pytest.mark.parametrize(
    ("high", "labels"),
    [
        (4, ["0", "1", "2", "3", "4"]),
        (2400, ["0", "500", "1000", "1500", "2000"]),
        (12_000, ["0", "2k", "4k", "6k", "8k", "10k", "12k"]),
        (3_300_000, ["0", "500k", "1M", "1.5M", "2M", "2.5M", "3M"]),
    ],
)
def test_step_labels(high: float, labels: list[str]) -> None:
    assert x_labels(0, high) == labels


@pytest.mark.parametrize(
    ("high", "labels"),
    [
        (0.8, ["0", "0.2s", "0.4s", "0.6s", "0.8s"]),
        (60, ["0", "10s", "20s", "30s", "40s", "50s", "1m"]),
        (5400, ["0", "15m", "30m", "45m", "1h", "1h15m", "1h30m"]),
        (2 * 86400, ["0", "12h", "1d", "1d12h", "2d"]),
        (1e12, ["0", "200Gs", "400Gs", "600Gs", "800Gs", "1Ts"]),
    ],
)
def test_relative_labels(high: float, labels: list[str]) -> None:
    assert x_labels(0, high, "relative") == labels


@pytest.mark.usefixtures("utc")
@pytest.mark.parametrize(
    ("span", "labels"),
    [
        (1, ["12:00:00", "12:00:00.5", "12:00:01"]),
        (40, ["12:00:00", "12:00:10", "12:00:20", "12:00:30", "12:00:40"]),
        (3600, ["12:00", "12:10", "12:20", "12:30", "12:40", "12:50", "13:00"]),
        (86400, ["12:00", "18:00", "25 Nov", "06:00", "12:00"]),
        (4 * 86400, ["25 Nov", "26 Nov", "27 Nov", "28 Nov"]),
        (100 * 86400, ["Dec 2025", "Jan 2026", "Feb 2026", "Mar 2026"]),
        (2000 * 86400, ["2026", "2027", "2028", "2029", "2030", "2031"]),
    ],
)
def test_wall_labels(span: float, labels: list[str]) -> None:
    assert x_labels(NOON, NOON + span, "wall") == labels


@pytest.mark.usefixtures("new_york")
def test_wall_labels_are_local_and_stay_round_when_the_clocks_change() -> None:
    """Clocks went back at 02:00 on 2 Nov 2025."""
    midnight = 1_762_056_000
    assert x_labels(midnight, midnight + 25 * 3600, "wall") == ["2 Nov", "06:00", "12:00", "18:00", "3 Nov"]


@pytest.mark.parametrize("seconds", [-1e18, 1e17, 2.6e11, -6.1e10])
def test_seconds_that_no_calendar_knows_are_numbers(seconds: float) -> None:
    assert x_labels(seconds, seconds + abs(seconds) / 10, "wall")


@given(finite, finite, st.integers(1, 70), st.booleans(), st.sampled_from([BRAILLE, ASCII]))
def test_y_labels_never_meet_and_lie_on_the_axis(a: float, b: float, height: int, log: bool, grain: Grain) -> None:
    low, high = sorted((abs(a), abs(b))) if log else sorted((a, b))
    assume(not log or low > 0)
    marks = y_marks(fit(low, high, log=log), height, grain)
    assert all(0 <= mark.cell < height for mark in marks)
    assert all(above.cell - below.cell >= 1 for above, below in pairwise(marks))
    assert len({mark.label for mark in marks}) == len(marks)


@given(finite, finite, st.integers(1, 240), st.sampled_from(["step", "relative", "wall"]))
def test_x_labels_never_meet(a: float, b: float, width: int, axis: XAxis) -> None:
    assume(a != b)
    marks = x_marks(Scale(min(a, b), max(a, b)), axis, width, BRAILLE)
    assert all(0 <= mark.cell < width for mark in marks)
    for left, right in pairwise(marks):
        assert right.cell - left.cell >= (len(left.label) + len(right.label)) / 2 + 2


def test_fractions_of_epochs_have_ticks_between_whole_ones() -> None:
    fit_in = Scale(0.1, 1.9)
    assert [mark.label for mark in x_marks(fit_in, "step", 40, BRAILLE)] == ["1"]
    assert [mark.label for mark in x_marks(fit_in, "step", 40, BRAILLE, whole=False)] == ["0.5", "1.0", "1.5"]


@pytest.mark.parametrize(
    ("value", "label"), [(1234567, "1234567"), (-98765432, "-98765432"), (0.1234567, "0.123457"), (4.2e12, "4.2T")]
)
def test_the_label_of_a_constant_is_its_value(value: float, label: str) -> None:
    assert y_labels(value, value) == [label]


@given(low=finite, span=st.floats(min_value=1e-200, max_value=1e200))
def test_an_axis_ends_at_most_a_twentieth_beyond_its_last_value(low: float, span: float) -> None:
    high = low + span
    assume(high > low)
    end = end_with_room(low, high)
    assert high <= end <= high + (high - low) / 20 * 1.001 + math.ulp(high), "or the float next to it"


@pytest.mark.parametrize(("high", "end"), [(40, 40), (41, 42), (999, 1000), (1000, 1000), (1001, 1050), (9999, 10000)])
def test_an_axis_ends_at_a_round_value(high: float, end: float) -> None:
    assert end_with_room(0.0, float(high)) == end


def test_an_axis_stays_while_a_run_grows_a_little() -> None:
    assert len({end_with_room(0.0, float(step)) for step in range(1001, 1100)}) == 2
