"""CSV of what is drawn, read back by a CSV reader."""

from __future__ import annotations

import csv as table
import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labtop.store.model import Line, XMetric
from labtop.tui.charts.spec import ChartSpec, Curve, HistogramSpec, ScatterSpec, Spec, Spread
from labtop.tui.export.numbers import csv

NAN, INF = float("nan"), float("inf")


def rows(spec: Spec) -> list[list[str]]:
    return list(table.reader(io.StringIO(csv(spec))))


def curve(label: str, x: list[float], value: list[float], smooth: Line | None = None) -> Curve:
    return Curve(label, 0, np.array(x), np.array(value), np.zeros(len(x), np.int32), smooth)


def test_a_line_a_point_with_all_digits() -> None:
    lines = ChartSpec("loss", (curve("a", [1, 2.5, 3, 4], [0.1 + 0.2, NAN, INF, -INF]), curve("b, c", [1], [1e-300])))
    assert rows(lines) == [
        ["run", "step", "value", "smoothed", "attempt"],
        ["a", "1", "0.30000000000000004", "", "0"],
        ["a", "2.5", "NaN", "", "0"],
        ["a", "3", "inf", "", "0"],
        ["a", "4", "-inf", "", "0"],
        ["b, c", "1", "1e-300", "", "0"],
    ]


def test_x_is_named_by_its_axis() -> None:
    names = {"relative": "relative_s", "wall": "time", "step": "step"}
    assert {axis: rows(ChartSpec("a", (), axis))[0][1] for axis in ("relative", "wall", "step")} == names
    assert rows(ChartSpec("a", (), XMetric("tokens")))[0][1] == "tokens"


def test_only_what_is_in_sight() -> None:
    hidden = Curve("b", 1, np.ones(1), np.ones(1), np.zeros(1, np.int32), hidden=True)
    spec = ChartSpec("loss", (curve("a", [1, 2, 3, 4], [4, 3, 2, 1]), hidden), window=(2, 3))
    assert [row[:3] for row in rows(spec)[1:]] == [["a", "2", "3"], ["a", "3", "2"]]


def test_smoothed_values_stand_beside_values_of_the_same_place() -> None:
    line = Line(np.array([1.0, 2, 3]), np.array([9.0, 8, 7]), np.zeros(3, np.int32))
    both = curve("a", [1, 3], [5, 6], line)
    assert [row[1:4] for row in rows(ChartSpec("l", (both,)))[1:]] == [["1", "5", "9"], ["2", "", "8"], ["3", "6", "7"]]
    alone = rows(ChartSpec("l", (both,), raw=False))[1:]
    assert [row[1:4] for row in alone] == [["1", "", "9"], ["2", "", "8"], ["3", "", "7"]]


def test_bands_scatter_plots_and_histograms() -> None:
    mean = curve("sgd n=2", [1, 2], [3, 4])
    band = Curve("sgd n=2", 0, mean.x, mean.value, mean.attempt, spread=Spread(mean.value - 1, mean.value + 1))
    assert rows(ChartSpec("a", (band,)))[:2] == [
        ["run", "step", "mean", "low", "high"],
        ["sgd n=2", "1", "3", "2", "4"],
    ]
    numbers = np.array([4, 7], np.int32)
    dots = ScatterSpec(
        "acc", "opt", numbers, np.array([1.0, 0]), np.array([0.5, 0.6]), ("adam", "sgd"), labels=((7, "b"),)
    )
    assert rows(dots) == [["run", "opt", "acc"], ["4", "sgd", "0.5"], ["b", "adam", "0.6"]]
    bars = HistogramSpec("acc", np.array([0.0, 0.5, 1]), np.array([2, 3]))
    assert rows(bars) == [["low", "high", "count"], ["0", "0.5", "2"], ["0.5", "1", "3"]]


def test_no_spreadsheet_runs_a_name() -> None:
    for name in ('=HYPERLINK("x")', "+1", "-2", "@SUM(1)", "  =1", "\t=1"):
        spec = ChartSpec("a", (curve(name, [1], [-1.5]),), XMetric(name))
        head, line = rows(spec)
        assert (head[1][0], line[0][0]) == ("'", "'")
        assert line[2] == "-1.5"


@settings(max_examples=25)
@given(st.text("=,\"'\n\r;é中\x1b", max_size=6), st.lists(st.floats(), min_size=1, max_size=5))
def test_reading_gives_the_values_back(name: str, values: list[float]) -> None:
    spec = ChartSpec("a", (curve(name, [float(step) for step in range(len(values))], values),))
    lines = rows(spec)
    assert {len(line) for line in lines} == {5}
    assert np.array_equal(np.array([float(line[2]) for line in lines[1:]]), np.array(values), equal_nan=True)
