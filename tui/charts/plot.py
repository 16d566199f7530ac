"""The plot area: curves as dots, the markers at their ends and on lone points, the marks of lost values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from labtop.tui.charts.canvas import FIRST_FREE, Canvas
from labtop.tui.charts.points import Points
from labtop.tui.charts.raster import ASCII, BRAILLE, Bools, Cells, Grain, Ints, Lines, cells, dash, raster
from labtop.tui.charts.scale import Scale
from labtop.tui.charts.spec import Look
from labtop.tui.run_style import run_dashes, run_marker

_NEARBY = (0, 1, -1)  # rows beside the end of a line in which its marker may stand


@dataclass(frozen=True, slots=True)
class Area:
    """Where on the canvas the dots are, in cells. The column to the right of it belongs to the end markers."""

    left: int
    top: int
    width: int
    height: int


def grain_of(look: Look) -> Grain:
    """How cells are divided into dots."""
    return ASCII if look.charset == "ascii" else BRAILLE


def inks(points: Points) -> list[tuple[int, bool]]:
    """Run number and dimness of each layer, in the order of their inks from FIRST_FREE on."""
    numbers = [curve.number for curve in points.spec.curves]
    return [(number, True) for number in numbers if points.has_older] + [(number, False) for number in numbers]


def plot(canvas: Canvas, area: Area, points: Points, x: Scale, y: Scale, look: Look) -> None:
    """Draw all curves into the area."""
    layers = inks(points)
    grain = grain_of(look)
    columns, rows = area.width * grain.across, area.height * grain.down
    lines = points.lines(x, y, columns, rows)
    dots = raster(lines, len(layers), columns, rows)
    dash(dots, np.array(run_dashes([number for number, _ in layers])))
    drawn = cells(dots, grain, len(points.spec.curves) if points.has_older else 0)
    part = slice(area.top, area.top + area.height), slice(area.left, area.left + area.width)
    canvas.glyph[part], canvas.ink[part] = drawn.glyph, drawn.layer + FIRST_FREE
    places = _Places(lines, columns, rows, grain.across, grain.down)
    for layer, column, row in places.lone(drawn):
        canvas.write(area.left + column, area.top + row, run_marker(layers[layer][0], look.charset), FIRST_FREE + layer)
    _mark_ends(canvas, area, points, places, look)


class _Places:
    """In which cells of the plot points are."""

    def __init__(self, lines: Lines, columns: int, rows: int, across: int, down: int) -> None:
        self.lines = lines
        self.inside = lines.inside(columns, rows)
        self._across, self._down = across, down

    def cell(self, point: int) -> tuple[int, int]:
        """Column and row of the cell of a point inside."""
        column, row = np.rint(self.lines.across[point]), np.rint(self.lines.down[point])
        return int(column) // self._across, int(row) // self._down

    def is_lone(self) -> Bools:
        """Points that no line leads to or from."""
        lone = self.inside & ~self.lines.joined
        lone[:-1] &= ~self.lines.joined[1:]
        return lone

    def lone(self, drawn: Cells) -> Iterator[tuple[int, int, int]]:
        """Layer, column and row of each lone point whose marker hides no other run's dots, and of runs' only points."""
        for point in np.flatnonzero(self.is_lone()).tolist():
            column, row = self.cell(point)
            layer = int(self.lines.layer[point])
            if drawn.shared[row, column] == 1 or np.count_nonzero(self.lines.layer[self.inside] == layer) == 1:
                yield layer, column, row


def _mark_ends(canvas: Canvas, area: Area, points: Points, places: _Places, look: Look) -> None:
    """A marker beside the last point of each run, in a cell that is free; none where all near it are taken.

    Where newer values are NaN or infinite it is a cross.
    """
    for curve, point in sorted(_ends(points, places), key=lambda end: (places.cell(end[1]), end[0])):
        column, row = places.cell(point)
        for nearby in _NEARBY:
            at = area.left + column + 1, area.top + row + nearby
            if 0 <= row + nearby < area.height and canvas.is_free(*at):
                ink = FIRST_FREE + int(places.lines.layer[point])
                drawn = points.spec.curves[curve]
                canvas.write(*at, _cross(look) if drawn.is_lost else run_marker(drawn.number, look.charset), ink)
                break


def _ends(points: Points, places: _Places) -> list[tuple[int, int]]:
    """Each curve and the last point of its latest attempt, where that is in sight and part of a line."""
    last = points.drawn & ~points.older
    ends = []
    for curve in range(len(points.spec.curves)):
        of_curve: Ints = np.flatnonzero(last & (points.curve == curve))
        if of_curve.size and places.inside[of_curve[-1]] and places.lines.joined[of_curve[-1]]:
            ends.append((curve, int(of_curve[-1])))
    return ends


def mark_lost(canvas: Canvas, area: Area, points: Points, x: Scale, look: Look) -> None:
    """A cross on the axis below each place where values became NaN or infinite, in the run's colour."""
    first = FIRST_FREE + (len(points.spec.curves) if points.has_older else 0)
    lost = points.lost
    across = grain_of(look).across
    columns = np.rint(x.place(points.x[lost]) * (area.width * across - 1)).astype(np.int64) // across
    for column, curve in sorted(set(zip(columns.tolist(), points.curve[lost].tolist(), strict=True))):
        canvas.write(area.left + column, area.top + area.height, _cross(look), first + curve)


def _cross(look: Look) -> str:
    return "x" if look.charset == "ascii" else "×"
