"""Picker: choose one of many by typing a part of its name. The palette, the sort and the pin pickers are this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from labtop.tui import format as fmt
from labtop.tui.keys import ALWAYS
from labtop.tui.run_style import terminal_charset

_MOST_LISTED = 200
"""So many lines are made for the list: more than that is typed for, not scrolled through."""
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Choice(Generic[Value]):
    """One line of a picker: what is chosen, its name, and what stands dim at the right."""

    value: Value
    label: str
    detail: str = ""


class Picker(ModalScreen[Value | None], Generic[Value]):
    """The choices that hold every word typed, first those that begin so. Enter takes the highlighted one, Esc none."""

    CSS_PATH = "picker.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *ALWAYS,
        Binding("escape", "dismiss(None)", "leave", show=False),
        Binding("down,ctrl+n,tab", "highlight(1)", show=False, priority=True),
        Binding("up,ctrl+p,shift+tab", "highlight(-1)", show=False, priority=True),
    ]

    def __init__(self, title: str, choices: Sequence[Choice[Value]]) -> None:
        super().__init__()
        self._title = title
        self._choices = tuple(choices)
        self._found = self._choices
        self._more = "~" if terminal_charset() == "ascii" else "…"

    def compose(self) -> ComposeResult:
        """Title, input, list."""
        with Vertical():
            yield Label(self._title, markup=False)
            field = Input(compact=True, placeholder="type a part of the name")
            field.cursor_blink = False
            yield field
            yield OptionList(markup=False, compact=True)

    def on_mount(self) -> None:
        """The input has the focus; keys of its own move in the list."""
        self.query_one(OptionList).can_focus = False

    def action_highlight(self, step: int) -> None:
        """The choice above or below; over the ends to the other end."""
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = ((options.highlighted or 0) + step) % options.option_count

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        typed = event.value.strip().casefold()
        names = ((choice, f"{choice.label} {choice.detail}".casefold()) for choice in self._choices)
        found = [(choice, name) for choice, name in names if all(word in name for word in typed.split())]
        found.sort(key=lambda each: not each[1].startswith(typed))
        self._found = tuple(choice for choice, _ in found)
        self._list()

    @on(Input.Submitted)
    def _taken(self) -> None:
        place = self.query_one(OptionList).highlighted
        if place is not None:
            self.dismiss(self._found[place].value)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index].value)

    def _list(self) -> None:
        options = self.query_one(OptionList)
        room = options.scrollable_content_region.width
        lines = [Option(_line(choice, room, self._more)) for choice in self._found[:_MOST_LISTED]]
        short = f" (the first {len(lines)} of {len(self._found)})" if len(lines) < len(self._found) else ""
        self.query_one(Label).update(self._title + (short if self._found else ": nothing has that in its name"))
        options.clear_options()
        options.add_options(lines)
        options.highlighted = 0 if self._found else None

    def on_resize(self) -> None:
        """Lines of another length."""
        self.call_after_refresh(self._list)


def _line(choice: Choice[Value], room: int, more: str) -> Content:
    """The label at the left, the detail at the right, in this many cells."""
    detail = fmt.cut(fmt.clean(choice.detail), room // 2, more)
    label = fmt.cut(fmt.clean(choice.label), max(room - cell_len(detail) - 1, 0), more)
    blank = " " * (room - cell_len(label) - cell_len(detail))
    return Content.assemble(label, blank, (detail, "dim"))
