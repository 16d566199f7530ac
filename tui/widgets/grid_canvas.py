"""The drawing half of a grid: which lines and columns are in sight, and what of them has to be drawn again."""

from __future__ import annotations

from itertools import chain
from typing import ClassVar, Self

from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from labtop.tui.widgets.grid_layout import GridColumn, GridRow, Shelf
from labtop.tui.widgets.grid_paint import ASCII_GLYPHS, Glyphs, Line, Painter, Palette, changed_spans
from labtop.tui.widgets.grid_rows import Rows

HEADER = 1


class GridCanvas(ScrollView, inherit_bindings=False):
    """Draws rows under a fixed header, and refreshes only cells that differ from what is shown.

    Drawing costs the same for ten rows and for ten thousand: only lines in sight are painted.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--cursor",
        "grid--header",
        "grid--marked",
        "grid--section",
        "grid--separator",
    }
    DEFAULT_CSS = """
    GridCanvas {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        & > .grid--header { color: $text-primary; text-style: bold; }
        & > .grid--section { color: $text-secondary; text-style: bold; }
        & > .grid--separator { color: $foreground 30%; }
        & > .grid--marked { text-style: bold; }
        & > .grid--cursor { background: $panel; }
        &:focus > .grid--cursor { background: $primary-muted; text-style: bold; }
        &:ansi:focus > .grid--cursor { background: transparent; text-style: bold reverse; }
    }
    """

    def __init__(
        self,
        *,
        ascii_only: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        self._glyphs = ASCII_GLYPHS if ascii_only else Glyphs()
        self._columns: tuple[GridColumn, ...] = ()
        self._rows = Rows()
        self._cursor: str | None = None
        self._widths: tuple[int, ...] = ()
        self._frozen = 0
        self._painter: Painter | None = None
        self._painted: dict[str, tuple[GridRow, bool, Line]] = {}
        self._shown: dict[int, Line] = {}
        super().__init__(name=name, id=id, classes=classes)

    @property
    def allow_horizontal_scroll(self) -> bool:
        """Whether the wheel moves sideways: there is no scrollbar that would say so."""
        return self.max_scroll_x > 0

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Refresh regions, or all: then theme, focus or size may have changed, so that nothing drawn is kept."""
        if repaint and not regions:
            self._forget()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Draw the columns that came into sight."""
        self._redraw()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw the rows that came into sight, where they differ from what stood there."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        self._redraw()

    def render_line(self, y: int) -> Strip:
        """A line of the screen."""
        line = self._shown[y] = self._line(y, self._current_painter())
        return Strip(chain.from_iterable(line)).simplify().crop(0, self._width)

    @property
    def _width(self) -> int:
        """Cells of a line, without the scrollbar or the place that is kept for it."""
        return max(1, self.size.width - self.scrollbar_size_vertical)

    @property
    def _rows_in_sight(self) -> int:
        return max(0, self.size.height - HEADER)

    def _shelf(self) -> Shelf:
        return Shelf(self._columns, self._widths, self._frozen, self._width)

    def _fit_virtual_size(self) -> None:
        """Tell what there is to scroll. Set past the reactive, which would draw everything anew."""
        size = Size(self._shelf().virtual_width, HEADER + len(self._rows))
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self.refresh(repaint=False, layout=True)
            self._scroll(self.scroll_offset.x, self.scroll_offset.y)

    def _scroll(self, x: int, y: int) -> None:
        """Scroll there, or as near as can be; nothing moves before there is a screen."""
        if self.is_attached:
            self.scroll_to(x, y, animate=False, force=True)

    def _current_painter(self) -> Painter:
        """The painter for what is in sight now; a new one when columns stand elsewhere."""
        layout = self._shelf().layout(self.scroll_offset.x)
        if self._painter is None or self._painter.layout != layout:
            self._painted.clear()
            self._painter = Painter(layout, self._palette(), self._glyphs, self.app.console)
        return self._painter

    def _palette(self) -> Palette:
        return Palette(
            base=self.rich_style,
            header=self.get_component_rich_style("grid--header"),
            section=self.get_component_rich_style("grid--section"),
            cursor=self._overlay("grid--cursor"),
            marked=self._overlay("grid--marked"),
            separator=self._overlay("grid--separator"),
        )

    def _overlay(self, name: str) -> Style:
        """What a component sets itself, with its colours blended into the background."""
        own, blended = self.get_component_rich_style(name, partial=True), self.get_component_rich_style(name)
        return own + Style(color=own.color and blended.color, bgcolor=own.bgcolor and blended.bgcolor)

    def _line(self, y: int, painter: Painter) -> Line:
        """The line at y on the screen, painted anew only if its row or the cursor on it changed."""
        if y < HEADER:
            return painter.header(self._columns)
        at = y - HEADER + self.scroll_offset.y
        if at >= len(self._rows):
            return painter.blank()
        row = self._rows.all[at]
        cursor = row.key == self._cursor
        known = self._painted.get(row.key)
        if known is not None and known[0] is row and known[1] == cursor:
            return known[2]
        line = painter.row(row, self._columns, cursor)
        self._painted[row.key] = (row, cursor, line)
        return line

    def _redraw(self) -> None:
        """Refresh the cells in sight that differ from what is shown."""
        before = self._painter
        if before is None or not self._shown:
            return
        painter = self._current_painter()
        if painter is not before:
            self.refresh()
            return
        regions: list[Region] = []
        for y in range(self.size.height):
            line, shown = self._line(y, painter), self._shown.get(y, ())
            if line is not shown:
                regions += [Region(x, y, cells, 1) for x, cells in changed_spans(shown, line)]
                self._shown[y] = line
        if regions:
            self.refresh(*regions)
        if len(self._painted) > 4 * self.size.height:
            self._painted.clear()

    def _forget(self) -> None:
        """Keep nothing of what was drawn."""
        self._painter = None
        self._painted.clear()
        self._shown.clear()
