"""The chart widget: shows one `ChartSpec` and redraws only when the spec, the size or the theme changes."""

from __future__ import annotations

from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from labtop.tui.charts.spec import ChartSpec


class Chart(Widget, can_focus=True):
    """One chart of any size. Set `spec` to draw; None shows an empty frame."""

    spec: reactive[ChartSpec | None] = reactive(None)

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        return Strip.blank(self.size.width)
