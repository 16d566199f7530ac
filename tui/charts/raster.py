"""The dot raster: lines of many points onto a grid of dots, so that no point is lost.

Points are rounded to dots first. Consecutive points in one column of dots fill all dots between them, so a spike
keeps its full height. Points in different columns are joined by a straight line, a dot a column where it is flat;
neighbouring columns meet half way, so that every line is connected.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_SHIFT = 5
_ONE = np.int32(1)  # of the type of what it is added to, which is ten times as fast
Ends = tuple[Floats, Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class Lines:
    """Points of all lines one after the other, all arrays of one length.

    `across` and `down` are places in dots from the left and top edge, fractions and places outside included.
    `drawn` are points that exist, `joined` those connected with the point before them, `layer` says whose they are.
    """

    across: Floats
    down: Floats
    layer: Ints
    drawn: Bools
    joined: Bools

    def inside(self, columns: int, rows: int) -> Bools:
        """Which drawn points lie on the raster."""
        on = (self.across >= 0) & (self.across <= columns - 1) & (self.down >= 0) & (self.down <= rows - 1)
        return on & self.drawn


def raster(lines: Lines, layers: int, columns: int, rows: int) -> Bools:
    """The dots of each layer, (layers, columns, rows), rows from the top."""
    inside = lines.inside(columns, rows)
    both = lines.joined.copy()
    both[1:] &= inside[1:] & inside[:-1]
    edges = _cut_at_edges(lines, lines.joined & ~both, columns, rows)
    spans = [*_groups(lines, inside, both), *edges]
    marks = np.zeros((layers, columns, rows + 1), np.int32)
    flat = marks.reshape(-1)
    for layer, column, top, bottom in spans:
        start = (layer * columns + column) * (rows + 1)
        np.add.at(flat, start + top, _ONE)
        np.add.at(flat, start + bottom + 1, -_ONE)
    dots: Bools = np.cumsum(flat, out=flat).reshape(marks.shape)[:, :, :rows] > 0
    return dots


def _groups(lines: Lines, inside: Bools, joined: Bools) -> list[tuple[Ints, Ints, Ints, Ints]]:
    """Vertical spans (layer, column, top, bottom) of the points inside, and of the lines between them."""
    if not inside.any():
        return []
    at = np.flatnonzero(inside)
    column, row = np.rint(lines.across[at]).astype(np.int64), np.rint(lines.down[at]).astype(np.int64)
    layer, joined = lines.layer[at], joined[at]
    same = joined.copy()
    same[1:] &= column[1:] == column[:-1]
    starts = np.flatnonzero(~same)
    upright = (layer[starts], column[starts], np.minimum.reduceat(row, starts), np.maximum.reduceat(row, starts))
    after = np.flatnonzero(joined & ~same)
    before = after - 1
    return [upright, _slanted(layer[after], column[before], row[before], column[after], row[after])]


def _cut_at_edges(lines: Lines, crossing: Bools, columns: int, rows: int) -> list[tuple[Ints, Ints, Ints, Ints]]:
    """Spans of the parts inside of lines of which an end, or both, lie outside."""
    after = np.flatnonzero(crossing)
    if not after.size:
        return []
    before = after - 1
    ends = lines.across[before], lines.down[before], lines.across[after], lines.down[after]
    layer, ends = _clip(lines.layer[after], ends, columns - 1)
    x0, y0, x1, y1 = ends
    layer, (y0, x0, y1, x1) = _clip(layer, (y0, x0, y1, x1), rows - 1)
    column0, row0, column1, row1 = (np.rint(end).astype(np.int64) for end in (x0, y0, x1, y1))
    upright = column0 == column1
    top, bottom = np.minimum(row0, row1)[upright], np.maximum(row0, row1)[upright]
    rest = ~upright
    return [
        (layer[upright], column0[upright], top, bottom),
        _slanted(layer[rest], column0[rest], row0[rest], column1[rest], row1[rest]),
    ]


def _clip(layer: Ints, ends: Ends, limit: float) -> tuple[Ints, Ends]:
    """Lines (a0, b0)-(a1, b1) cut to 0 <= a <= limit; those wholly outside are left out."""
    a0, b0, a1, b1 = ends
    finite = np.isfinite(a0) & np.isfinite(b0) & np.isfinite(a1) & np.isfinite(b1)
    keep = finite & (np.maximum(a0, a1) >= 0) & (np.minimum(a0, a1) <= limit)
    layer, a0, b0, a1, b1 = layer[keep], a0[keep], b0[keep], a1[keep], b1[keep]
    to0, to1 = np.clip(a0, 0, limit), np.clip(a1, 0, limit)
    length = np.where(a1 == a0, 1.0, a1 - a0)
    cut0 = np.where(to0 == a0, b0, b0 + (b1 - b0) * ((to0 - a0) / length))
    cut1 = np.where(to1 == a1, b1, b0 + (b1 - b0) * ((to1 - a0) / length))
    return layer, (to0, cut0, to1, cut1)


def _slanted(layer: Ints, column0: Ints, row0: Ints, column1: Ints, row1: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Spans of straight lines between dots in different columns, one span a column."""
    length = np.abs(column1 - column0)
    counts = length + 1
    line = np.repeat(np.arange(len(length)), counts)
    offset = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    row = row0[line] + np.rint((row1 - row0)[line] * (offset / length[line])).astype(np.int64)
    column = column0[line] + np.sign(column1 - column0)[line] * offset
    top, bottom = row.copy(), row.copy()
    inner = offset[1:] > 0
    a, b = row[:-1], row[1:]
    half = (a + b) // 2
    leave, arrive = np.where(b < a, half + 1, half), np.where(b > a, half + 1, half)
    leave, arrive = np.where(inner, leave, a), np.where(inner, arrive, b)
    top[:-1], bottom[:-1] = np.minimum(top[:-1], leave), np.maximum(bottom[:-1], leave)
    top[1:], bottom[1:] = np.minimum(top[1:], arrive), np.maximum(bottom[1:], arrive)
    return layer[line], column, top, bottom


def dash(dots: Bools, patterns: Ints) -> None:
    """Break the flat parts of layers in place, as their pattern says; steep parts stay, so no spike is lost.

    Each layer begins its pattern elsewhere, lest gaps lie above each other and look like missing data.
    """
    _, columns, _ = dots.shape
    place: Ints = np.arange(columns)
    on_off = ((1, 0), (8, 4), (4, 4), (2, 4))
    for layer in np.flatnonzero(patterns):
        on, off = on_off[patterns[layer]]
        gap = ((place + _SHIFT * layer) % (on + off) >= on) & (dots[layer].sum(axis=1) <= 2)
        dots[layer, gap] = False


def fill(across: Floats, low: Floats, high: Floats, columns: int, rows: int) -> Bools:
    """Sparse dots, (columns, rows), between a band's lower and upper line, given in dots as in `Lines`; NaN is a gap.

    Two dots in a braille cell, so that lines over it are seen. What lies outside is cut off.
    """
    top, bottom = np.full(columns, np.inf), np.full(columns, -np.inf)
    kept = np.isfinite(low) & np.isfinite(high) & (across >= -0.5) & (across < columns - 0.5)
    place = np.rint(across[kept]).astype(np.int64)
    np.minimum.at(top, place, high[kept])
    np.maximum.at(bottom, place, low[kept])
    if across.size > 1 and bool((across[1:] > across[:-1]).all()):
        every = np.arange(columns, dtype=np.float64)
        top = np.fmin(top, np.interp(every, across, high, np.nan, np.nan))
        bottom = np.fmax(bottom, np.interp(every, across, low, np.nan, np.nan))
    row, column = np.arange(rows), np.arange(columns)[:, None]
    dots: Bools = (row >= np.rint(top)[:, None]) & (row <= np.rint(bottom)[:, None])
    dots &= (row + 2 * column) % 4 == 0
    return dots
