"""Grid: a table for thousands of rows that draws only what is in sight. Used by the runs table and the compare view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.text import Text
from textual.message import Message
from textual.scroll_view import ScrollView


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column. `width` None is as wide as its cells need, from `min_width` to `max_width`; `sort` puts an arrow."""

    key: str
    label: str
    align: Literal["left", "right"] = "left"
    width: int | None = None
    max_width: int = 24
    min_width: int = 3
    sort: Literal["asc", "desc"] | None = None


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row with a cell for each column; strings are shown as they are, never as markup, and must be clean.

    A `section` is a heading over the full width, its first cell; the cursor skips it.
    """

    key: str
    cells: tuple[Text | str, ...]
    section: bool = False
    marked: bool = False


class Grid(ScrollView, can_focus=True):
    """A table with a cursor on a row, a fixed header and fixed first columns."""

    class CursorMoved(Message):
        """The cursor is on another row, or on none (key None)."""

        def __init__(self, grid: Grid, key: str | None) -> None:
            super().__init__()
            self.grid = grid
            self.key = key

    class Chosen(Message):
        """Enter or a double click on a row."""

        def __init__(self, grid: Grid, key: str) -> None:
            super().__init__()
            self.grid = grid
            self.key = key

    class HeaderClicked(Message):
        """A click on the header of a column."""

        def __init__(self, grid: Grid, column_key: str) -> None:
            super().__init__()
            self.grid = grid
            self.column_key = column_key

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor, None in an empty grid."""
        raise NotImplementedError

    def set_content(self, columns: Sequence[GridColumn], rows: Sequence[GridRow], frozen: int = 1) -> None:
        """Show these columns and rows; the first `frozen` columns stay in sight when scrolled sideways."""
        raise NotImplementedError

    def move_to(self, key: str) -> None:
        """Put the cursor on a row and scroll it into sight. A key that is not there changes nothing."""
        raise NotImplementedError
