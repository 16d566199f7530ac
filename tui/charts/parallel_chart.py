"""Parallel coordinates: an axis for each param and one for the metric, a line a run through all of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.cells import cell_len
from rich.style import Style

from labtop.store.model import Axis, Floats, Parallel
from labtop.tui import format
from labtop.tui.charts.axes import Mark
from labtop.tui.charts.canvas import DIM, FIRST_FREE, PLAIN, Canvas, style
from labtop.tui.charts.cells import cells
from labtop.tui.charts.legend import LABEL_LIMIT, Entry
from labtop.tui.charts.plot import Area
from labtop.tui.charts.raster import Bools, Lines, raster
from labtop.tui.charts.scale import Scale
from labtop.tui.charts.spec import Look, ParallelSpec
from labtop.tui.run_names import cut_middle
from labtop.tui.run_style import COLORS

MOST_BEST, MOST_OTHERS = 200, 600
"""Lines that are drawn of each: more of them fill the plot."""
_OTHERS, _BEST = 0, 1
_LEAST_LABEL = 4
_ROOM_FOR_CATEGORIES = 2  # rows each


class ParallelChart:
    """The drawing of a `ParallelSpec`: the best runs bright above the others."""

    def __init__(self, spec: ParallelSpec, look: Look) -> None:
        self._spec, self._look = spec, look
        self.x = Scale(0.0, 1.0)
        self.x_name = ""
        self.entries: list[Entry] = []

    def notes(self) -> list[str]:
        """What is bright, and what is not drawn."""
        best = self._spec.found.best
        bright, drawn = int(best.sum()), len(_chosen(self._spec.found))
        more = f"{drawn} of {len(best)} runs drawn" if drawn < len(best) else ""
        told = f"{self._spec.words}: {bright} of {len(best)}" if len(best) else ""
        return [each for each in (format.clean(self._spec.note), told, more) if each]

    def empty(self) -> str:
        """Why there is no line."""
        found = self._spec.found
        if not len(found.runs):
            return "no run has a finite value"
        return "" if len(found.axes) > 1 else "no param varies"

    def y_marks(self, height: int) -> list[Mark]:
        """None: each axis has its own."""
        return []

    def x_marks(self, width: int) -> list[Mark]:
        """The names of the axes."""
        axes = self._spec.found.axes
        room = max(width // max(len(axes) - 1, 1) - 2, _LEAST_LABEL)
        columns = _columns(width, len(axes))
        names = (cut_middle(format.clean(axis.key, LABEL_LIMIT) + " log" * axis.log, room) for axis in axes)
        return [Mark(column, name) for column, name in zip(columns, names, strict=True)]

    def styles(self) -> list[Style]:
        """Quiet for most runs, bright for the best."""
        return [style(self._look.dim), style(COLORS[1], bold=True)]

    def plot(self, canvas: Canvas, area: Area) -> None:
        """Lines, over them the axes and what their ends mean."""
        grain = self._look.grain
        columns, rows = area.width * grain.across, area.height * grain.down
        dots = self._dots(columns, rows)
        tiers = np.array([0, 1], np.int64)
        drawn = cells(dots, grain, tiers, np.array([True, False]))
        canvas.glyph[area.part], canvas.ink[area.part] = drawn.glyph, drawn.layer + FIRST_FREE
        if self._look.charset == "ascii":  # without colours the best are told by their dots
            canvas.glyph[area.part][drawn.layer == _OTHERS] = ord(".")
            canvas.glyph[area.part][drawn.layer == _BEST] = ord("#")
        for place, column in enumerate(_columns(area.width, len(self._spec.found.axes))):
            self._draw_axis(canvas, area, self._spec.found.axes[place], column)

    def mark_axis(self, canvas: Canvas, area: Area) -> None:
        """Nothing."""

    def _dots(self, columns: int, rows: int) -> Bools:
        """The lines, one dot in from the rows of the labels; a run that lacks a value has a gap there."""
        found = self._spec.found
        chosen = _chosen(found)
        place: Floats = found.place[chosen].astype(np.float64)
        axes = place.shape[1]
        margin = self._look.grain.down
        down = margin + (1 - place) * (rows - 1 - 2 * margin)
        across = np.broadcast_to(np.linspace(0, columns - 1, axes), place.shape)
        there = np.isfinite(place)
        joined = there.copy()
        joined[:, 1:] &= there[:, :-1]
        joined[:, 0] = False
        layer = np.repeat(np.where(found.best[chosen], _BEST, _OTHERS), axes).astype(np.int64)
        lines = Lines(
            across.ravel().astype(np.float64), np.nan_to_num(down).ravel(), layer, there.ravel(), joined.ravel()
        )
        return raster(lines, 2, columns, rows)

    def _draw_axis(self, canvas: Canvas, area: Area, axis: Axis, column: int) -> None:
        if column or not area.left:  # the frame is the first axis
            canvas.fill((area.part[0], slice(area.left + column, area.left + column + 1)), self._look.mark("│"), DIM)
        for row, label in _labels(axis, area.height):
            text = format.cut(format.clean(label), max(area.width // max(len(self._spec.found.axes) - 1, 1) - 2, 1))
            left = column + (column > 0) if column + 1 + cell_len(text) < area.width else column - cell_len(text)
            canvas.write(area.left + max(left, 0), area.top + row, text, PLAIN)


def _labels(axis: Axis, height: int) -> Iterator[tuple[int, str]]:
    """The rows of an axis' ends, or of all its categories where they have room."""
    count = len(axis.categories)
    if count and count * _ROOM_FOR_CATEGORIES <= height:
        for place, name in enumerate(axis.categories):
            share = 0.5 if count == 1 else place / (count - 1)
            yield round((1 - share) * (height - 1)), name
    elif axis.low == axis.high:
        yield height // 2, axis.low
    else:
        yield 0, axis.high
        yield height - 1, axis.low


def _columns(width: int, axes: int) -> list[int]:
    return [round(place) for place in np.linspace(0, max(width - 1, 0), axes).tolist()]


def _chosen(found: Parallel) -> list[int]:
    """The places of the runs that are drawn: some of the best, some of the others, evenly."""
    best, others = np.flatnonzero(found.best), np.flatnonzero(~found.best)
    return [*_evenly(others, MOST_OTHERS), *_evenly(best, MOST_BEST)]


def _evenly(places: np.ndarray[tuple[int], np.dtype[np.intp]], most: int) -> list[int]:
    if len(places) <= most:
        return [int(place) for place in places]
    return [int(places[at]) for at in np.linspace(0, len(places) - 1, most).round().astype(int)]
