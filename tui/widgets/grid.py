"""Grid: a table for thousands of rows that draws only what is in sight. Used by the runs table and the compare view."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import ClassVar, Self

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from labtop.tui.widgets.grid_layout import GridColumn, GridRow, Shelf, Widths
from labtop.tui.widgets.grid_paint import ASCII_GLYPHS, Glyphs, Line, Painter, Palette, changed_spans
from labtop.tui.widgets.grid_rows import Rows

__all__ = ["Grid", "GridColumn", "GridRow"]

HEADER = 1


class Grid(ScrollView, can_focus=True, inherit_bindings=False):
    """A table with a cursor on a row, a fixed header and fixed first columns.

    The cursor stays on the row of its key when rows are sorted, added or removed. New content is drawn only where
    it differs from what is on the screen.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False),
        Binding("g,home", "edge(-1)", "First", show=False),
        Binding("G,end", "edge(1)", "Last", show=False),
        Binding("left,h", "columns(-1)", "Columns to the left", show=False),
        Binding("right,l", "columns(1)", "Columns to the right", show=False),
        Binding("enter", "choose", "Open", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--cursor",
        "grid--header",
        "grid--marked",
        "grid--section",
        "grid--separator",
    }
    DEFAULT_CSS = """
    Grid {
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
    }
    """

    class CursorMoved(Message):
        """The cursor is on another row, or on none (key None)."""

        def __init__(self, grid: Grid, key: str | None) -> None:
            super().__init__()
            self.grid = grid
            self.key = key

        @property
        def control(self) -> Grid:
            """The grid, for `on` with a selector."""
            return self.grid

    class Chosen(Message):
        """Enter or a double click on a row."""

        def __init__(self, grid: Grid, key: str) -> None:
            super().__init__()
            self.grid = grid
            self.key = key

        @property
        def control(self) -> Grid:
            """The grid, for `on` with a selector."""
            return self.grid

    class HeaderClicked(Message):
        """A click on the header of a column."""

        def __init__(self, grid: Grid, column_key: str) -> None:
            super().__init__()
            self.grid = grid
            self.column_key = column_key

        @property
        def control(self) -> Grid:
            """The grid, for `on` with a selector."""
            return self.grid

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
        self._steered = False  # a person has moved the cursor
        self._page = 0  # rows that were in sight when last drawn
        self._measure = Widths()
        self._widths: tuple[int, ...] = ()
        self._frozen = 0
        self._painter: Painter | None = None
        self._painted: dict[str, tuple[GridRow, bool, Line]] = {}
        self._shown: dict[int, Line] = {}
        super().__init__(name=name, id=id, classes=classes)

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor, None in an empty grid."""
        return self._cursor

    @property
    def allow_horizontal_scroll(self) -> bool:
        """Whether the wheel moves sideways: there is no scrollbar that would say so."""
        return self.max_scroll_x > 0

    def set_content(self, columns: Sequence[GridColumn], rows: Sequence[GridRow], frozen: int = 1) -> None:
        """Show these columns and rows; the first `frozen` columns stay in sight when scrolled sideways.

        Keys are unique, and every row but sections has a cell for each column (else ValueError). Give row objects that
        did not change again: they are not measured anew.
        """
        widths = self._measure.update(columns, rows)
        old, self._rows = self._rows, Rows(rows)
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._painted.clear()
        self._widths, self._frozen = widths, frozen
        top = self._steady_top(old, self.scroll_offset.y)
        self._keep_cursor(old)
        self._fit_virtual_size()
        self.scroll_to(y=top, animate=False, force=True)
        self._redraw()

    def move_to(self, key: str) -> None:
        """Put the cursor on a row and scroll it into sight. A key that is not there changes nothing."""
        place = self._rows.place(key)
        if place is not None and not self._rows.all[place].section:
            self._go(place)

    def action_move(self, by: int) -> None:
        """Move the cursor up or down."""
        here = self._rows.place(self._cursor)
        if here is not None:
            self._go(self._rows.landing(here + by, by))

    def action_page(self, pages: float) -> None:
        """Move cursor and rows by pages, so that the cursor keeps its line."""
        here = self._rows.place(self._cursor)
        if here is None:
            return
        target = self._rows.landing(here + round(pages * self._rows_in_sight), 1 if pages > 0 else -1)
        if target is not None:
            self.scroll_to(y=self.scroll_offset.y + target - here, animate=False, force=True)
            self._go(target)

    def action_edge(self, direction: int) -> None:
        """Move the cursor to the first or the last row."""
        self._go(self._rows.landing(0 if direction < 0 else len(self._rows) - 1, -direction))

    def action_columns(self, direction: int) -> None:
        """Move the columns that are not fixed by one."""
        shelf, here = self._shelf(), self.scroll_offset.x
        target = shelf.start_after(here) if direction > 0 else shelf.start_before(here)
        self.scroll_to(x=min(target, self.max_scroll_x), animate=False, force=True)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        if self._cursor is not None:
            self.post_message(self.Chosen(self, self._cursor))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row, choose it on a double click, or tell of the header."""
        offset = event.get_content_offset(self)
        if offset is None or event.button != 1:
            return
        if offset.y < HEADER:
            column = self._current_painter().layout.column_at(offset.x)
            if column is not None:
                self.post_message(self.HeaderClicked(self, self._columns[column].key))
            return
        at = offset.y - HEADER + self.scroll_offset.y
        if at >= len(self._rows) or self._rows.all[at].section:
            return
        if event.chain == 2 and self._rows.all[at].key == self._cursor:
            self.action_choose()
        else:
            self._go(at)

    def on_resize(self) -> None:
        """Keep the cursor in sight if it was."""
        here, top, page = self._rows.place(self._cursor), self.scroll_offset.y, self._page
        self._page = self._rows_in_sight
        self._fit_virtual_size()
        if here is not None and (page == 0 or top <= here < top + page):
            self._reveal(here)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Refresh regions, or all; with all, colours and sizes may have changed, so that nothing drawn is kept."""
        if repaint and not regions:
            self._forget()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Draw anew in the styles of another theme."""
        self._forget()
        super().notify_style_update()

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
        return Strip(chain.from_iterable(line), self.size.width)

    @property
    def _rows_in_sight(self) -> int:
        return max(0, self.size.height - HEADER)

    def _steady_top(self, old: Rows, top: int) -> int:
        """The scroll offset at which the new rows disturb least.

        The cursor's row keeps its line if it was in sight, else the top row does. A table that shows its beginning
        goes on to do so, as long as that keeps a cursor that a person has moved in sight.
        """
        page = self._rows_in_sight
        before, after = old.place(self._cursor), self._rows.place(self._cursor)
        if top == 0 and (after is None or not self._steered or after < page):
            return 0
        if before is not None and after is not None and top <= before < top + page:
            return max(0, top + after - before)
        survivor = self._rows.survivor(old, top)
        return top if survivor is None else survivor

    def _keep_cursor(self, old: Rows) -> None:
        """Leave the cursor on its row, or put it on the nearest one that is left."""
        here = self._rows.place(self._cursor)
        if here is None or self._rows.all[here].section:
            before = old.place(self._cursor)
            here = None if before is None else self._rows.survivor(old, before)
            here = self._rows.landing(0) if here is None else here
        self._put_cursor(here)

    def _put_cursor(self, at: int | None) -> None:
        key = None if at is None else self._rows.all[at].key
        if key != self._cursor:
            self._cursor = key
            self.post_message(self.CursorMoved(self, key))

    def _go(self, at: int | None) -> None:
        """Move the cursor because a person said so."""
        if at is not None:
            self._steered = True
            self._put_cursor(at)
            self._reveal(at)

    def _reveal(self, at: int) -> None:
        """Scroll no more than is needed to see a row, and the headings directly above it."""
        first, top, page = self._rows.heading(at), self.scroll_offset.y, self._rows_in_sight
        if page > 0:
            if at >= top + page:
                top = at - page + 1
            self.scroll_to(y=min(top, max(first, at - page + 1)), animate=False, force=True)
        self._redraw()

    def _shelf(self) -> Shelf:
        return Shelf(self._widths, self._frozen, self.size.width)

    def _fit_virtual_size(self) -> None:
        """Tell what there is to scroll. Set past the reactive, which would draw everything anew."""
        size = Size(self._shelf().virtual_width, HEADER + len(self._rows))
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self.refresh(repaint=False, layout=True)
            self.scroll_to(self.scroll_x, self.scroll_y, animate=False, force=True)

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
