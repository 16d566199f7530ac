"""The drawing half of a grid: which lines and columns are in sight, and what of them has to be drawn again."""

from __future__ import annotations

from typing import ClassVar, Self

from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget

from labtop.tui.refreshed import in_this_frame
from labtop.tui.widgets.grid_layout import GridColumn, GridRow, Shelf
from labtop.tui.widgets.grid_paint import ASCII_GLYPHS, Glyphs, Line, Painter, Palette, changed_spans
from labtop.tui.widgets.grid_rows import GridRows, Rows
from labtop.tui.widgets.scrollbar import KeptScrollBar

HEADER = 1


class GridCanvas(ScrollView, inherit_bindings=False):
    """Draws rows under a fixed header, and refreshes only cells that differ from what is shown.

    Drawing costs the same for ten rows and for ten thousand: only lines in sight are painted.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--absent",
        "grid--column",
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
        overflow-y: scroll;  /* a scrollbar that came and went would lay out the whole screen */
        scrollbar-size-vertical: 1;
        scrollbar-background: transparent;
        scrollbar-background-hover: transparent;
        scrollbar-background-active: transparent;
        & > .grid--header { color: $text-primary; text-style: bold; }
        & > .grid--column { text-style: bold underline; }
        &:focus > .grid--column { text-style: bold reverse; }
        & > .grid--absent { text-style: dim; }
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
        self._rows: GridRows = Rows()
        self._nothing = ""  # said in place of rows
        self._cursor: str | None = None
        self._cursor_at: int | None = None
        self._column: int | None = None  # the current one, None without a cursor for columns
        self._widths: tuple[int, ...] = ()
        self._frozen = 0
        self._painter: Painter | None = None
        self._decided: object = None  # on what the painter depends
        self._top = 0  # the first line when last drawn
        self._painted: dict[str, tuple[GridRow | None, bool, Line]] = {}
        self._header: tuple[object, Line] | None = None
        self._shown: dict[int, Line] = {}
        super().__init__(name=name, id=id, classes=classes)

    @property
    def allow_horizontal_scroll(self) -> bool:
        """Whether the wheel moves sideways: there is no scrollbar that would say so."""
        return self.max_scroll_x > 0

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """As Textual's, of cells that are kept."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = KeptScrollBar(name="vertical", thickness=self.scrollbar_size_vertical)
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)
        return self._vertical_scrollbar

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

    @property
    def lines_in_sight(self) -> range:
        """The places of the rows that are in sight."""
        top = self.scroll_offset.y
        return range(top, min(top + self._rows_in_sight, len(self._rows)))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the widget, as the screen shows them; the same objects while they look the same.

        Textual's own way to dress a line takes longer than all the rest; it is left to grids with a border or the like.
        """
        if self.styles.gutter or self.opacity != 1 or self.styles.tint.a:
            return super().render_lines(crop)
        background, filters = self.background_colors[1], self.get_line_filters()
        strips: list[Strip] = []
        painter, top = self._current_painter(), self.scroll_offset.y
        for y in crop.line_range:
            line = self._line(y, top, painter)
            self._shown.setdefault(y, line)  # Textual asks for lines that it does not write, too
            strip = line.strip
            if not self.show_vertical_scrollbar:  # it covers what a line leaves
                strip = strip.adjust_cell_length(self.outer_size.width, Style.from_color(bgcolor=background.rich_color))
            for each in filters:
                strip = strip.apply_filter(each, background)
            strips.append(strip.crop(*crop.column_span))
        return strips

    def render_line(self, y: int) -> Strip:
        """A line of the screen."""
        line = self._line(y, self.scroll_offset.y, self._current_painter())
        self._shown.setdefault(y, line)
        return line.strip

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
        if size == self.virtual_size:
            return
        self.set_reactive(Widget.virtual_size, size)
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = size.height  # all that a layout of the screen would change
        else:
            self.refresh(repaint=False, layout=True)
        self._scroll(self.scroll_offset.x, self.scroll_offset.y)

    def _scroll(self, x: int, y: int) -> None:
        """Scroll there, or as near as can be; nothing moves before there is a screen."""
        if self.is_attached:
            self.scroll_to(x, y, animate=False, force=True)

    def _current_painter(self) -> Painter:
        """The painter for what is in sight now; a new one when columns stand elsewhere."""
        x, width = self.scroll_offset.x, self._width
        decides = self._columns, self._widths, self._frozen, width, x
        if self._painter is not None and decides == self._decided:
            return self._painter
        self._decided = decides
        layout = self._shelf().layout(x)
        if self._painter is None or self._painter.layout != layout:
            self._clear_painted()
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
            column=self._overlay("grid--column"),
            absent=self._overlay("grid--absent"),
        )

    def _overlay(self, name: str) -> Style:
        """What a component sets itself, with its colours blended into the background."""
        own, blended = self.get_component_rich_style(name, partial=True), self.get_component_rich_style(name)
        return own + Style(color=own.color and blended.color, bgcolor=own.bgcolor and blended.bgcolor)

    def _line(self, y: int, top: int, painter: Painter) -> Line:
        """The line at y on the screen, painted anew only if its row or the cursor on it changed."""
        if y < HEADER:
            look = self._columns, self._column
            if self._header is None or self._header[0] != look:
                self._header = look, painter.header(*look)
            return self._header[1]
        at = y - HEADER + top
        if at >= len(self._rows):
            return painter.blank(self._nothing if at == 0 else "")
        key, row = self._rows.key(at), self._rows.row(at)
        cursor = at == self._cursor_at
        known = self._painted.get(key)
        if known is not None and known[0] is row and known[1] == cursor:
            return known[2]
        line = painter.absent(cursor) if row is None else painter.row(row, self._columns, cursor)
        self._painted[key] = (row, cursor, line)
        return line

    def _redraw(self) -> None:
        """Refresh the cells in sight that differ from what is shown."""
        before = self._painter
        if before is None or not self._shown:
            return
        painter = self._current_painter()
        if painter is not before:
            self.refresh()
            in_this_frame(self)
            return
        top = self.scroll_offset.y
        moved, self._top = top != self._top, top
        regions: list[Region] = []
        for y in range(self.size.height):
            line, shown = self._line(y, top, painter), self._shown.get(y)
            if line is not shown:
                spans = changed_spans(None if moved else shown, line)
                regions += [Region(x, y, cells, 1) for x, cells in spans]
                self._shown[y] = line
        if regions:
            self.refresh(*regions)
            in_this_frame(self)
        if len(self._painted) > 4 * self.size.height:
            keys = map(self._rows.key, self.lines_in_sight)
            self._painted = {key: self._painted[key] for key in keys}

    def _clear_painted(self) -> None:
        self._painted.clear()
        self._header = None

    def _forget(self) -> None:
        """Keep nothing of what was drawn."""
        self._painter = None
        self._clear_painted()
        self._shown.clear()
