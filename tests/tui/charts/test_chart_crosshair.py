"""The crosshair: where it is, where it goes, and what it says."""

from __future__ import annotations

import dataclasses
import os
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtop.store.model import Floats, Line, XMetric
from labtop.tui.charts.crosshair import Readings
from labtop.tui.charts.picture import Picture
from labtop.tui.charts.spec import ChartSpec, Curve, Look

NAN, INF = float("nan"), float("inf")
WIDTH, HEIGHT = 60, 14


def curve(*values: float, number: int = 0, x: Floats | None = None, attempt: list[int] | None = None) -> Curve:
    x = np.arange(len(values), dtype=np.float64) if x is None else x
    return Curve(f"run{number}", number, x, np.array(values), np.array(attempt or [0] * len(values), np.int32))


def picture(
    *curves: Curve, width: int = WIDTH, height: int = HEIGHT, look: Look | None = None, **spec: object
) -> Picture:
    return Picture(dataclasses.replace(ChartSpec("loss", curves), **spec), width, height, look or Look())  # type: ignore[arg-type]


def text(of: Picture, x: float | None) -> list[str]:
    return [strip.text for strip in of.strips(x)]


def test_the_line_is_where_x_is_and_hides_no_dot() -> None:
    of = picture(curve(*range(101)))
    plain, crossed = text(of, None), text(of, 50)
    column = next(line for line in crossed if line.count("│") == 2).rindex("│")
    assert of.x_at(column) == 50
    for before, after in zip(plain[1:-3], crossed[1:-3], strict=True):
        assert after[column] == ("│" if before[column] == " " else before[column])
        assert after[:column] + after[column + 1 :] == before[:column] + before[column + 1 :]
    assert text(of, 50.0) == crossed
    assert text(of, None) == plain
    assert text(picture(curve(1, 2, 3), look=Look("ascii")), 1)[4].count("|") == 2


@pytest.mark.parametrize("x", [-1.0, 1e9, NAN, INF])
def test_out_of_sight_there_is_no_line(x: float) -> None:
    of = picture(curve(1, 2, 3))
    assert text(of, x) == text(of, None)


def test_the_legend_says_the_logged_value_and_its_difference_to_the_baseline() -> None:
    curves = curve(1, 0.75, 0.5), curve(1, 0.5, 0.25, number=1)
    assert "run0 0.50000" in text(picture(*curves), None)[-1]
    assert "run0 0.75000" in text(picture(*curves), 1)[-1]
    lines = text(picture(*curves, baseline=0), 1.4)
    assert "run0 0.75000" in lines[-1]
    assert "run1 0.50000 -0.250" in lines[-1]
    assert lines[0].endswith(" step 1")
    smooth = dataclasses.replace(curves[0], smooth=Line(curves[0].x, np.zeros(3), curves[0].attempt))
    assert "run0 0.75000" in text(picture(smooth), 1)[-1], "not the smoothed one"


def test_a_run_says_nothing_beyond_its_end_and_names_stay() -> None:
    long, short = curve(*range(10)), curve(1, 2, 3, number=1)
    lines = text(picture(long, short), 5)
    assert "run0 5" in lines[-1]
    assert "run1 –" in lines[-1]
    assert "run1 -" in text(picture(long, short, look=Look("ascii")), 5)[-1]


def test_values_that_are_no_numbers_are_said() -> None:
    of = picture(curve(1, NAN, INF, -INF, 1))
    assert [text(of, x)[-1].split()[2] for x in range(5)] == ["1", "NaN", "inf", "-inf", "1"]


def test_without_a_legend_the_title_has_the_values() -> None:
    one, two = curve(1, 0.75, 0.5), curve(1, 0.5, 0.25, number=1)
    assert text(picture(one, legend=False), 1)[0].endswith(" step 1: 0.75000")
    assert text(picture(one, two, legend=False, baseline=0), 1)[0].endswith(" step 1: ● 0.75000 ■ 0.50000 -0.250")
    assert text(picture(one, height=7, note="all"), 1)[0].endswith(" step 1: 0.75000, all")
    narrow = text(picture(*(curve(1, 2.25 + n, number=n) for n in range(3)), baseline=0, width=50), 1)
    assert narrow[0].endswith(" step 1: ■ +1.00 ▲ +2.00"), "the legend has room for the values alone"
    assert all(f"run{n}" in narrow[-1] for n in range(3))


@pytest.mark.parametrize("width", [30, 60, 100])
def test_all_names_that_are_seen_stay_under_a_crosshair(width: int) -> None:
    of = picture(*(curve(1, 2.345 + n, number=n) for n in range(8)), baseline=3, width=width, height=20)
    names = [f"run{n}" for n in range(8)]
    seen = {name for name in names if name in "\n".join(text(of, None))}
    assert seen <= {name for name in names if name in "\n".join(text(of, 1))}


@pytest.mark.parametrize("width", range(20, 44, 3))
def test_where_names_and_values_have_no_room_together_a_crosshair_shows_markers_and_values(width: int) -> None:
    curves = (dataclasses.replace(curve(1, 2.345 + n, number=n), label=f"a-long-name-{n}-of-it") for n in range(3))
    seen = " ".join(text(picture(*curves, width=width, height=14), 1)[-3:])
    assert [word for word in seen.split() if word[0] in "●■▲" or word[1:] in (".3450", ".345")] == [
        *("●", "2.3450", "■", "3.3450", "▲", "4.3450")
    ]


def test_x_is_said_in_its_unit() -> None:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        said = {
            "step": text(picture(curve(1, 2, x=np.array([0.0, 1234.0]))), 1234)[0],
            "relative": text(picture(curve(1, 2, x=np.array([0.0, 750.0])), x="relative"), 750)[0],
            "wall": text(picture(curve(1, 2, x=np.array([0.0, 3e5]) + 1.764e9), x="wall"), 1.764e9)[0],
            "clock": text(picture(curve(1, 2, x=np.array([0.0, 300]) + 1.764e9), x="wall"), 1.764e9 + 61)[0],
            "metric": text(picture(curve(1, 2, x=np.array([0.0, 3.2])), x=XMetric("epoch")), 3.2)[0],
        }
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
    ends = ["step 1,234", "12m30s", "24 Nov 16:00:00", "16:01:01", "epoch=3.2000"]
    for line, end in zip(said.values(), ends, strict=True):
        assert line.endswith(" " + end)


def test_the_latest_attempt_is_read_where_it_is() -> None:
    restarted = curve(1, 2, 3, 4, 30, 40, x=np.array([0.0, 1, 2, 3, 2, 3]), attempt=[0, 0, 0, 0, 1, 1])
    assert [reading.value for reading in (Readings([restarted], None).at(x, {})[0] for x in (1, 2, 3))] == [2, 30, 40]


def test_steps_that_fall_are_read_all_the_same() -> None:
    falling = curve(1, 2, 3, x=np.array([3.0, 1, 2]))
    assert [Readings([falling], None).at(x, {})[0].value for x in (1, 2.5, 3)] == [2, 3, 1]


def slow_reading(of: Curve, x: float) -> float | None:
    """The value of the last point at or before x."""
    points: list[tuple[float, int, float]] = sorted(zip(of.x, range(len(of.x)), of.value, strict=True))
    if not points or not points[0][0] <= x <= points[-1][0]:
        return None
    return next(value for place, _, value in reversed(points) if place <= x)


finite = st.floats(-1e6, 1e6)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), finite), max_size=12), st.floats(-1, 31))
def test_readings_are_those_of_a_slow_search(points: list[tuple[int, float]], x: float) -> None:
    of = curve(*(value for _, value in points), x=np.array([place for place, _ in points], np.float64))
    assert Readings([of], None).at(x, {})[0].value == slow_reading(of, x)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 3000), min_size=1, unique=True, max_size=30),
    st.sampled_from([-10, -1, 1, 10]),
    st.booleans(),
)
def test_the_crosshair_stops_at_points_and_reaches_all(steps: list[int], by: int, log_x: bool) -> None:
    x = np.array(sorted(steps), np.float64)
    of = picture(curve(*np.zeros(len(x)), x=x), log_x=log_x)
    at = of.next_x(None, by)
    assert at == x[-1]
    at = float(x[0]) if by > 0 else at
    visited = [at]
    while (following := of.next_x(at, by)) != at:
        assert following is not None
        assert at is not None
        assert following in x
        assert (following > at) == (by > 0)
        at = following
        visited.append(at)
    assert at == (x[-1] if by > 0 else x[0])
    if abs(by) == 1 and len({of._column(one) for one in x.tolist()}) == len(x):
        assert len(visited) == len(x), "none is left out that has a column of its own"


def test_no_points_no_stops() -> None:
    assert picture().next_x(None, 1) is None
    assert picture(dataclasses.replace(curve(1, 2), hidden=True)).next_x(None, 1) is None


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 120), st.integers(1, 30), st.booleans(), st.sampled_from(["braille", "ascii"]))
def test_each_column_of_the_plot_has_its_x(width: int, height: int, log_x: bool, charset: str) -> None:
    look = Look("ascii" if charset == "ascii" else "braille")
    of = picture(curve(*range(1, 50)), width=width, height=height, log_x=log_x, look=look)
    found = [of.x_at(column) for column in range(-1, width + 1)]
    inside = [x for x in found if x is not None]
    assert found[0] is None
    assert inside == sorted(inside)
    assert all(of.window[0] <= x <= of.window[1] for x in inside)
    for column, x in enumerate(found, -1):
        if x is not None and height > 4:
            assert of._area.left + of._column(x) in (column - 1, column, column + 1)
            assert len({strip.cell_length for strip in of.strips(x)}) == 1
