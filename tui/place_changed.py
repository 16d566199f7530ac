"""PlaceChanged: the message by which widgets tell that a person is elsewhere in a view."""

from __future__ import annotations

from textual.message import Message


class PlaceChanged(Message):
    """Another row, column, chart or pane is the current one."""

    def can_replace(self, message: Message) -> bool:
        """Where the person is now is all that counts."""
        return isinstance(message, PlaceChanged)
