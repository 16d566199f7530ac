"""The chart widget: shows one `Spec`, drawn anew only when the spec, the size, the focus or the theme changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual.color import Color
from textual.events import Click, Leave, MouseMove, MouseScrollDown, MouseScrollUp
from textual.filter import LineFilter
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from labtop.tui.charts.changes import changed
from labtop.tui.charts.dots import terminal_dots
from labtop.tui.charts.picture import Picture
from labtop.tui.charts.spec import ChartSpec, Colors, Drawable, Look
from labtop.tui.run_style import Charset, terminal_charset

_EMPTY = ChartSpec("", ())

Logged = tuple[float, Mapping[int, float | None]]
"""An x, and what runs, by number, logged there."""


@dataclass(frozen=True, slots=True, eq=False)
class _Dress:
    """How the theme dresses a chart: its look, its background, and what Textual makes of colours at last."""

    look: Look
    background: Color
    paper: Style
    filters: tuple[LineFilter, ...]

    def filtered(self, strip: Strip) -> Strip:
        """The strip in the colours that the app allows."""
        for line_filter in self.filters:
            strip = strip.apply_filter(line_filter, self.background)
        return strip


class Chart(Widget, can_focus=True):
    """One chart of any size. Set `spec` to draw; None shows an empty frame. `crosshair` is an x, None for none;
    `logged` tells what runs logged there that have more points than the spec gives.

    The chart that has the focus shows a pointer before its title, which is reversed. A new spec or crosshair repaints
    only cells that differ.
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

    spec: reactive[Drawable | None] = reactive[Drawable | None](None, repaint=False)
    crosshair: reactive[float | None] = reactive[float | None](None, repaint=False)
    logged: reactive[Logged | None] = reactive[Logged | None](None, repaint=False)

    @dataclass
    class Hovered(Message):
        """The pointer is over an x of the plot, or over none."""

        chart: Chart
        x: float | None

        @property
        def control(self) -> Chart:
            """The chart."""
            return self.chart

    @dataclass
    class Scrolled(Message):
        """The wheel was turned over the chart, by 1 away from the person or by -1; x is None beside the plot."""

        chart: Chart
        x: float | None
        direction: int

        @property
        def control(self) -> Chart:
            """The chart."""
            return self.chart

    @dataclass
    class RunClicked(Message):
        """A run's entry in the legend was clicked: its number."""

        chart: Chart
        run: int

        @property
        def control(self) -> Chart:
            """The chart."""
            return self.chart

    def __init__(
        self,
        spec: Drawable | None = None,
        *,
        charset: Charset | None = None,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._charset = charset or terminal_charset()
        self._dots = None if charset else terminal_dots()
        self._key: object = None
        self._picture = Picture(_EMPTY, 0, 0, Look())
        self._strips: list[Strip] = []
        self._lines: list[Strip] = []
        self._drawn: tuple[Picture, float | None, _Dress, Mapping[int, float | None]] | None = None
        self._dressed: tuple[object, _Dress] | None = None
        self._hovered: float | None = None
        self.set_reactive(Chart.spec, spec)

    @property
    def picture(self) -> Picture:
        """The chart as it is drawn in this size."""
        if (key := (self.spec, self.size, self._dress)) != self._key:
            self._key = key
            self._picture = Picture(self.spec or _EMPTY, *self.size, self._dress.look)
        return self._picture

    @property
    def _dress(self) -> _Dress:
        """Looked up anew only where something on which it depends has changed: all charts are asked at each frame."""
        key = self.app.theme, self.has_focus, self.app.native_ansi_color
        if self._dressed is None or self._dressed[0] != key:
            background = self.background_colors[1]
            paper = Style.from_color(bgcolor=background.rich_color)
            self._dressed = key, _Dress(self._look(background), background, paper, tuple(self.app.get_line_filters()))
        return self._dressed[1]

    def watch_spec(self) -> None:
        """Show it."""
        self._repaint()

    def watch_crosshair(self) -> None:
        """Lay it over what is drawn."""
        self._repaint()

    def watch_logged(self) -> None:
        """Say them at the crosshair."""
        if self.logged is not None and self.logged[0] == self.crosshair:
            self._repaint()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Say over which x the pointer is."""
        self._hover(self.picture.x_at(event.get_content_offset_capture(self).x))

    def on_leave(self, _: Leave) -> None:
        """The pointer is over no x now."""
        self._hover(None)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Say where."""
        self._scroll(event, 1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Say where."""
        self._scroll(event, -1)

    def on_click(self, event: Click) -> None:
        """Say which run's entry that was."""
        if (run := event.style.meta.get("run")) is not None:
            self.post_message(self.RunClicked(self, run))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in sight, of a new drawing where something changed.

        They are what the screen shows: a chart has no border and no padding, and Textual's own way to dress a line
        takes three times as long as all that is left to do for one that did not change.
        """
        self._draw()
        lines = self._lines[crop.y : crop.bottom]
        lines += [Strip.blank(self.size.width)] * (crop.height - len(lines))
        left, right = crop.column_span
        whole = (left, right) == (0, self.size.width)
        return lines if whole else [line.crop(left, right) for line in lines]

    def _repaint(self) -> None:
        """Repaint what differs from what is on the screen."""
        old = self._strips
        if not (old and self.is_attached and self.display):
            self.refresh()
            return
        self._draw()
        if len(old) != len(self._strips) or old[0].cell_length != self._strips[0].cell_length:
            self.refresh()
        elif regions := list(changed(old, self._strips)):
            self.refresh(*regions)

    def _draw(self) -> None:
        """Draw what changed. Lines that look as before are the same objects: nobody compares their letters."""
        picture, dress = self.picture, self._dress
        logged = self.logged[1] if self.logged and self.logged[0] == self.crosshair else {}
        if self._drawn == (picture, self.crosshair, dress, logged):
            return
        old, lines = self._strips, self._lines if self._drawn and self._drawn[2] is dress else []
        self._drawn = picture, self.crosshair, dress, logged
        self._strips = [strip.apply_style(dress.paper) for strip in picture.strips(self.crosshair, logged)]
        before = self._lines
        self._lines = [
            lines[row] if row < len(lines) and old[row] == strip else dress.filtered(strip)
            for row, strip in enumerate(self._strips)
        ]
        kept = set(map(id, self._lines))
        for line in before:
            if id(line) not in kept:
                _let_go(line)

    def _hover(self, x: float | None) -> None:
        if x != self._hovered:
            self._hovered = x
            self.post_message(self.Hovered(self, x))

    def _scroll(self, event: MouseScrollUp | MouseScrollDown, direction: int) -> None:
        event.stop()
        event.prevent_default()
        x = self.picture.x_at(event.get_content_offset_capture(self).x)
        self.post_message(self.Scrolled(self, x, direction))

    def _look(self, background: Color) -> Look:
        """The theme's colours as they are on this background."""
        frame = self.get_component_styles("chart--frame").color
        ink, quiet = ((background + color).rich_color.name for color in (self.colors[3], frame))
        few = self.app.console.color_system == "standard"
        colors: Colors = "none" if self.app.no_color else "sixteen" if few else "all"
        return Look(self._charset, ink, quiet, self.has_focus, self._dots, colors)


def _let_go(strip: Strip) -> None:
    """Textual keeps with a strip what it was divided into, which may be the strip itself: without this a cycle, which
    only the collector of garbage finds, and that holds all keys."""
    strip._divide_cache.clear()
    strip._crop_cache.clear()
