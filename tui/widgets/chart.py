"""The chart widget: shows one `ChartSpec`, drawn anew only when the spec, the size, the focus or the theme changes."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from labtop.tui.charts.draw import draw
from labtop.tui.charts.spec import ChartSpec, Look
from labtop.tui.run_style import Charset, terminal_charset

_EMPTY = ChartSpec("", ())


class Chart(Widget, can_focus=True):
    """One chart of any size. Set `spec` to draw; None shows an empty frame.

    The chart that has the focus shows a pointer before its title, which is reversed.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"chart--frame"}
    DEFAULT_CSS = """
    Chart {
        width: 1fr;
        height: 1fr;
        min-height: 2;
        & > .chart--frame { color: $foreground 60%; }
    }
    """

    spec: reactive[ChartSpec | None] = reactive(None)

    def __init__(
        self,
        spec: ChartSpec | None = None,
        *,
        charset: Charset | None = None,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._charset = charset or terminal_charset()
        self._key: object = None
        self._strips: list[Strip] = []
        self.set_reactive(Chart.spec, spec)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in sight, of a new drawing where something changed."""
        background = self.background_colors[1]
        look = self._look(background)
        if (key := (self.spec, self.size, look, background)) != self._key:
            paper = Style.from_color(bgcolor=background.rich_color)
            self._key = key
            self._strips = [strip.apply_style(paper) for strip in draw(self.spec or _EMPTY, *self.size, look)]
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)

    def _look(self, background: Color) -> Look:
        """The theme's colours as they are on this background."""
        frame = self.get_component_styles("chart--frame").color
        ink, quiet = ((background + color).rich_color.name for color in (self.colors[3], frame))
        return Look(self._charset, ink, quiet, self.has_focus)
