"""The line at the bottom in which a filter, a note or tags are typed; it takes no room while nobody types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from labtop.tui.widgets.prompt_completing import SAVED, Completing
from labtop.tui.widgets.prompt_history import History

_TOLD_AT_THE_END = ("note", "tags")
"""Purposes whose text counts only when it is submitted."""
_SAVE_AS = " save as "


class Prompt(Completing):
    """A label and an input. What is typed is announced at once; Enter and Esc leave, and keep it.

    With completions for some purposes, a history, and names under which a text is kept. One line beneath the prompt is
    covered while the text is blamed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "step_out", show=False),
        Binding("tab", "complete(1)", show=False),
        Binding("shift+tab", "complete(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("ctrl+s", "save", show=False),
    ]

    class Typed(Message):
        """The text changed; not told of notes and tags."""

        def __init__(self, purpose: str, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    class Submitted(Message):
        """Enter: the text as a whole. `Left` follows."""

        def __init__(self, purpose: str, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    class Saved(Message):
        """The text shall be kept under a name."""

        def __init__(self, name: str, text: str) -> None:
            super().__init__()
            self.name = name
            self.text = text

    class Left(Message):
        """The person is done typing."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.display = False
        self._text_label = ""

    @property
    def purpose(self) -> str:
        """What is being typed, "" while nothing is."""
        return self._purpose

    def open(
        self,
        purpose: str,
        label: str,
        text: str,
        *,
        history: Sequence[str] = (),
        saved: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Begin with `text`; `purpose` comes back with each change.

        `history` are texts of before, the newest last, `saved` names and the texts that are kept under them.
        """
        self._purpose = ""
        self._history, self._saved = History(history), saved
        self._forget()
        self.entitle(label)
        self._put(text)
        self._purpose = purpose
        self.display = True
        self.screen.set_focus(self.field)
        if not text or text.endswith(", "):
            self._asked = None
            self._ask()

    def offer_saved(self, saved: Sequence[tuple[str, str]]) -> None:
        """These are the texts that are kept under names now."""
        self._saved = saved

    def close(self) -> None:
        """Take no more room."""
        self._purpose = ""
        self._forget()
        self.display = False

    def action_move(self, step: int) -> None:
        """Into the list and in it; else through what was typed before."""
        if self._kept is not None:
            return
        if self._can_take and (self.offers.highlighted is not None or (step > 0 and not self._history.browsing)):
            self.offers.move(step)
            return
        found = self._history.older(self.field.value) if step < 0 else self._history.newer(self.field.value)
        if found is not None:
            self.offers.hide()
            self._put(found)

    # Changes, Enter and Esc.

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if not self._purpose or self._kept is not None or event.value != self.field.value:
            return
        if self._purpose not in _TOLD_AT_THE_END:
            self.post_message(self.Typed(self._purpose, event.value))
        self._ask()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._kept is not None:
            self._name_it()
        elif self._can_take and self.offers.highlighted is not None:
            self._accept()
        elif self.error is not None:
            self.show_error()
        else:
            self.post_message(self.Submitted(self._purpose, self.field.value))
            self.post_message(self.Left())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Esc is the prompt's while it has a layer of its own."""
        return action != "step_out" or self._kept is not None or self.offers.display

    def action_step_out(self) -> None:
        """From the name back to the text, or no list."""
        if self._kept is not None:
            self._go_back()
        else:
            self.offers.hide()
            self._asked, self._tab_waits = None, False

    # A name for the text.

    def action_save(self) -> None:
        """Ask for the name under which the text is kept."""
        if self._purpose not in SAVED or self._kept is not None or not self.field.value.strip():
            return
        kept, label = self._now, self._label
        self._forget()
        self._kept, self._text_label = kept, label
        self.entitle(_SAVE_AS)
        self._put("")

    def _name_it(self) -> None:
        """An empty name is waited for."""
        name = self.field.value.strip()
        if name and self._kept is not None:
            self.post_message(self.Saved(name, self._kept[0]))
            self._go_back()

    def _go_back(self) -> None:
        """To the text that was to be kept, as it was."""
        if self._kept is not None:
            (text, cursor), self._kept = self._kept, None
            self.entitle(self._text_label)
            self._put(text, cursor)
