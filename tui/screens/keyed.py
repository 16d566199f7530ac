"""Modal screens: they are left once, and own the keys from the moment at which they are pushed."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.events import Event, Key, Paste
from textual.screen import ModalScreen
from textual.widget import Widget

Result = TypeVar("Result")


class Modal(ModalScreen[Result], Generic[Result]):
    """A screen over the others."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave, once: a key that came in one piece with the one that leaves finds the screen gone."""
        return super().dismiss(result) if self.is_current else AwaitComplete()


class KeyedModal(Modal[Result], Generic[Result]):
    """`first` has the focus at the begin, and gets what is typed before the screen is laid out, in its order.

    Textual hands keys to the screen itself until it is composed, where nothing takes them. `first` keeps them in its
    queue and handles them once it is mounted.
    """

    AUTO_FOCUS = ""  # it is set here, where the first keys go

    def __init__(self, first: Widget) -> None:
        super().__init__()
        self._first = first

    def on_mount(self) -> None:
        """The focus where the keys already are, unless one of them has moved it on."""
        if self.focused is None:
            self.set_focus(self._first)

    def _forward_event(self, event: Event) -> None:
        if self.focused is None and isinstance(event, Key | Paste):
            self._first._forward_event(event)
        else:
            super()._forward_event(event)
