"""The grid of runs: what it tells of itself, and the keys of its columns."""

from __future__ import annotations

from typing import Literal

from textual.message import Message

from labtop.tui.keys import bindings
from labtop.tui.widgets.grid import Grid

ColumnAct = Literal["narrower", "wider", "left", "right", "pin"]


class ColumnAsked(Message):
    """A key was pressed that does something with the column under the cursor, so many cells wide."""

    def __init__(self, act: ColumnAct, key: str, width: int) -> None:
        super().__init__()
        self.act = act
        self.key = key
        self.width = width


class RunsTable(Grid):
    """The grid of runs; its words depend on its width, so it tells when that changes."""

    BINDINGS = bindings("columns")

    class Resized(Message):
        """The table has another width."""

    class Moved(Message):
        """Other rows or columns are in sight."""

        def can_replace(self, message: Message) -> bool:
            """Where they are now is all that counts."""
            return isinstance(message, RunsTable.Moved)

    def on_resize(self) -> None:
        """Pass it on."""
        self.post_message(self.Resized())

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Pass it on."""
        super().watch_scroll_x(old_value, new_value)
        self.post_message(self.Moved())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Pass it on."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Moved())

    @property
    def keys_in_sight(self) -> list[str]:
        """The keys of the columns that are in sight."""
        slots = self._shelf().layout(self.scroll_offset.x).slots
        return [self._columns[slot.column].key for slot in slots]

    def action_column(self, act: ColumnAct) -> None:
        """Do something with the column under the cursor."""
        key = self.column_key
        keys = [column.key for column in self._columns]
        if key in keys:
            self.post_message(ColumnAsked(act, key, self._widths[keys.index(key)]))
