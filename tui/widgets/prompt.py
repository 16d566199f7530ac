"""The line at the bottom in which a filter is typed; it takes no room while nobody types."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label


class Prompt(Horizontal):
    """A label and an input. What is typed is announced at once; Enter and Esc leave, and keep it."""

    class Typed(Message):
        """The text changed."""

        def __init__(self, purpose: str, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    class Left(Message):
        """The person is done typing."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.display = False
        self._purpose = ""

    def compose(self) -> ComposeResult:
        """The label says what the text is for."""
        yield Label(markup=False)
        field = Input(compact=True, select_on_focus=False)
        field.cursor_blink = False
        yield field

    def open(self, purpose: str, label: str, text: str) -> None:
        """Begin with `text`; `purpose` comes back with each change."""
        self._purpose = ""
        self.query_one(Label).update(label)
        field = self.query_one(Input)
        field.value = text
        field.cursor_position = len(text)
        self._purpose = purpose
        self.display = True
        self.screen.set_focus(field)

    def close(self) -> None:
        """Take no more room."""
        self.display = False

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display and self._purpose:
            self.post_message(self.Typed(self._purpose, event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left())
