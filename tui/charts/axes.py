"""Axes: which ticks fit beside and below a plot, and the lines, ticks and labels themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rich.cells import cell_len

from labtop.store.model import XAxis
from labtop.tui.charts.canvas import DIM, Canvas
from labtop.tui.charts.dots import Grain
from labtop.tui.charts.plot import Area
from labtop.tui.charts.scale import Scale
from labtop.tui.charts.spec import Look
from labtop.tui.charts.ticks import Tick, finest, log_ticks, number_ticks, value_label
from labtop.tui.charts.times import log_relative_ticks, relative_ticks, wall_ticks

_APART = 2  # blanks between two labels of the x axis
_CALM, _CALM_WIDE = 8, 10  # and cells from tick to tick, at least, the latter in wide plots
_WIDE = 60
_TALL = 24  # rows from which on labels of the y axis stand three rows apart, not two
_KEPT = 512  # axes whose ticks are known: most stay as they are when a chart is drawn again
_ENOUGH_TICKS = 3  # fewer ticks do not tell a scale: then labels may touch


@dataclass(frozen=True, slots=True)
class Mark:
    """A tick in its cell: the row from the top of the plot, or the column from its left edge."""

    cell: int
    label: str


def y_marks(scale: Scale, height: int, grain: Grain, *, whole: bool = False) -> list[Mark]:
    """Ticks of the y axis of a plot this many cells high, each in the row in which the raster draws its value.

    `whole` keeps to whole numbers.
    """
    return list(_y_marks(scale, height, grain.down, whole))


@lru_cache(maxsize=_KEPT)
def _y_marks(scale: Scale, height: int, down: int, whole: bool) -> tuple[Mark, ...]:
    def row(tick: Tick) -> int:
        dot = round((1 - scale.place_one(tick.value)) * (down * height - 1))
        return min(max(dot // down, 0), height - 1)

    def ticks(gap: int) -> Sequence[Tick]:
        most = max(1, height // gap)
        if scale.log:
            candidates = log_ticks(scale.low, scale.high, most)
        else:
            candidates = number_ticks(scale.low, scale.high, most, whole=whole)
        return finest(candidates, lambda some: all(b - a >= gap for b, a in pairwise(map(row, some))))

    if scale.flat is not None:
        return (Mark(row(Tick(scale.flat, "")), value_label(scale.flat)),)
    calm = ticks(2 if height < _TALL else 3)
    chosen = calm if len(calm) >= _ENOUGH_TICKS else ticks(1)
    return tuple(Mark(row(tick), tick.label) for tick in chosen)


def x_marks(scale: Scale, axis: XAxis, width: int, grain: Grain, *, whole: bool = True) -> list[Mark]:
    """Ticks of the x axis of a plot this many cells wide, with blanks between their labels.

    `whole` steps get ticks at whole numbers only.
    """
    find = _x_marks if axis == "wall" else _kept_x_marks  # what the clock says may change with the zone
    return list(find(scale, axis, width, grain.across, whole))


def _x_marks(scale: Scale, axis: XAxis, width: int, across: int, whole: bool) -> tuple[Mark, ...]:
    calm = _CALM if width < _WIDE else _CALM_WIDE
    candidates = _x_candidates(scale, axis, max(1, width // calm), whole=whole)

    def column(tick: Tick) -> int:
        dot = round(scale.place_one(tick.value) * (across * width - 1))
        return min(max(dot // across, 0), width - 1)

    def fits(some: Sequence[Tick]) -> bool:
        need = (max((len(a.label) + len(b.label)) / 2 + _APART, calm) for a, b in pairwise(some))
        return all(b - a >= cells for (a, b), cells in zip(pairwise(map(column, some)), need, strict=True))

    return tuple(Mark(column(tick), tick.label) for tick in finest(candidates, fits))


_kept_x_marks = lru_cache(maxsize=_KEPT)(_x_marks)


def _x_candidates(scale: Scale, axis: XAxis, most: int, *, whole: bool) -> Iterator[Sequence[Tick]]:
    if axis == "wall":
        return wall_ticks(scale.low, scale.high, most)
    if axis == "relative":
        return (log_relative_ticks if scale.log else relative_ticks)(scale.low, scale.high, most)
    if scale.log:
        return log_ticks(scale.low, scale.high, most)
    return number_ticks(scale.low, scale.high, most, whole=whole and scale.high - scale.low >= 1)


def draw_y_axis(canvas: Canvas, area: Area, marks: Sequence[Mark], look: Look) -> None:
    """The line to the left of the plot and, where there is room before it, the labels, right-aligned."""
    left = area.left - 1
    canvas.fill((area.part[0], slice(left, left + 1)), look.mark("│"), DIM)
    for mark in marks:
        canvas.write(0, area.top + mark.cell, mark.label.rjust(left)[:left], DIM)
        canvas.write(left, area.top + mark.cell, look.mark("┤"), DIM)


def draw_x_axis(canvas: Canvas, area: Area, marks: Sequence[Mark], look: Look, name: str = "") -> None:
    """The line below the plot and, in the row under it, labels, each under its tick or as near as the edge allows.

    The axis' name, where it has one, stands at the right end of that row.
    """
    row, width = area.top + area.height, canvas.glyph.shape[1]
    canvas.write(area.left - 1, row, look.mark("└"), DIM)
    canvas.fill((slice(row, row + 1), slice(area.left, width)), look.mark("─"), DIM)
    free, end = 0, width
    if name:
        end = width - cell_len(name) - 1
        canvas.write(end + 1, row + 1, name, DIM)
    for mark in marks:
        column, cells = area.left + mark.cell, cell_len(mark.label)
        start = max(min(column - (cells - 1) // 2, width - cells), 0)
        if start >= free and start + cells <= end:
            canvas.write(column, row, look.mark("┬"), DIM)
            canvas.write(start, row + 1, mark.label, DIM)
            free = start + cells + 1
