"""KeysUnderway: keys that were on their way while a modal screen or a line to type in opened go there."""

from __future__ import annotations

from collections import deque
from typing import Any, Generic, TypeVar

from textual.app import App
from textual.events import Event, Key
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input

_MOST_UNDERWAY = 64
Result = TypeVar("Result")


class KeysUnderway(App[Result], Generic[Result]):
    """Textual hands a key to the widget with the focus and acts on it when it has come back up to the app.

    Keys that come in one piece are handed out before the first of them opens a screen; without this they would act on
    nothing, and what was typed for a picker would be lost.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._underway: deque[tuple[Key, Screen[object], Widget | None]] = deque(maxlen=_MOST_UNDERWAY)

    async def on_event(self, event: Event) -> None:
        """Remember for which screen, and for which widget in it, a key was meant."""
        if isinstance(event, Key) and not event.is_forwarded:
            self._underway.append((event, self.screen, self.focused))
        await super().on_event(event)

    async def on_key(self, event: Key) -> None:
        """A key that nobody below took."""
        here = self.screen, self.focused
        screen, focused = next(((screen, widget) for key, screen, widget in self._underway if key is event), here)
        opened = screen is not self.screen and isinstance(self.screen, ModalScreen)
        typed = focused is not self.focused and isinstance(self.focused, Input)
        if opened or typed:
            event.prevent_default()
            await self.on_event(Key(event.key, event.character))
