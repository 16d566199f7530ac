"""What a vector drawing shows: its elements, read back as XML."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtop.store.model import Line, XMetric
from labtop.tui.charts.spec import ChartSpec, Curve, HistogramSpec, Level, ScatterSpec, Spec, Spread
from labtop.tui.export.svg import svg
from labtop.tui.run_style import MARKERS, run_color

NAN, INF = float("nan"), float("inf")
SVG = "{http://www.w3.org/2000/svg}"


def curve(
    *values: float, number: int = 0, attempt: Sequence[int] = (), label: str = "run", hidden: bool = False
) -> Curve:
    x = np.arange(len(values), dtype=np.float64)
    attempts = np.array(attempt or [0] * len(values), np.int32)
    return Curve(label, number, x, np.array(values, np.float64), attempts, hidden=hidden)


def drawn(spec: Spec | Sequence[Spec], width: int = 720, height: int = 400) -> ET.Element:
    return ET.fromstring(svg(spec, width=width, height=height))


def texts(root: ET.Element) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def paths(root: ET.Element, color: str) -> list[ET.Element]:
    """The lines of a colour within the plot."""
    plots = [group for group in root.iter(f"{SVG}g") if group.get("clip-path")]
    found = [path for plot in plots for path in plot.iter(f"{SVG}path")]
    return [path for path in found if path.get("stroke") == color and path.get("stroke-linejoin")]


def crosses(root: ET.Element, color: str) -> list[float]:
    """The heights at which crosses of a colour stand."""
    found = [
        path for path in root.iter(f"{SVG}path") if path.get("stroke") == color and "L3.5,3.5" in path.get("d", "")
    ]
    return [float(path.get("transform", "").split(",")[1].rstrip(")")) for path in found]


def places(path: ET.Element) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([-\d.]+),([-\d.]+)", path.get("d", ""))]


def test_a_curve_has_title_note_axes_and_legend() -> None:
    root = drawn(ChartSpec("val/loss", (curve(4, 2, 1, 0, label="base"),), note="1 of 9 runs"))
    said = texts(root)
    assert {"val/loss", "1 of 9 runs", "step", "0", "1", "2", "3", "4.0", "base0"} <= set(said)
    (line,) = paths(root, run_color(0))
    assert [x for x, _ in places(line)] == sorted(x for x, _ in places(line))
    assert [y for _, y in places(line)] == sorted(y for _, y in places(line))


def test_points_are_where_the_ticks_say() -> None:
    root = drawn(ChartSpec("a", (curve(0, 10, 20),), may_grow=False))
    labels = {element.text: element for element in root.iter(f"{SVG}text")}
    (line,) = paths(root, run_color(0))
    height = {label: float(labels[label].get("y", "")) for label in ("0", "10", "20") if label in labels}
    (_, low), (_, middle), (_, high) = places(line)
    assert low - high == pytest.approx(height["10"] * 2 - 2 * height["20"], abs=0.1)
    assert middle == pytest.approx((low + high) / 2, abs=0.02)


def test_gaps_attempts_and_marks_of_what_is_not_finite() -> None:
    values = curve(5, 4, NAN, 3, 2, 4, 3, INF, attempt=(0, 0, 0, 0, 0, 1, 1, 1))
    root = drawn(ChartSpec("a", (values,)))
    older, latest = sorted(paths(root, run_color(0)), key=lambda path: float(path.get("opacity", "")))
    assert (older.get("d", "").count("M"), latest.get("d", "").count("M")) == (2, 1)
    assert (len(places(older)), len(places(latest))) == (4, 2)
    heights = crosses(root, run_color(0))
    assert sum(height == max(heights) for height in heights) == 2
    assert "NaN" not in "".join(texts(root))
    assert "runinf" in texts(root)


def test_a_smoothed_line_stands_over_thin_values() -> None:
    raw = curve(4, 2, 3, 1)
    smooth = Curve(raw.label, 0, raw.x, raw.value, raw.attempt, Line(raw.x, np.array([4.0, 3, 3, 2]), raw.attempt))
    thin, thick = paths(drawn(ChartSpec("a", (smooth,))), run_color(0))
    assert float(thin.get("stroke-width", "")) < float(thick.get("stroke-width", ""))
    assert float(thin.get("opacity", "")) < float(thick.get("opacity", "")) == 1
    assert len(paths(drawn(ChartSpec("a", (smooth,), raw=False)), run_color(0))) == 1


def test_a_band_is_a_polygon_around_its_mean() -> None:
    mean = curve(3, 2, NAN, 1, 1)
    band = Curve("adam n=3", 2, mean.x, mean.value, mean.attempt, spread=Spread(mean.value - 1, mean.value + 1))
    polygons = list(drawn(ChartSpec("a", (band,))).iter(f"{SVG}polygon"))
    assert [len(polygon.get("points", "").split()) for polygon in polygons] == [4, 4]
    assert {polygon.get("fill") for polygon in polygons} == {run_color(2)}


def test_runs_that_share_a_colour_have_other_dashes_and_markers() -> None:
    root = drawn(ChartSpec("a", (curve(1, 2, number=1), curve(2, 3, number=9))))
    assert {path.get("stroke-dasharray") for path in paths(root, run_color(1))} == {None, "7 3"}


def test_every_marker_is_drawn_and_no_two_are_alike() -> None:
    shapes = set()
    for number in range(len(MARKERS)):
        spec = ScatterSpec("a", "b", np.array([number]), np.ones(1), np.ones(1), labels=((number, "x"),))
        text = svg(spec).replace(run_color(number), "")
        shapes.add("".join(re.findall(r'<path d="(M[^"]*Z)" fill="([^"]*)"', text).__str__()))
    assert len(shapes) == len(MARKERS)


def test_a_hidden_curve_is_in_the_legend_only() -> None:
    root = drawn(ChartSpec("a", (curve(1, 2, label="there"), curve(1, 50, number=1, label="gone", hidden=True))))
    assert {"there2", "gone50"} <= set(texts(root))
    assert not paths(root, run_color(1))


def test_levels_are_named_where_they_are_in_sight() -> None:
    levels = (Level(1.5, "best"), Level(100, "baseline", 3))
    said = texts(drawn(ChartSpec("a", (curve(1, 2),), levels=levels)))
    assert [text for text in said if "best" in text or "baseline" in text] == ["best 1.5000"]


def test_what_is_not_positive_is_counted_under_log() -> None:
    said = texts(drawn(ChartSpec("a", (curve(1, 0, -3, 1000),), log_y=True)))
    assert "2 ≤ 0 hidden, log" in said
    assert {"1", "10", "100", "1000"} <= set(said)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (ChartSpec("a", ()), "no data"),
        (ChartSpec("a", (curve(NAN, INF),)), "no finite value"),
        (ChartSpec("a", (curve(-1, 0),), log_y=True), "no value above 0"),
        (ScatterSpec("a", "b", np.zeros(0, np.int32), np.zeros(0), np.zeros(0)), "no data"),
        (HistogramSpec("a", np.zeros(0), np.zeros(0, np.int64)), "no data"),
    ],
)
def test_where_nothing_can_be_drawn_it_says_why(spec: Spec, says: str) -> None:
    assert says in texts(drawn(spec))


def test_a_scatter_names_its_axis_its_categories_and_some_runs() -> None:
    spec = ScatterSpec(
        "acc",
        "optimizer",
        np.arange(3, dtype=np.int32),
        np.array([0.0, 1, 1]),
        np.array([0.5, 0.6, 0.7]),
        categories=("adam", "sgd"),
        labels=((2, "best"),),
    )
    root = drawn(spec)
    assert {"acc", "optimizer", "adam", "sgd", "best0.7000000"} <= set(texts(root)) | {"best0.7000000"}
    assert len(list(root.iter(f"{SVG}circle"))) == 2


def test_a_histogram_has_a_bar_for_each_bin_that_is_not_empty() -> None:
    edges, counts = np.linspace(0, 1, 5), np.array([1, 0, 4, 2])
    root = drawn(HistogramSpec("acc", edges, counts, values=((7, 0.6),), labels=((7, "mine"),)))
    bars = [bar for bar in root.iter(f"{SVG}rect") if bar.get("fill-opacity")]
    heights = [float(bar.get("height", "")) for bar in bars]
    assert len(bars) == 3
    assert heights == pytest.approx([heights[0], 4 * heights[0], 2 * heights[0]], abs=0.05)
    assert "mine0.60000" in texts(root)


def test_several_charts_stand_under_each_other() -> None:
    root = drawn([ChartSpec("first", (curve(1, 2),)), ChartSpec("second", (curve(1, 2),))])
    downs = [float(group.get("transform", "").split(",")[1].rstrip(")")) for group in root if group.get("transform")]
    assert downs == sorted(set(downs))
    assert float(root.get("height", "")) > 800
    assert len({clip.get("id") for clip in root.iter(f"{SVG}clipPath")}) == 2


def test_no_two_tick_labels_overlap() -> None:
    root = drawn(ChartSpec("a", (curve(1e-3, 123456.5),), x="wall"), 300, 200)
    left = [element for element in root.iter(f"{SVG}text") if element.get("text-anchor") == "end"]
    heights = sorted(float(element.get("y", "")) for element in left)
    assert len(heights) >= 2
    assert all(b - a >= 11 for a, b in pairwise(heights))


def test_it_stands_alone() -> None:
    text = svg(ChartSpec("a", (curve(1, 2),)))
    assert set(re.findall(r"\w+://[^\"']+", text)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in text


@settings(max_examples=25)
@given(st.text(max_size=30), st.lists(st.floats(), min_size=1, max_size=6), st.booleans(), st.booleans())
def test_any_name_and_any_value_give_xml(name: str, values: list[float], log: bool, metric: bool) -> None:
    spec = ChartSpec(
        name, (curve(*values, label=name),), XMetric(name) if metric else "wall", log_y=log, log_x=log, note=name
    )
    for size in ((720, 400), (20, 10)):
        root = ET.fromstring(svg(spec, width=size[0], height=size[1]))
        said = [value for element in root.iter() for value in element.attrib.values()]
        assert not [value for value in said if "nan" in value or "inf" in value]


def test_of_a_long_curve_all_that_is_hidden_under_log_is_counted() -> None:
    spec = ChartSpec("a", (curve(1, 0, -3, 1000),), log_x=True, log_y=True, not_positive=700, without_place=90)
    assert "700 ≤ 0 hidden, 90 at x ≤ 0 hidden, log, log x" in texts(drawn(spec))
