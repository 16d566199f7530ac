"""Scatters and histograms: one value a run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from labtop.tui.charts.dots import Dots
from labtop.tui.charts.draw import draw
from labtop.tui.charts.picture import Picture
from labtop.tui.charts.spec import HistogramSpec, Look, ScatterSpec, Spec

NAN, INF = float("nan"), float("inf")


def text(spec: Spec, width: int = 50, height: int = 14, look: Look | None = None) -> list[str]:
    strips = draw(spec, width, height, look or Look())
    assert len(strips) == height
    assert all(strip.cell_length == width == sum(part.cell_length for part in strip) for strip in strips)
    return [strip.text for strip in strips]


def scatter(x: list[float], y: list[float], **more: object) -> ScatterSpec:
    runs = np.arange(len(x), dtype=np.int32)
    return ScatterSpec("loss", "lr", runs, np.array(x), np.array(y), **more)  # type: ignore[arg-type]


def histogram(counts: list[int], low: float = 0.0, step: float = 1.0, **more: object) -> HistogramSpec:
    edges = low + step * np.arange(len(counts) + 1)
    return HistogramSpec("loss", edges, np.array(counts, np.int64), **more)  # type: ignore[arg-type]


def dot_count(lines: list[str]) -> int:
    return sum(
        (ord(character) - 0x2800).bit_count()
        for line in lines
        for character in line
        if 0x2800 < ord(character) < 0x2900
    )


def test_each_run_is_a_dot_and_labelled_ones_are_their_marker() -> None:
    lines = text(scatter([1, 2, 3, 4], [4, 3, 2, 1], note="rank -1.00", labels=((2, "sgd"), (9, "gone"))))
    assert dot_count(lines[1:-3]) == 3
    assert sum(line.count("▲") for line in lines[1:-3]) == 1
    assert lines[0].endswith(" rank -1.00")
    assert "▲ sgd  2" in lines[-1]
    assert "■" not in "".join(lines[:-1])
    assert lines[-2].endswith("lr")
    assert lines[-2].split()[:-1] == ["1", "2", "3"], "the name of x has its room"


def test_labelled_runs_in_one_place_are_both_seen() -> None:
    lines = text(scatter([1, 1, 2], [1, 1, 2], labels=((0, "a"), (1, "b"))))
    body = "".join(lines[1:-2])
    assert body.count("●") == body.count("■") == 1


def test_categories_are_named_below_as_far_as_they_fit() -> None:
    names = ("adamw-beta2-0.99", "adamw-beta2-0.95", "sgd", "损失")
    spec = scatter([0, 1, 2, 3], [1, 2, 3, 4], categories=names)
    lines = text(spec)
    assert lines[0].endswith("x lr")
    assert lines[-1].split() == ["adamw…0.99", "adamw…0.95", "sgd", "损失"]
    assert text(spec, 120)[-1].split() == list(names)
    many = scatter(list(range(200)), [1.0] * 199 + [2.0], categories=tuple(f"value-{n}" for n in range(200)))
    shown = text(many, 60)[-1].split()
    assert 2 < len(shown) == len(set(shown)) < 20


def test_log_axes_count_what_they_cannot_show() -> None:
    spec = scatter([0, 1e-4, 1e-3, 1e-2], [1, -1, 10, 100], log_x=True, log_y=True)
    assert text(spec, 80)[0].endswith("log, 1 ≤ 0 hidden, log x, 1 at x ≤ 0 hidden")
    assert dot_count(text(spec, 80)) == 2
    assert text(spec, 80, look=Look("ascii"))[0].isascii()


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (scatter([], []), "no run has both"),
        (scatter([NAN], [1]), "no finite value"),
        (scatter([0], [1], log_x=True), "no x above 0"),
        (scatter([1], [0], log_y=True), "no value above 0"),
        (histogram([]), "no finite value"),
        (histogram([0, 0]), "no finite value"),
        (HistogramSpec("loss", np.zeros(0), np.zeros(0, np.int64)), "no finite value"),
    ],
)
def test_empty_ones_say_why(spec: Spec, why: str) -> None:
    assert why in "".join(text(spec))


def test_bars_are_as_high_as_their_counts() -> None:
    lines = text(histogram([1, 2, 4, 8, 0]), 34, 12)
    assert lines == [
        "─ loss ───────────────────────────",
        "8┤                  █████         ",
        " │                  █████         ",
        "6┤                  █████         ",
        " │                  █████         ",
        "4┤            ▄▄▄▄▄ █████         ",
        " │            █████ █████         ",
        "2┤      ▂▂▂▂▂ █████ █████         ",
        " │▁▁▁▁▁ █████ █████ █████         ",
        "0┤█████ █████ █████ █████         ",
        " └┬─────┬─────┬─────┬─────┬─────┬─",
        "  0     1     2     3     4     5 ",
    ]


def test_bars_in_ascii_and_half_blocks() -> None:
    plain = text(histogram([1, 100]), 20, 10, Look("ascii"))
    assert all(line.isascii() for line in plain)
    assert plain[1].count("#") == 6
    assert plain[7].count("#") == 12, "whatever is not 0 is seen"
    halves = text(histogram([1, 3, 8]), 20, 6, Look("ascii", dots="blocks"))
    assert set("".join(halves[1:4])) & set("▁▂▃▄▅▆▇█▀") <= set("▄█")


def test_markers_of_runs_stand_under_their_bars() -> None:
    spec = histogram(
        [1, 2, 3, 4], values=((0, 0.5), (1, 4.0), (2, NAN), (3, 0.7)), labels=((0, "a"), (1, "b"), (2, "c"), (3, "d"))
    )
    lines = text(spec, 42, 14)
    axis = next(line for line in lines if "└" in line)
    assert axis.index("●") < 2 + 9
    assert axis.index("◆") < 2 + 9
    assert 2 + 27 <= axis.index("■") < 2 + 36
    assert "▲" not in axis
    assert "▲ c     NaN" in "".join(lines[-2:])


def test_more_bins_than_cells_share_bars() -> None:
    lines = text(histogram([1] * 99 + [50], 0, 0.01), 40, 10)
    assert any("█" in line for line in lines[1:3])
    assert lines[-1].split()[0] == "0"


def test_counts_are_whole() -> None:
    lines = text(histogram([1, 0, 1]), 40, 20)
    assert [line[0] for line in lines if "┤" in line] == ["1", "0"]


def test_there_is_no_crosshair_where_there_are_no_curves() -> None:
    for spec in (scatter([1, 2], [1, 2]), histogram([1, 2])):
        of = Picture(spec, 40, 12, Look())
        assert of.x_at(20) is None
        assert of.next_x(None, 1) is None
        assert [strip.text for strip in of.strips(1.5)] == text(spec, 40, 12)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_scatter_fills_its_cells(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 8))
    categories = data.draw(st.lists(st.text(max_size=9), max_size=5))
    x = data.draw(arrays.arrays(np.float64, count, elements=st.floats()))
    if categories:
        x = data.draw(arrays.arrays(np.int64, count, elements=st.integers(0, len(categories) - 1))).astype(np.float64)
    spec = ScatterSpec(
        data.draw(st.text(max_size=20)),
        data.draw(st.text(max_size=20)),
        np.arange(count, dtype=np.int32),
        x,
        data.draw(arrays.arrays(np.float64, count, elements=st.floats())),
        tuple(categories),
        log_x=not categories and data.draw(st.booleans()),
        log_y=data.draw(st.booleans()),
        labels=tuple((number, data.draw(st.text(max_size=9))) for number in range(data.draw(st.integers(0, 5)))),
    )
    dots: Dots = data.draw(st.sampled_from(["braille", "blocks", "ascii"]))
    text(spec, data.draw(st.integers(1, 110)), data.draw(st.integers(1, 24)), Look(dots=dots))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_histogram_fills_its_cells(data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.integers(0, 10**6), max_size=90))
    low, step = data.draw(st.floats(-1e300, 1e300)), data.draw(st.floats(1e-300, 1e290))
    edges = np.unique(low + step * np.arange(len(counts) + 1))
    spec = HistogramSpec(
        data.draw(st.text(max_size=20)),
        edges,
        np.array(counts[: len(edges) - 1], np.int64),
        values=((0, low), (1, data.draw(st.floats()))),
        labels=((0, "a"), (1, "b")),
    )
    dots: Dots = data.draw(st.sampled_from(["braille", "blocks", "ascii"]))
    text(spec, data.draw(st.integers(1, 110)), data.draw(st.integers(1, 24)), Look(dots=dots))
