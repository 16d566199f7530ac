"""ColumnsPicker: which columns the table has, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widgets import OptionList

from labtop.store.model import Column
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.picker import Choice, SearchedList, SearchField

_TITLE = "Columns: Enter shows or hides, Esc done"
_HINT = "letters of a name; shift+up/down moves, ctrl+r default"


class Reset(Enum):
    """An answer that is no list of columns."""

    DEFAULT = "the columns that the table has by itself"


DEFAULT = Reset.DEFAULT
"""The table shall have the columns that it has when nobody chose any."""


class ColumnField(SearchField):
    """What is searched for; Space toggles while it is empty."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up,ctrl+k", "screen.move(-1)", show=False),
        Binding("shift+down,ctrl+j", "screen.move(1)", show=False),
        Binding("ctrl+r", "screen.reset", show=False),
    ]

    async def on_key(self, event: Key) -> None:
        """A name does not begin with a blank."""
        if event.key == "space" and not self.value:
            event.prevent_default()
            event.stop()
            await self.action_submit()


class ColumnsPicker(SearchedList[Column, tuple[Column, ...] | Reset | None]):
    """Enter, or Space while nothing is typed, shows or hides a column; shift with the arrows moves one that is shown.

    Esc leaves with the columns in their order, None where nothing was changed; ctrl+r leaves with DEFAULT. A column
    that is shown and is not among the choices is one that no run has any more: it can be hidden.
    """

    def __init__(
        self, choices: Sequence[Choice[Column]], columns: Sequence[Column], title: str = _TITLE, hint: str = _HINT
    ) -> None:
        known = {choice.value for choice in choices}
        lost = [Choice(column, column.key, "no run has it") for column in columns if column not in known]
        super().__init__(title, [*choices, *lost], ColumnField(hint))
        self._before = self._shown = list(dict.fromkeys(columns))
        self._by_column = {choice.value: choice for choice in self._choices}
        self._mark, self._no_mark = ("x " if terminal_charset() == "ascii" else "✓ "), "  "

    def mark(self, choice: Choice[Column]) -> str:
        """Whether the table has it."""
        return self._mark if choice.value in self._shown else self._no_mark

    def order(self) -> Sequence[Choice[Column]]:
        """The columns of the table in their order, then the others."""
        shown = [self._by_column[column] for column in self._shown]
        return [*shown, *(choice for choice in self._choices if choice.value not in set(self._shown))]

    def take(self, choice: Choice[Column]) -> None:
        """Show it behind the others, or hide it; its line stays where it is until the list is made anew."""
        if choice.value in self._shown:
            self._shown = [column for column in self._shown if column != choice.value]
        else:
            self._shown = [*self._shown, choice.value]
        options = self.query_one(OptionList)
        line = self.line(choice, options.scrollable_content_region.width)
        options.replace_option_prompt_at_index(self._found.index(choice), line)

    def action_move(self, step: int) -> None:
        """A column that is shown changes places with the one before or behind it."""
        choice = self.highlighted
        if choice is None or self._searched or choice.value not in self._shown:
            return
        shown, place = list(self._shown), self._shown.index(choice.value)
        if 0 <= place + step < len(shown):
            shown[place], shown[place + step] = shown[place + step], shown[place]
            self._shown = shown
            self._list(place + step)

    def action_reset(self) -> None:
        """As if nobody had chosen columns."""
        self.dismiss(DEFAULT)

    def action_leave(self) -> None:
        """With what was chosen."""
        self.dismiss(None if self._shown == self._before else tuple(self._shown))
