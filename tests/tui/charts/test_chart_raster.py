"""The dot raster against a slow and obvious one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from labtop.tui.charts.raster import ASCII, BRAILLE, Bools, Lines, cells, dash, raster

COLUMNS, ROWS = 24, 20
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


def test_a_cell_shows_the_dots_of_all_runs_in_the_colour_of_most() -> None:
    dots = np.zeros((3, 2, 4), np.bool_)
    dots[0, 0, :3] = True
    dots[1, 1, 3] = True
    cell = cells(dots, BRAILLE, 0)
    assert chr(cell.glyph[0, 0]) == "⢇"
    assert (cell.layer[0, 0], cell.shared[0, 0]) == (0, 2)
    dots[2, 0, 1:] = True
    assert cells(dots, BRAILLE, 0).layer[0, 0] == 2, "at a tie the later one"
    assert cells(dots, BRAILLE, 1).layer[0, 0] == 2
    assert cells(dots[:2], BRAILLE, 1).layer[0, 0] == 1, "the latest attempt goes before earlier ones"


def test_ascii_cells_have_two_dots() -> None:
    dots = np.array([[[True, True], [True, False], [False, True], [False, False]]])
    assert [chr(glyph) for glyph in cells(dots, ASCII, 0).glyph[0]] == [":", "'", ".", " "]
