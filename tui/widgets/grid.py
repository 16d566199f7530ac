"""Grid: a table for thousands of rows that draws only what is in sight. Used by the runs table and the compare view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from labtop.store.model import Lines
from labtop.tui.place_changed import PlaceChanged
from labtop.tui.widgets.grid_canvas import HEADER, GridCanvas
from labtop.tui.widgets.grid_layout import GridColumn, GridRow, Shelf, Widths, kept_column
from labtop.tui.widgets.grid_rows import GridRows, Rows, WindowRows
from labtop.tui.widgets.grid_steady import Sight, kept_cursor, steady_top

__all__ = ["Grid", "GridColumn", "GridRow"]

_NO_ROWS: Final[Mapping[str, GridRow]] = MappingProxyType({})


class Grid(GridCanvas, can_focus=True, inherit_bindings=False):
    """A table with a cursor on a row, a fixed header and fixed first columns.

    The cursor stays on the row of its key when rows are sorted, added or removed. New content is drawn only where
    it differs from what is on the screen. `with_columns` there is a current column too, which left and right move.
    """

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

    class Chosen(Message):
        """Enter or a double click on a row."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class HeaderClicked(Message):
        """A click on the header of a column."""

        def __init__(self, column_key: str) -> None:
            super().__init__()
            self.column_key = column_key

    def __init__(
        self,
        *,
        ascii_only: bool = False,
        with_columns: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(ascii_only=ascii_only, name=name, id=id, classes=classes)
        self._measure = Widths()
        self._with_columns = with_columns
        self._steered = False  # a person has moved the cursor
        self._wanted: tuple[str | None, str | None] = None, None  # row and column to which it is to return
        self._returns = True  # nobody has done anything yet
        self._page = self._room = 0  # rows and cells of a line that were in sight when last drawn

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor, None in an empty grid."""
        return self._cursor

    @property
    def column_key(self) -> str | None:
        """The key of the current column, None in a grid that has no such thing, or no columns."""
        return None if self._column is None else self._columns[self._column].key

    @property
    def row_gone_to(self) -> str | None:
        """The key of the row to which the cursor was brought, "" for whichever is the first; None where it was not."""
        return (self._cursor if self._cursor_at else "") if self._steered else None

    @property
    def column_gone_to(self) -> str | None:
        """The key of the current column, unless it is the first; of one that is still to come where it is to return."""
        return self.column_key if self._column else self._wanted[1]

    def return_to(self, row: str | None, column: str | None) -> None:
        """Put the cursors on this row and this column as soon as they are there, and keep them there until `stay`."""
        if self._returns:
            self._wanted = row or self._wanted[0], column or self._wanted[1]
            self._return()

    def stay(self) -> None:
        """A person has begun to do something: what comes from now on leaves the cursors where they are."""
        self._returns = False

    def measure_anew(self) -> None:
        """Columns become narrower where what comes next needs less."""
        self._measure = Widths()

    def set_content(self, columns: Sequence[GridColumn], rows: Sequence[GridRow], frozen: int = 1) -> None:
        """Show these columns and rows; the first `frozen` columns stay in sight when scrolled sideways.

        Keys are unique, and every row but sections has a cell for each column (else ValueError). Give row objects that
        did not change again: they are not measured anew.
        """
        self._show(columns, Rows(rows), rows, frozen)

    def set_window(
        self,
        columns: Sequence[GridColumn],
        lines: Lines,
        first: int,
        rows: Sequence[GridRow],
        frozen: int = 1,
        before: Mapping[str, GridRow] = _NO_ROWS,
        *,
        from_top: bool = False,
        nothing: str = "",
    ) -> None:
        """Show a table of which only the rows of the lines from `first` on are at hand, the others as they were
        `before`, or as mere signs; `from_top` with the cursor on the first line. Where there is no line, it says
        `nothing`.

        As `set_content`, in time that does not depend on the number of lines while they are the same. None of the rows
        is a section, and they have the keys of their lines (else ValueError).
        """
        self._nothing = nothing
        self._show(columns, WindowRows(lines, first, rows, before), rows, frozen, from_top=from_top)

    def action_move(self, by: int) -> None:
        """Move the cursor up or down."""
        if self._cursor_at is not None:
            self._go(self._rows.landing(self._cursor_at + by, by))

    def action_page(self, pages: float) -> None:
        """Move cursor and rows by pages, so that the cursor keeps its line."""
        here = self._cursor_at
        if here is None:
            return
        rows = max(1, int(abs(pages) * self._rows_in_sight))
        direction = 1 if pages > 0 else -1
        target = self._rows.landing(here + direction * rows, direction)
        if target is not None:
            self._scroll(self.scroll_offset.x, self.scroll_offset.y + target - here)
            self._go(target)

    def action_edge(self, direction: int) -> None:
        """Move the cursor to the first or the last row."""
        self._go(self._rows.landing(0 if direction < 0 else len(self._rows) - 1, -direction))

    def action_columns(self, direction: int) -> None:
        """Make the next column the current one; without one, move the columns that are not fixed by one."""
        if self._column is not None:
            self._go_column(min(max(self._column + direction, 0), len(self._columns) - 1))
            return
        shelf, here = self._shelf(), self.scroll_offset.x
        target = shelf.start_after(here) if direction > 0 else shelf.start_before(here)
        self._scroll(target, self.scroll_offset.y)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        if self._cursor is not None:
            self.post_message(self.Chosen(self._cursor))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row, choose it on a double click, or tell of the header."""
        offset = event.get_content_offset(self)
        if offset is None or event.button != 1:
            return
        if offset.y < HEADER:
            column = self._current_painter().layout.column_at(offset.x)
            if column is not None:
                if self._with_columns:
                    self._go_column(column)
                self.post_message(self.HeaderClicked(self._columns[column].key))
            return
        at = offset.y - HEADER + self.scroll_offset.y
        if at >= len(self._rows) or not self._rows.lands(at):
            return
        if event.chain == 2 and at == self._cursor_at:
            self.action_choose()
        else:
            self._go(at)

    def on_resize(self) -> None:
        """Keep the cursors in sight if they were."""
        here, top, page = self._cursor_at, self.scroll_offset.y, self._page
        seen = self._sees_column(self._room)
        self._page, self._room = self._rows_in_sight, self._width
        self._fit_virtual_size()
        if seen:
            self._reveal_column()
        if here is not None and (page == 0 or top <= here < top + page):
            self._reveal(here)

    def _show(
        self,
        columns: Sequence[GridColumn],
        rows: GridRows,
        at_hand: Sequence[GridRow],
        frozen: int,
        *,
        from_top: bool = False,
    ) -> None:
        widths = self._measure.update(columns, at_hand)
        seen, key = self._sees_column(self._width), self.column_key
        gone_to = self.row_gone_to, self.column_gone_to
        old, self._rows = self._rows, rows
        if tuple(columns) != self._columns:
            if self._with_columns:
                self._column = kept_column(key, self._columns, columns)
            self._columns = tuple(columns)
            self._painted.clear()
        self._widths, self._frozen = widths, frozen
        if from_top and not (self._returns and self._steered):
            top = 0
            self._steered = not self._returns
            self._put_cursor(self._rows.landing(0))
        else:
            sight = Sight(self.scroll_offset.y, self._rows_in_sight, self._cursor_at, self._steered)
            self._put_cursor(kept_cursor(rows, old, self._cursor_at))
            top = steady_top(rows, old, sight, self._cursor_at)
        self._fit_virtual_size()
        self._scroll(self.scroll_offset.x, top)
        if seen:
            self._reveal_column()
        self._redraw()
        self._return()
        if (self.row_gone_to, self.column_gone_to) != gone_to:
            self.post_message(PlaceChanged())

    def _return(self) -> None:
        """To what is there by now."""
        if not self._returns:
            return
        row, column = self._wanted
        at = None if row is None else self._rows.place(row)
        if at not in (None, self._cursor_at) and self._rows.lands(at):
            self._bring(at)
        keys = [each.key for each in self._columns]
        if column in keys and column != self.column_key:
            self._bring_column(keys.index(column))

    def _put_cursor(self, at: int | None) -> None:
        self._cursor_at = at
        self._cursor = None if at is None else self._rows.key(at)

    def _go(self, at: int | None) -> None:
        """Move the cursor because a person said so."""
        if at is not None:
            self._bring(at)
            self.post_message(PlaceChanged())

    def _bring(self, at: int) -> None:
        self._steered = True
        self._put_cursor(at)
        self._reveal(at)

    def _reveal(self, at: int) -> None:
        """Scroll no more than is needed to see a row, and the headings directly above it."""
        first, top, page = self._rows.heading(at), self.scroll_offset.y, self._rows_in_sight
        if page > 0:
            if at >= top + page:
                top = at - page + 1
            self._scroll(self.scroll_offset.x, min(top, max(first, at - page + 1)))
        self._redraw()

    def _go_column(self, at: int) -> None:
        """Make a column the current one because a person said so."""
        self._wanted = self._wanted[0], None
        self._bring_column(at)
        self.post_message(PlaceChanged())

    def _bring_column(self, at: int) -> None:
        self._column = at
        self._reveal_column()
        self._redraw()

    def _sees_column(self, width: int) -> bool:
        """Whether the current column is in sight of a grid of this width."""
        x = self.scroll_offset.x
        shelf = Shelf(self._columns, self._widths, self._frozen, width)
        return self._column is not None and shelf.start_showing(self._column, x) == x

    def _reveal_column(self) -> None:
        """Scroll sideways no more than is needed to see the current column."""
        if self._column is not None:
            x, y = self.scroll_offset
            self._scroll(self._shelf().start_showing(self._column, x), y)
