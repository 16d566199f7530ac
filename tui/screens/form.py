"""Form: a screen of a few parts to fill in, one of them with the focus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Input, Label

from labtop.tui import format as fmt
from labtop.tui.keys import ALWAYS
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.keyed import KeyedModal

_FRAME_CELLS = 4
_LOW = 16
_WIDEST = 76
Result = TypeVar("Result")


class Form(KeyedModal[Result], Generic[Result]):
    """A line for each of `parts`, by name; `first` has the focus. `keys` are told below them until something is wrong.

    Esc leaves with nothing; ctrl+s, or Enter in the last part, confirms.
    """

    CSS_PATH = "form.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *ALWAYS,
        Binding("escape", "dismiss(None)", show=False),
        Binding("tab,down", "go(1)", show=False),
        Binding("shift+tab,up", "go(-1)", show=False),
        Binding("ctrl+s", "confirm", show=False),
    ]

    def __init__(self, title: str, parts: Mapping[str, Widget], first: Widget, keys: str) -> None:
        super().__init__(first)
        self._heading = fmt.clean(title)
        self._parts = dict(parts)
        self._hint = keys

    def compose(self) -> ComposeResult:
        """A line for each part."""
        with Vertical():
            yield Label(id="title", markup=False)
            for name, part in self._parts.items():
                with Horizontal():
                    yield Label(name, classes="what", markup=False)
                    yield part
            yield from self._below()
            yield Label(self._hint, id="said", markup=False)

    def _below(self) -> ComposeResult:
        """What stands between the parts and the keys."""
        yield from ()

    def on_resize(self, event: Resize) -> None:
        """As much of the title as there is room for, and no more of an edge."""
        self.set_class(event.size.height < _LOW, "-low")
        more = "~" if terminal_charset() == "ascii" else "…"
        room = min(event.size.width, _WIDEST) - _FRAME_CELLS
        self.query_one("#title", Label).update(fmt.cut(self._heading, room, more))

    def action_go(self, step: int) -> None:
        """The focus to the next part, or the one before."""
        parts = [*self._parts.values()]
        place = parts.index(self.focused) if self.focused in parts else 0
        self.set_focus(parts[(place + step) % len(parts)])

    @on(Input.Submitted)
    def _entered(self) -> None:
        if self.focused is [*self._parts.values()][-1]:
            self.action_confirm()
        else:
            self.action_go(1)

    def action_confirm(self) -> None:
        """Leave with what is filled in, or say what is wrong."""
        raise NotImplementedError

    def _complain(self, text: str) -> None:
        """Say what is wrong, in the place of the keys."""
        said = self.query_one("#said", Label)
        said.add_class("-wrong")
        said.update(text)
        self.query_one(Vertical).scroll_end(animate=False)  # where there is little room
