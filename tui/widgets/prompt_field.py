"""Field: a line of text that a person types."""

from __future__ import annotations

from rich.cells import cell_len
from textual.events import Key, Paste
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from labtop.tui import format as fmt
from labtop.tui.widgets.typed_ahead import belongs_elsewhere

_LONGEST = 20_000


class Field(Input):
    """One line, with a cursor that does not blink; what is pasted into it is made safe."""

    virtual_size: Reactive[Size] = Reactive(Size(0, 0))  # Textual's lays out the whole screen at every letter

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, compact=True, select_on_focus=False, id=id)
        self.cursor_blink = False

    async def on_key(self, event: Key) -> None:
        """Act on keys that are no letters in their order among the letters.

        Textual acts on them when they have come up to the app, after letters that came with them in one piece.
        """
        if not event.is_printable and await self.app._check_bindings(event.key):
            event.stop()
            event.prevent_default()

    def _on_paste(self, event: Paste) -> None:
        """All lines of what is pasted, in one: Textual would take the first."""
        event.text = " ".join(event.text.splitlines())

    def validate_value(self, value: str) -> str:
        """Nothing that a terminal would take for a command; 20,000 letters at most."""
        return fmt.clean(value[:_LONGEST])

    def put(self, text: str, cursor: int | None = None) -> None:
        """Another text, with the cursor at its end or before this letter."""
        self.value = text
        self.cursor_position = len(self.value) if cursor is None else cursor

    def column_of(self, place: int) -> int:
        """In which cell of the line, as it is scrolled now, letter `place` begins; outside of 0 to width: not seen."""
        return cell_len(self.value[:place]) - int(self.scroll_x)


class FormField(Field):
    """A line among other parts of a form."""

    async def on_key(self, event: Key) -> None:
        """Nothing that was typed for another part."""
        await belongs_elsewhere(self, event)
