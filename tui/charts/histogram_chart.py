"""How a metric is distributed over runs: bars of counts."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
from rich.style import Style

from labtop.tui import format
from labtop.tui.charts.axes import Mark, y_marks
from labtop.tui.charts.canvas import FIRST_FREE, Canvas, style
from labtop.tui.charts.dots import Dots, Grain
from labtop.tui.charts.legend import LABEL_LIMIT, Entry
from labtop.tui.charts.line_chart import NOTE_LIMIT
from labtop.tui.charts.plot import Area
from labtop.tui.charts.raster import Ints
from labtop.tui.charts.scale import Scale
from labtop.tui.charts.spec import HistogramSpec, Look
from labtop.tui.charts.ticks import labelled
from labtop.tui.run_style import run_color, run_marker

_BARS: dict[Dots, str] = {"braille": " ▁▂▃▄▅▆▇█", "blocks": " ▄█", "ascii": " #"}
_VALUE_CELLS = 7
_APART = 3  # cells of a bar from which on there is a blank between two
_LABELS_APART = 2
_DIGITS = 6


class HistogramChart:
    """The drawing of a `HistogramSpec`."""

    def __init__(self, spec: HistogramSpec, look: Look) -> None:
        self._spec, self._look = spec, look
        self._bars = _BARS[look.dots or look.charset]
        self._most = int(spec.counts.max()) if spec.counts.size else 0
        edges = spec.edges if self._most else np.array([0.0, 1.0])
        self.x = Scale(float(edges[0]), float(edges[-1]))
        self.x_name = ""
        values = dict(spec.values)
        self.entries = [
            Entry(
                number,
                format.clean(name, LABEL_LIMIT),
                format.number(values.get(number), _VALUE_CELLS),
                number in values and not math.isfinite(values[number]),
            )
            for number, name in spec.labels
        ]

    def notes(self) -> list[str]:
        """The spec's note."""
        return [format.clean(self._spec.note, NOTE_LIMIT)] if self._spec.note else []

    def empty(self) -> str:
        """Why there is no bar."""
        return "" if self._most else "no finite value"

    def y_marks(self, height: int) -> list[Mark]:
        """Ticks at whole counts."""
        if not height or not self._most:
            return []
        levels = Grain(1, len(self._bars) - 1, (), np.zeros(0, np.uint32))
        return y_marks(Scale(0.0, float(self._most)), height, levels, whole=True)

    def x_marks(self, width: int) -> list[Mark]:
        """Ticks at edges of bins, as many as fit."""
        if not self._most:
            return []
        merged, cells = self._shape(width)
        edges = self._spec.edges[::merged]
        digits = max(
            _DIGITS, math.ceil(math.log10(max(abs(self.x.low), abs(self.x.high)) / _width(self.x, len(edges)))) + 1
        )
        values = [Decimal(f"{edge:.{min(digits, 17)}g}") for edge in edges]
        for stride in range(1, len(edges) + 1):
            labels = [tick.label for tick in labelled(values[::stride])]
            if max(map(len, labels)) + _LABELS_APART <= stride * cells:
                break
        return [Mark(place * stride * cells, label) for place, label in enumerate(labels)]

    def styles(self) -> list[Style]:
        """The ink of the bars, and one a labelled run."""
        return [style(self._look.foreground, dim=True), *(style(run_color(number)) for number, _ in self._spec.labels)]

    def plot(self, canvas: Canvas, area: Area) -> None:
        """The bars, in parts of a cell; whatever is not 0 is seen."""
        merged, cells = self._shape(area.width)
        counts = np.add.reduceat(self._spec.counts, np.arange(0, len(self._spec.counts), merged))
        parts = len(self._bars) - 1
        heights: Ints = np.rint(counts / max(int(counts.max()), 1) * area.height * parts).astype(np.int64)
        heights = np.maximum(heights, counts > 0)
        drawn = np.repeat(heights, cells)
        if cells >= _APART:
            drawn[cells - 1 :: cells] = 0
        below = np.arange(area.height - 1, -1, -1)[:, None] * parts
        glyphs = np.array([ord(bar) for bar in self._bars], np.uint32)[np.clip(drawn - below, 0, parts)]
        canvas.glyph[area.top : area.top + area.height, area.left : area.left + len(drawn)] = glyphs
        canvas.ink[area.part] = FIRST_FREE

    def mark_axis(self, canvas: Canvas, area: Area) -> None:
        """The markers of labelled runs, each under the bar that its value is in, or near."""
        if not self._most:
            return
        merged, cells = self._shape(area.width)
        values = dict(self._spec.values)
        last = len(self._spec.counts) - 1
        taken: set[int] = set()
        for ink, (number, _) in enumerate(self._spec.labels, FIRST_FREE + 1):
            value = values.get(number, math.nan)
            if not self.x.low <= value <= self.x.high:
                continue
            place = min(max(int(np.searchsorted(self._spec.edges, value, "right")) - 1, 0), last) // merged
            free = [column for column in range(place * cells, (place + 1) * cells) if column not in taken]
            if free:
                middle = place * cells + max(cells - 2, 0) // 2
                column = min(free, key=lambda one: abs(one - middle))
                taken.add(column)
                row = area.top + area.height
                canvas.write(area.left + column, row, run_marker(number, self._look.charset), ink)

    def _shape(self, width: int) -> tuple[int, int]:
        """How many bins share a bar, and how many cells a bar is wide."""
        merged = -(-len(self._spec.counts) // max(width, 1))
        bars = -(-len(self._spec.counts) // merged)
        return merged, max(width // bars, 1)


def _width(scale: Scale, edges: int) -> float:
    """How far apart neighbouring edges are."""
    return max((scale.high / edges - scale.low / edges), 5e-324)
