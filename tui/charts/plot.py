"""The plot area: bands and curves as dots, the markers at their ends and on lone points, the marks of lost values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.color import Color, ColorSystem

from labtop.store.model import Floats
from labtop.tui.charts.canvas import DIM, FIRST_FREE, Canvas
from labtop.tui.charts.cells import Cells, cells
from labtop.tui.charts.points import Points
from labtop.tui.charts.raster import Bools, Lines, dash, fill, raster
from labtop.tui.charts.scale import Scale
from labtop.tui.charts.spec import Level, Look
from labtop.tui.run_style import run_color, run_dashes, run_marker

_NEARBY = (0, 1, -1)  # rows beside the end of a line in which its marker may stand
_ROWS_FOR_LEVELS = 6
_FAR = 1e6  # heights outside
_BAND, _QUIET, _BRIGHT = range(3)  # tiers


@dataclass(frozen=True, slots=True)
class Area:
    """Where on the canvas the dots are, in cells. The column to the right of it belongs to the end markers."""

    left: int
    top: int
    width: int
    height: int

    @property
    def part(self) -> tuple[slice, slice]:
        """Its rows and columns on the canvas."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)


@dataclass(frozen=True, slots=True)
class Layer:
    """Dots of one colour: whose, and how far in front."""

    number: int
    tier: int
    yields: bool = False  # to lines in the same cell: a band, and values under their smoothed line

    @property
    def dim(self) -> bool:
        """Whether its colour is dimmed."""
        return self.tier != _BRIGHT


def layers_of(points: Points) -> list[Layer]:
    """The layers in the order of `Points.lines`, which is that of their inks from FIRST_FREE on."""
    curves = points.curves
    bands = [Layer(curves[place].number, _BAND, yields=True) for place in points.bands]
    quiet = [Layer(curve.number, _QUIET, curve.smooth is not None) for curve in curves if points.has_quiet]
    return [*bands, *quiet, *(Layer(curve.number, _BRIGHT) for curve in curves)]


def plot(canvas: Canvas, area: Area, points: Points, x: Scale, y: Scale, look: Look) -> None:
    """Draw all curves into the area."""
    layers = layers_of(points)
    grain = look.grain
    columns, rows = area.width * grain.across, area.height * grain.down
    lines = points.lines(x, y, columns, rows)
    dots = raster(lines, len(layers), columns, rows)
    dash(dots, np.array(_dashes(layers, look), np.int64))
    for layer, place in enumerate(points.bands):
        dots[layer] = _band(points, place, x, y, columns, rows)
    tiers = np.array([layer.tier for layer in layers], np.int64)
    drawn = cells(dots, grain, tiers, np.array([layer.yields for layer in layers], np.bool_))
    canvas.glyph[area.part], canvas.ink[area.part] = drawn.glyph, drawn.layer + FIRST_FREE
    if grain.halves:
        canvas.paper[area.part] = np.where(drawn.paper < 0, 0, drawn.paper + FIRST_FREE)
    places = _Places(lines, columns, rows, grain.across, grain.down)
    for layer, column, row in places.lone(drawn, len(layers), joined=points.spec.joined):
        marker = run_marker(layers[layer].number, look.charset)
        canvas.write(area.left + column, area.top + row, marker, FIRST_FREE + layer)
        canvas.paper[area.top + row, area.left + column] = 0
    levels = _levels(points, y, area, grain.down)
    _mark_levels(canvas, area, points, levels, look)
    _mark_ends(canvas, area, points, places, look)
    for row, _ in levels:
        rule = slice(area.top + row, area.top + row + 1), slice(area.left, area.left + area.width)
        canvas.fill(rule, look.mark("┄"), DIM)


def _dashes(layers: Sequence[Layer], look: Look) -> list[int]:
    """How the lines of layers are broken, so that those that this terminal shows alike differ; bands are not."""
    shades: dict[str, list[int]] = {}
    for number in sorted({layer.number for layer in layers}):
        shades.setdefault(_shown_color(number, look), []).append(number)
    pattern: dict[int, int] = {}
    for numbers in shades.values():
        if look.colors == "all":
            pattern |= dict(zip(numbers, run_dashes(numbers), strict=True))
        else:
            pattern |= {number: place % 4 for place, number in enumerate(numbers)}
    return [0 if layer.tier == _BAND else pattern[layer.number] for layer in layers]


def _shown_color(number: int, look: Look) -> str:
    if look.colors == "none":
        return ""
    color = run_color(number)
    return color if look.colors == "all" else str(Color.parse(color).downgrade(ColorSystem.STANDARD).number)


def _band(points: Points, place: int, x: Scale, y: Scale, columns: int, rows: int) -> Bools:
    """The dots between the edges of a curve's band; what a logarithmic axis cannot show is below its lower end."""
    curve = points.curves[place]
    if curve.spread is None:
        return np.zeros((columns, rows), np.bool_)
    across = np.clip(x.place(curve.x), -_FAR, _FAR) * (columns - 1)

    def down(edge: Floats) -> Floats:
        place = np.where(np.isfinite(edge) & (edge <= 0), -1.0, y.place(edge)) if y.log else y.place(edge)
        return np.clip(1 - place, -_FAR, _FAR) * (rows - 1)

    return fill(across, down(curve.spread.low), down(curve.spread.high), columns, rows)


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

    def lone(self, drawn: Cells, layers: int, *, joined: bool) -> Iterator[tuple[int, int, int]]:
        """Layer, column and row of each lone point whose marker hides no other run's dots, and of runs' only points.

        Of points that are not `joined` anyway only the latter.
        """
        count = np.bincount(self.lines.layer[self.inside], minlength=layers)
        for point in np.flatnonzero(self.is_lone()).tolist():
            column, row = self.cell(point)
            layer = int(self.lines.layer[point])
            if count[layer] == 1 or (joined and drawn.shared[row, column] == 1):
                yield layer, column, row


def _levels(points: Points, y: Scale, area: Area, down: int) -> list[tuple[int, Level]]:
    """The levels in sight, each with its row of the plot."""
    if area.height < _ROWS_FOR_LEVELS:
        return []
    inside = [level for level in points.spec.levels if y.low <= level.value <= y.high]
    return [(round((1 - y.place_one(level.value)) * (area.height * down - 1)) // down, level) for level in inside]


def _mark_levels(canvas: Canvas, area: Area, points: Points, levels: Sequence[tuple[int, Level]], look: Look) -> None:
    """What a level is, in the column to the right of the plot: a star for the best, else the marker of its run."""
    inks = {layer.number: ink for ink, layer in enumerate(layers_of(points), FIRST_FREE)}
    for row, level in levels:
        at = area.left + area.width, area.top + row
        if canvas.is_free(*at):
            star = level.kind == "best" or level.number is None
            marker = look.mark("★") if star else run_marker(level.number or 0, look.charset)
            canvas.write(*at, marker, DIM if level.number is None else inks.get(level.number, DIM))


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
                drawn = points.curves[curve]
                canvas.write(*at, look.mark("×") if drawn.ends_lost else run_marker(drawn.number, look.charset), ink)
                break


def _ends(points: Points, places: _Places) -> list[tuple[int, int]]:
    """Each curve and the last point of its latest attempt, where that is in sight and part of a line."""
    latest = np.flatnonzero(points.drawn & ~points.quiet)
    curve = points.curve[latest]
    last = np.full(len(points.curves), -1)
    last[curve] = latest  # of a curve's points the last one stays
    count = np.bincount(curve, minlength=len(points.curves))
    of_line = places.lines.joined[last] if points.spec.joined else count > 1
    ends = np.flatnonzero((count > 0) & places.inside[last] & of_line)
    return list(zip(ends.tolist(), last[ends].tolist(), strict=True))


def mark_lost(canvas: Canvas, area: Area, points: Points, x: Scale, look: Look) -> None:
    """A cross on the axis below each place where values became NaN or infinite, in the run's colour."""
    first = FIRST_FREE + len(points.bands) + len(points.curves) * points.has_quiet
    lost = points.lost
    across = look.grain.across
    columns = np.rint(x.place(points.x[lost]) * (area.width * across - 1)).astype(np.int64) // across
    for column, curve in sorted(set(zip(columns.tolist(), points.curve[lost].tolist(), strict=True))):
        canvas.write(area.left + column, area.top + area.height, look.mark("×"), first + curve)
