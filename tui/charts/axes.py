"""Axes: which ticks fit beside and below a plot, and the lines, ticks and labels themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from labtop.store.model import XAxis
from labtop.tui.charts.canvas import DIM, Canvas
from labtop.tui.charts.plot import Area
from labtop.tui.charts.raster import Grain
from labtop.tui.charts.scale import Scale
from labtop.tui.charts.spec import Look
from labtop.tui.charts.ticks import Tick, finest, log_ticks, number_ticks, value_label
from labtop.tui.charts.times import relative_ticks, wall_ticks

_APART = 2  # blanks between two labels of the x axis
_CALM, _CALM_WIDE = 8, 10  # and cells from tick to tick, at least, the latter in wide plots
_WIDE = 60
_TALL = 24  # rows from which on labels of the y axis stand three rows apart, not two
_ENOUGH_TICKS = 3  # fewer ticks do not tell a scale: then labels may touch


@dataclass(frozen=True, slots=True)
class Mark:
    """A tick in its cell: the row from the top of the plot, or the column from its left edge."""

    cell: int
    label: str


def y_marks(scale: Scale, height: int, grain: Grain) -> list[Mark]:
    """Ticks of the y axis of a plot this many cells high, each in the row in which the raster draws its value."""

    def row(tick: Tick) -> int:
        dot = round((1 - scale.place_one(tick.value)) * (grain.down * height - 1))
        return min(max(dot // grain.down, 0), height - 1)

    def ticks(gap: int) -> Sequence[Tick]:
        candidates = (log_ticks if scale.log else number_ticks)(scale.low, scale.high, max(1, height // gap))
        return finest(candidates, lambda some: all(b - a >= gap for b, a in pairwise(map(row, some))))

    if scale.flat is not None:
        return [Mark(row(Tick(scale.flat, "")), value_label(scale.flat))]
    calm = ticks(2 if height < _TALL else 3)
    chosen = calm if len(calm) >= _ENOUGH_TICKS else ticks(1)
    return [Mark(row(tick), tick.label) for tick in chosen]


def x_marks(scale: Scale, axis: XAxis, width: int, grain: Grain, *, whole: bool = True) -> list[Mark]:
    """Ticks of the x axis of a plot this many cells wide, with blanks between their labels.

    `whole` steps get ticks at whole numbers only.
    """
    calm = _CALM if width < _WIDE else _CALM_WIDE
    most = max(1, width // calm)
    if axis not in ("relative", "wall"):
        candidates = number_ticks(scale.low, scale.high, most, whole=whole and scale.high - scale.low >= 1)
    else:
        candidates = (relative_ticks if axis == "relative" else wall_ticks)(scale.low, scale.high, most)

    def column(tick: Tick) -> int:
        dot = round(scale.place_one(tick.value) * (grain.across * width - 1))
        return min(max(dot // grain.across, 0), width - 1)

    def fits(some: Sequence[Tick]) -> bool:
        need = (max((len(a.label) + len(b.label)) / 2 + _APART, calm) for a, b in pairwise(some))
        return all(b - a >= cells for (a, b), cells in zip(pairwise(map(column, some)), need, strict=True))

    return [Mark(column(tick), tick.label) for tick in finest(candidates, fits)]


def draw_y_axis(canvas: Canvas, area: Area, marks: Sequence[Mark], look: Look) -> None:
    """The line to the left of the plot and, where there is room before it, the labels, right-aligned."""
    line, tick_mark = "|+" if look.charset == "ascii" else "│┤"
    left = area.left - 1
    for row in range(area.height):
        canvas.write(left, area.top + row, line, DIM)
    for mark in marks:
        canvas.write(0, area.top + mark.cell, mark.label.rjust(left)[:left], DIM)
        canvas.write(left, area.top + mark.cell, tick_mark, DIM)


def draw_x_axis(canvas: Canvas, area: Area, marks: Sequence[Mark], look: Look) -> None:
    """The line below the plot and, in the row under it, labels, each under its tick or as near as the edge allows."""
    corner, line, tick_mark = "+-+" if look.charset == "ascii" else "└─┬"
    row, width = area.top + area.height, canvas.glyph.shape[1]
    canvas.write(area.left - 1, row, corner + line * (width - area.left), DIM)
    free = 0
    for mark in marks:
        column, cells = area.left + mark.cell, len(mark.label)
        start = max(min(column - (cells - 1) // 2, width - cells), 0)
        if start >= free:
            canvas.write(column, row, tick_mark, DIM)
            canvas.write(start, row + 1, mark.label, DIM)
            free = start + cells + 1
