"""ChoiceRow: a few words side by side, one of them chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Key
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from labtop.tui.widgets.typed_ahead import belongs_elsewhere


class ChoiceRow(Widget, can_focus=True):
    """The words in a line, the chosen one in brackets, and reversed while the row has the focus. Their first letters
    choose them too, and differ: where there is little room, they are all that is shown of the others."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("enter", "screen.go(1)", show=False),
    ]

    chosen: reactive[str] = reactive("")

    def __init__(self, words: Sequence[str], chosen: str | None = None) -> None:
        super().__init__()
        self._words = tuple(words)
        self.set_reactive(ChoiceRow.chosen, chosen or self._words[0])

    def render_line(self, y: int) -> Strip:
        """One line."""
        segments = []
        for word, label in self._labels():
            chosen = word == self.chosen
            style = Style(bold=chosen, reverse=chosen and self.has_focus)
            segments.append(Segment(label, self.rich_style + style))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _labels(self) -> list[tuple[str, str]]:
        """Each word as it is shown."""
        whole = [(word, f"[{word}]" if word == self.chosen else f" {word} ") for word in self._words]
        if sum(len(label) for _, label in whole) <= self.size.width:
            return whole
        return [(word, label if word == self.chosen else f" {word[0]} ") for word, label in whole]

    def action_step(self, step: int) -> None:
        """The one beside it; over the ends to the other end."""
        self.chosen = self._words[(self._words.index(self.chosen) + step) % len(self._words)]

    async def on_key(self, event: Key) -> None:
        """A first letter."""
        if await belongs_elsewhere(self, event):
            return
        for word in self._words:
            if event.character == word[0]:
                self.chosen = word

    def on_click(self, event: Click) -> None:
        """The word under the pointer."""
        right = 0
        for word, label in self._labels():
            right += len(label)
            if event.x < right:
                self.chosen = word
                return
