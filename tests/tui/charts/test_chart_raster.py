"""The dot raster against a slow and obvious one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from labtop.tui.charts.cells import cells
from labtop.tui.charts.dots import ASCII, BLOCKS, BRAILLE, Grain
from labtop.tui.charts.raster import Bools, Ints, Lines, dash, fill, raster

COLUMNS, ROWS = 24, 20
NONE = np.zeros(4, np.bool_)
Dot = tuple[int, int, int]
Point = tuple[float, float]


def slow(lines: Lines, columns: int, rows: int) -> set[Dot]:
    """Every line by itself, dot by dot."""
    dots: set[Dot] = set()
    for i in range(len(lines.across)):
        here = float(lines.across[i]), float(lines.down[i])
        if not lines.drawn[i]:
            continue
        layer = int(lines.layer[i])
        if 0 <= here[0] <= columns - 1 and 0 <= here[1] <= rows - 1:
            dots.add((layer, round(here[0]), round(here[1])))
        if lines.joined[i]:
            before = float(lines.across[i - 1]), float(lines.down[i - 1])
            dots |= {(layer, *dot) for dot in slow_line(before, here, columns, rows)}
    return dots


def slow_line(start: Point, end: Point, columns: int, rows: int) -> set[tuple[int, int]]:
    """The part of one line that is inside."""
    cut = slow_clip(start, end, columns - 1)
    if cut is None:
        return set()
    turned = slow_clip(cut[0][::-1], cut[1][::-1], rows - 1)
    if turned is None:
        return set()
    (row0, column0), (row1, column1) = ((round(a), round(b)) for a, b in turned)
    if column0 == column1:
        return {(column0, row) for row in range(min(row0, row1), max(row0, row1) + 1)}
    count = abs(column1 - column0)
    places = []
    for k in range(count + 1):
        column = column0 + k * (1 if column1 > column0 else -1)
        places.append((column, row0 + round((row1 - row0) * (k / count))))
    dots = set(places)
    for (left, a), (right, b) in pairwise(places):
        half = (a + b) // 2
        for row in range(min(a, b), max(a, b) + 1):
            upper = row <= half
            dots.add(
                ((left if upper else right) if a < b else (right if upper else left), row) if a != b else (left, a)
            )
    return dots


def slow_clip(start: Point, end: Point, limit: float) -> tuple[Point, Point] | None:
    """The part of a line between 0 and limit of the first coordinate."""
    (a0, b0), (a1, b1) = start, end
    if max(a0, a1) < 0 or min(a0, a1) > limit:
        return None

    def at(a: float, b: float) -> Point:
        to = min(max(a, 0.0), limit)
        return (to, b if to == a else b0 + (b1 - b0) * ((to - a0) / (a1 - a0)))

    return at(a0, b0), at(a1, b1)


def as_set(dots: Bools) -> set[Dot]:
    return {(int(layer), int(column), int(row)) for layer, column, row in np.argwhere(dots)}


@st.composite
def some_lines(draw: st.DrawFn, *, inside: bool = False, sort: bool = False) -> Lines:
    count = draw(st.integers(0, 40))
    near = st.floats(0, 1) if inside else st.floats(-1.5, 2.5)
    across = draw(arrays.arrays(np.float64, count, elements=near)) * (COLUMNS - 1)
    down = draw(arrays.arrays(np.float64, count, elements=near)) * (ROWS - 1)
    drawn = draw(arrays.arrays(np.bool_, count, elements=st.sampled_from([True, True, True, False])))
    joined = draw(arrays.arrays(np.bool_, count, elements=st.sampled_from([True, True, True, False])))
    layer = np.sort(draw(arrays.arrays(np.int64, count, elements=st.integers(0, 2))))
    if sort:
        across = np.sort(across)
    joined &= drawn
    if count:
        joined[0] = False
        joined[1:] &= drawn[:-1] & (layer[1:] == layer[:-1])
    return Lines(np.where(drawn, across, np.nan), np.where(drawn, down, np.nan), layer, drawn, joined)


@settings(max_examples=400, deadline=None)
@given(some_lines())
def test_dots_are_those_of_the_slow_raster(lines: Lines) -> None:
    assert as_set(raster(lines, 3, COLUMNS, ROWS)) == slow(lines, COLUMNS, ROWS)


@settings(max_examples=200, deadline=None)
@given(some_lines(inside=True, sort=True))
def test_many_points_a_column_keep_their_extremes(lines: Lines) -> None:
    dots = raster(lines, 3, COLUMNS, ROWS)
    assert as_set(dots) == slow(lines, COLUMNS, ROWS)
    for point in np.flatnonzero(lines.drawn):
        assert dots[lines.layer[point], round(float(lines.across[point])), round(float(lines.down[point]))]


def straight(across: list[float], down: list[float]) -> Lines:
    count = len(across)
    joined = np.ones(count, np.bool_)
    joined[0] = False
    return Lines(np.array(across), np.array(down), np.zeros(count, np.int64), np.ones(count, np.bool_), joined)


def test_a_line_leaves_no_gap_between_columns() -> None:
    dots = raster(straight([0, 9], [0, 19]), 1, 10, 20)[0]
    reached = [np.flatnonzero(column) for column in dots]
    assert all(len(rows) for rows in reached)
    assert all(b.min() - a.max() <= 1 for a, b in pairwise(reached))
    assert reached[0].min() == 0
    assert reached[-1].max() == 19


def test_a_spike_of_one_point_among_100_000_is_drawn_to_its_tip() -> None:
    down = np.full(100_000, 19.0)
    down[54_321] = 0
    lines = straight(np.linspace(0, 9, 100_000).tolist(), down.tolist())
    assert raster(lines, 1, 10, 20)[0, round(54_321 * 9 / 99_999)].all()


def test_dashes_break_flat_lines_and_spare_spikes() -> None:
    lines = straight([float(column) for column in range(24)], [19.0] * 9 + [0.0] + [19.0] * 14)
    for pattern in (1, 2, 3):
        dots = raster(lines, 1, 24, 20)
        dash(dots, np.array([pattern]))
        assert 0 < dots[0].any(axis=1).sum() < 24
        assert dots[0, 9, 0]
    dots = raster(lines, 1, 24, 20)
    dash(dots, np.array([0]))
    assert dots[0].any(axis=1).all()


def slow_cells(dots: Bools, grain: Grain, tiers: Ints) -> list[list[tuple[set[tuple[int, int]], list[int]]]]:
    """Of each cell, by row and column: its dots, and the layers whose colour it may have."""
    _, columns, rows = dots.shape
    grid = []
    for row in range(rows // grain.down):
        line = []
        for column in range(columns // grain.across):
            part = dots[
                :,
                column * grain.across : (column + 1) * grain.across,
                row * grain.down : (row + 1) * grain.down,
            ]
            seen = {(int(x), int(y)) for _, x, y in np.argwhere(part)}
            present = [layer for layer in range(len(tiers)) if part[layer].any()]
            front = max((int(tiers[layer]) for layer in present), default=0)
            line.append((seen, [layer for layer in present if tiers[layer] == front]))
        grid.append(line)
    return grid


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(np.bool_, (4, 12, 8)),
    arrays.arrays(np.int64, 4, elements=st.integers(0, 2)),
    st.sampled_from([BRAILLE, ASCII, BLOCKS]),
)
def test_cells_keep_all_dots_and_take_turns(dots: Bools, tiers: Ints, grain: Grain) -> None:
    drawn = cells(dots, grain, tiers, NONE)
    for row, line in enumerate(slow_cells(dots, grain, tiers)):
        for column, (seen, owners) in enumerate(line):
            number = sum(grain.bits[x][y] for x, y in seen)
            paper = int(drawn.paper[row, column])
            if paper >= 0:
                assert (chr(drawn.glyph[row, column]), seen) == ("▀", {(0, 0), (0, 1)})
                assert {paper, int(drawn.layer[row, column])} <= set(owners)
                assert paper != drawn.layer[row, column]
                continue
            assert drawn.glyph[row, column] == grain.glyphs[number]
            if grain is BLOCKS:
                assert (not owners and drawn.layer[row, column] == -1) or drawn.layer[row, column] in owners
            else:
                assert drawn.layer[row, column] == (owners[column % len(owners)] if owners else -1)


def test_of_runs_on_one_line_each_is_seen_again_and_again() -> None:
    dots = np.zeros((3, 40, 4), np.bool_)
    dots[:, :, 2] = True
    drawn = cells(dots, BRAILLE, np.zeros(3, np.int64), NONE[:3])
    assert drawn.layer[0].tolist() == [0, 1, 2] * 6 + [0, 1]
    assert (drawn.shared == 3).all()
    drawn = cells(dots, BRAILLE, np.array([1, 2, 2]), NONE[:3])
    assert set(drawn.layer[0].tolist()) == {1, 2}, (
        "what lies in front hides no less important run's dots, but its colour"
    )


def test_a_band_gives_way_to_lines_and_runs_do_not() -> None:
    dots = np.zeros((2, 4, 4), np.bool_)
    dots[0] = dots[1, :2, 1] = True
    drawn = cells(dots, BRAILLE, np.array([0, 1]), np.array([True, False]))
    assert "".join(map(chr, drawn.glyph[0])) == "⠒⣿"
    assert "".join(map(chr, cells(dots, BRAILLE, np.array([0, 1]), NONE[:2]).glyph[0])) == "⣿⣿"


def test_half_blocks_show_two_runs_in_one_cell() -> None:
    dots = np.zeros((2, 1, 2), np.bool_)
    dots[0, 0, 0] = dots[1, 0, 1] = True
    drawn = cells(dots, BLOCKS, np.zeros(2, np.int64), NONE[:2])
    assert (chr(drawn.glyph[0, 0]), drawn.layer[0, 0], drawn.paper[0, 0]) == ("▀", 0, 1)


def test_small_cells_have_two_dots() -> None:
    dots = np.array([[[True, True], [True, False], [False, True], [False, False]]])
    tier = np.zeros(1, np.int64)
    assert [chr(glyph) for glyph in cells(dots, ASCII, tier, NONE[:1]).glyph[0]] == [":", "'", ".", " "]
    assert [chr(glyph) for glyph in cells(dots, BLOCKS, tier, NONE[:1]).glyph[0]] == ["█", "▀", "▄", " "]


def test_a_band_fills_what_is_between_its_edges_sparsely() -> None:
    across = np.array([0.0, 20.0, 30.0, 39.0])
    low, high = np.array([18.0, 18.0, np.nan, 18.0]), np.array([2.0, 10.0, np.nan, 5.0])
    dots = fill(across, low, high, 40, 20)
    reached = [np.flatnonzero(column) for column in dots]
    assert all(rows.size for rows in reached[:21])
    assert not any(rows.size for rows in reached[21:39]), "a gap where there is no band"
    assert reached[39].size
    for column in range(21):
        top = 2 + 8 * column / 20
        assert top - 0.5 <= reached[column].min() < top + 4.5
        assert 14 <= reached[column].max() <= 18
    assert 0.2 < dots[:21, 10:18].mean() < 0.3
