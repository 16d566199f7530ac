"""Curves over x."""

from __future__ import annotations

from rich.style import Style

from labtop.store.model import XMetric
from labtop.tui import format
from labtop.tui.charts.axes import Mark, x_marks, y_marks
from labtop.tui.charts.canvas import Canvas, style
from labtop.tui.charts.legend import Entry
from labtop.tui.charts.plot import Area, layers_of, mark_lost, plot
from labtop.tui.charts.points import gather
from labtop.tui.charts.spec import ChartSpec, Look
from labtop.tui.run_style import run_color

NOTE_LIMIT = 500


class LineChart:
    """The drawing of a `ChartSpec`."""

    def __init__(self, spec: ChartSpec, look: Look) -> None:
        self.spec = spec
        self.points = gather(spec)
        self.x = self.points.x_scale()
        self._y = self.points.y_scale()
        self._look = look
        self.entries = [Entry.of(curve) for curve in spec.curves] if spec.legend else []
        self.x_name = format.clean(spec.x.name, NOTE_LIMIT) if isinstance(spec.x, XMetric) else ""

    def notes(self) -> list[str]:
        """How many values the scales cannot show, the spec's note, the scales."""
        hidden = []
        if self.spec.log_y and (values := self.points.hidden_values):
            hidden.append(f"{values} {self._look.mark('≤')} 0 hidden")
        if places := self.points.hidden_places:
            hidden.append(f"{places} at x {self._look.mark('≤')} 0 hidden")
        notes = [format.clean(self.spec.note, NOTE_LIMIT)] if self.spec.note else []
        return hidden + notes + ["log"] * self.spec.log_y + ["log x"] * self.spec.log_x

    def empty(self) -> str:
        """Why there is no curve."""
        points = self.points
        if self._y is not None or not (self.spec.title or self.spec.curves):
            return ""  # a chart without a name is one that nobody has answered for yet
        if self.spec.curves and not points.curves:
            return "all hidden"
        if points.without_place and not points.placed.any():
            return "no x above 0"
        if self.spec.log_y and points.not_positive and not points.lost.size:
            return "no value above 0"
        return ("no finite value" if points.lost.size else "no data") + " yet" * self.spec.may_grow

    def y_marks(self, height: int) -> list[Mark]:
        """The ticks of the values."""
        return y_marks(self._y, height, self._look.grain) if self._y and height else []

    def x_marks(self, width: int) -> list[Mark]:
        """The ticks of x, where any point has one."""
        if not self.points.placed.any():
            return []
        return x_marks(self.x, self.spec.x, width, self._look.grain, whole=self.points.has_whole_x)

    def styles(self) -> list[Style]:
        """An ink a layer."""
        return [style(run_color(layer.number), dim=layer.dim) for layer in layers_of(self.points)]

    def plot(self, canvas: Canvas, area: Area) -> None:
        """The curves."""
        if self._y is not None:
            plot(canvas, area, self.points, self.x, self._y, self._look)

    def mark_axis(self, canvas: Canvas, area: Area) -> None:
        """Where values are NaN or infinite."""
        mark_lost(canvas, area, self.points, self.x, self._look)
