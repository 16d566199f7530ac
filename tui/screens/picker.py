"""Picker: choose one of many by typing letters of its name. The palette, the sort and the pin pickers are this."""

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
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from labtop.tui import format as fmt
from labtop.tui.fuzzy import Names
from labtop.tui.keys import ALWAYS
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.keyed import KeyedModal
from labtop.tui.widgets.prompt_field import Field

_MOST_LISTED = 200
"""So many lines are made for the list: more than that is typed for, not scrolled through."""
Value = TypeVar("Value")
Picked = TypeVar("Picked")


@dataclass(frozen=True, slots=True)
class Choice(Generic[Value]):
    """One line of a picker: what is chosen, its name, and what stands dim at the right."""

    value: Value
    label: str
    detail: str = ""


class SearchField(Field):
    """What is searched for; keys that mean nothing in a line of text move in the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n,tab", "screen.highlight(1)", show=False),
        Binding("up,ctrl+p,shift+tab", "screen.highlight(-1)", show=False),
        Binding("pagedown", "screen.page(1)", show=False),
        Binding("pageup", "screen.page(-1)", show=False),
    ]


class SearchedList(KeyedModal[Picked], Generic[Value, Picked]):
    """A title, a line to search in, and the choices that match, best first. What Enter does is up to the kind."""

    CSS_PATH = "picker.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*ALWAYS, Binding("escape", "leave", "leave", show=False)]

    def __init__(self, title: str, choices: Sequence[Choice[Value]], field: SearchField) -> None:
        super().__init__(field)
        self._field = field
        self._title = title
        self._choices = tuple(choices)
        self._names = Names((choice.label, choice.detail) for choice in self._choices)
        self._found: Sequence[Choice[Value]] = self._choices
        self._searched = ""
        self._more = "~" if terminal_charset() == "ascii" else "…"

    def compose(self) -> ComposeResult:
        """Title, input, list."""
        with Vertical():
            yield Label(self._title, markup=False)
            yield self._field
            yield OptionList(markup=False, compact=True)

    def on_mount(self) -> None:
        """The input keeps the focus; keys of its own move in the list."""
        self.query_one(OptionList).can_focus = False

    def take(self, choice: Choice[Value]) -> None:
        """A choice that Enter was pressed on, or that was clicked."""
        raise NotImplementedError

    def action_leave(self) -> None:
        """Esc."""
        self.dismiss(None)

    def mark(self, choice: Choice[Value]) -> str:
        """What stands before the label."""
        return ""

    def order(self) -> Sequence[Choice[Value]]:
        """The choices while nothing is typed."""
        return self._choices

    @property
    def highlighted(self) -> Choice[Value] | None:
        """The choice that Enter would take."""
        self._search()
        place = self.query_one(OptionList).highlighted
        return None if place is None else self._found[place]

    def action_highlight(self, step: int) -> None:
        """The choice above or below; over the ends to the other end."""
        self._search()
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = ((options.highlighted or 0) + step) % options.option_count

    def action_page(self, step: int) -> None:
        """As many choices on as are in sight."""
        self._search()
        options = self.query_one(OptionList)
        if options.option_count:
            place = (options.highlighted or 0) + step * max(1, options.size.height - 1)
            options.highlighted = min(max(place, 0), options.option_count - 1)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._search()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self.highlighted is not None:
            self.take(self.highlighted)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.take(self._found[event.option_index])

    def _search(self) -> None:
        """The list for the text as it is now: keys that come in one piece are handled before a change is told."""
        if (typed := self._field.value.strip()) != self._searched:
            self._searched = typed
            self._list()

    def _list(self, highlighted: int = 0) -> None:
        places = self._names.search(self._searched) if self._searched else None
        self._found = self.order() if places is None else [self._choices[place] for place in places]
        options = self.query_one(OptionList)
        room = options.scrollable_content_region.width
        lines = [Option(self.line(choice, room)) for choice in self._found[:_MOST_LISTED]]
        short = f" (the first {len(lines)} of {len(self._found)})" if len(lines) < len(self._found) else ""
        self.query_one(Label).update(self._title + (short if self._found else ": nothing has that in its name"))
        options.clear_options()
        options.add_options(lines)
        options.highlighted = highlighted if self._found else None

    def line(self, choice: Choice[Value], room: int) -> Content:
        """The mark and the label at the left, the detail at the right, in this many cells."""
        mark = self.mark(choice)
        detail = fmt.cut(fmt.clean(choice.detail), room // 2, self._more)
        label = mark + fmt.cut(fmt.clean(choice.label), max(room - cell_len(mark + detail) - 1, 0), self._more)
        blank = " " * (room - cell_len(label) - cell_len(detail))
        return Content.assemble(label, blank, (detail, "dim"))

    def on_resize(self) -> None:
        """Lines of another length."""
        self.call_after_refresh(self._list_again)

    def _list_again(self) -> None:
        self._list(self.query_one(OptionList).highlighted or 0)


class Picker(SearchedList[Value, Value | None], Generic[Value]):
    """The choices that have the letters typed. Enter takes the highlighted one, Esc none."""

    def __init__(self, title: str, choices: Sequence[Choice[Value]]) -> None:
        super().__init__(title, choices, SearchField("letters of the name"))

    def take(self, choice: Choice[Value]) -> None:
        """Done."""
        self.dismiss(choice.value)
