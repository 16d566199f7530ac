"""A point a run: one value against another."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
from rich.cells import cell_len
from rich.style import Style

from labtop.store.model import Floats
from labtop.tui import format
from labtop.tui.charts.axes import Mark, x_marks, y_marks
from labtop.tui.charts.canvas import DIM, FIRST_FREE, PLAIN, Canvas, style
from labtop.tui.charts.cells import cells
from labtop.tui.charts.legend import LABEL_LIMIT, Entry
from labtop.tui.charts.line_chart import NOTE_LIMIT
from labtop.tui.charts.plot import Area
from labtop.tui.charts.raster import Bools
from labtop.tui.charts.scale import Scale, fit
from labtop.tui.charts.spec import Look, ScatterSpec
from labtop.tui.run_names import fitted
from labtop.tui.run_style import run_color, run_marker

_VALUE_CELLS = 7
_MARGIN = 0.04  # of the range, free on each side
_SHORTEST_LABEL, _LONGEST_LABEL = 4, 24
_NEARBY = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))  # cells in which the marker of a run may stand


class ScatterChart:
    """The drawing of a `ScatterSpec`."""

    def __init__(self, spec: ScatterSpec, look: Look) -> None:
        self._spec, self._look = spec, look
        seen = np.isfinite(spec.x) & np.isfinite(spec.y)
        self._hidden_x = int(np.count_nonzero(seen & (spec.x <= 0))) if spec.log_x else 0
        self._hidden_y = int(np.count_nonzero(seen & (spec.y <= 0))) if spec.log_y else 0
        self._any = bool(seen.any())
        seen &= ((spec.x > 0) | (not spec.log_x)) & ((spec.y > 0) | (not spec.log_y))
        self._runs, self._x, self._y = spec.runs[seen], spec.x[seen], spec.y[seen]
        count = len(spec.categories)
        self.x = Scale(-0.5, count - 0.5) if count else _scale(self._x, log=spec.log_x)
        self._y_scale = _scale(self._y, log=spec.log_y)
        name = format.clean(spec.x_name, NOTE_LIMIT)
        self.x_name = "" if count else name
        self._note = (
            f"x {format.cut(name, _LONGEST_LABEL)}" if count and name else ""
        )  # the row below the axis belongs to the categories
        values = dict(zip(spec.runs.tolist(), spec.y.tolist(), strict=True))
        self.entries = [
            Entry(
                number,
                format.clean(name, LABEL_LIMIT),
                format.number(values.get(number), _VALUE_CELLS),
                number in values and not np.isfinite(values[number]),
            )
            for number, name in spec.labels
        ]

    def notes(self) -> list[str]:
        """The spec's note, the scales, how many runs these cannot show."""
        notes = [note for note in (self._note, format.clean(self._spec.note, NOTE_LIMIT)) if note]
        for log, name, hidden in (
            (self._spec.log_y, "log", self._hidden_y),
            (self._spec.log_x, "log x", self._hidden_x),
        ):
            if log:
                notes.append(name)
            if hidden:
                notes.append(f"{hidden} {'at x ' * (name != 'log')}{self._look.mark('≤')} 0 hidden")
        return notes

    def empty(self) -> str:
        """Why there is no point."""
        if self._x.size:
            return ""
        if self._any:
            return "no x above 0" if self._hidden_x else "no value above 0"
        return "no finite value" if self._spec.x.size else "no run has both"

    def y_marks(self, height: int) -> list[Mark]:
        """The ticks of y."""
        return y_marks(self._y_scale, height, self._look.grain) if height and self._y.size else []

    def x_marks(self, width: int) -> list[Mark]:
        """The ticks of x: names of categories as far as they fit, or numbers."""
        if not self._x.size:
            return []
        if self._spec.categories:
            return self._names(width)
        whole = bool(np.array_equal(self._x, np.floor(self._x)))
        return x_marks(self.x, "step", width, self._look.grain, whole=whole)

    def styles(self) -> list[Style]:
        """An ink a labelled run."""
        return [style(run_color(number)) for number, _ in self._spec.labels]

    def plot(self, canvas: Canvas, area: Area) -> None:
        """Dots for the runs, over them the markers of those that are labelled."""
        grain = self._look.grain
        columns, rows = area.width * grain.across, area.height * grain.down
        across = np.clip(np.rint(self.x.place(self._x) * (columns - 1)), 0, columns - 1).astype(np.int64)
        down = np.clip(np.rint((1 - self._y_scale.place(self._y)) * (rows - 1)), 0, rows - 1).astype(np.int64)
        dots: Bools = np.zeros((1, columns, rows), np.bool_)
        rest = ~np.isin(self._runs, [number for number, _ in self._spec.labels])
        dots[0, across[rest], down[rest]] = True
        canvas.glyph[area.part] = cells(dots, grain, np.zeros(1, np.int64), np.zeros(1, np.bool_)).glyph
        canvas.ink[area.part] = DIM if self._spec.labels else PLAIN
        taken: set[tuple[int, int]] = set()
        for ink, place in self._labelled():
            cell = int(across[place]) // grain.across, int(down[place]) // grain.down
            near = [(cell[0] + right, cell[1] + below) for right, below in _NEARBY]
            inside = [one for one in near if 0 <= one[0] <= area.width and 0 <= one[1] < area.height]
            column, row = next((one for one in inside if one not in taken), cell)
            taken.add((column, row))
            marker = run_marker(int(self._runs[place]), self._look.charset)
            canvas.write(area.left + column, area.top + row, marker, ink)

    def mark_axis(self, canvas: Canvas, area: Area) -> None:
        """Nothing."""

    def _labelled(self) -> Iterator[tuple[int, int]]:
        """The ink of each labelled run that is in sight, and its place in the arrays."""
        places = {number: place for place, number in enumerate(self._runs.tolist())}
        for ink, (number, _) in enumerate(self._spec.labels, FIRST_FREE):
            if number in places:
                yield ink, places[number]

    def _names(self, width: int) -> list[Mark]:
        """Every category, or every second, third and so on, told apart and cut."""
        names = [format.clean(name, LABEL_LIMIT) or " " for name in self._spec.categories]
        stride = 1
        longest = max(map(cell_len, names))
        while (room := width * stride // len(names) - 1) < min(_SHORTEST_LABEL, longest) and stride < len(names):
            stride += 1
        shown = fitted(names, max(1, min(room, _LONGEST_LABEL)))
        across = self._look.grain.across
        dots = width * across - 1
        columns = [round(self.x.place_one(place) * dots) // across for place in range(len(names))]
        return [Mark(column, name) for column, name in zip(columns[::stride], shown[::stride], strict=True)]


def _scale(values: Floats, *, log: bool) -> Scale:
    """The scale of values with a margin, so that no point is on the frame."""
    if not values.size:
        return Scale(1.0, 10.0, log) if log else Scale(0.0, 1.0)
    scale = fit(float(values.min()), float(values.max()), log=log)
    if scale.flat is not None:
        return scale
    if log:
        share = (scale.high / scale.low) ** _MARGIN if scale.high / scale.low < np.inf else 1.0
        low, high = scale.low / share, min(scale.high * share, sys.float_info.max)
        return Scale(low, high, log) if low > 0 else scale
    room = scale.high * _MARGIN - scale.low * _MARGIN
    limit = sys.float_info.max
    return Scale(max(scale.low - room, -limit), min(scale.high + room, limit))
