"""KeysUnderway: keys that were on their way to a screen while a modal one opened over it go to the modal one."""

from __future__ import annotations

from collections import deque
from typing import Any, Generic, TypeVar

from textual.app import App
from textual.events import Event, Key
from textual.screen import ModalScreen, Screen

_MOST_UNDERWAY = 64
Result = TypeVar("Result")


class KeysUnderway(App[Result], Generic[Result]):
    """Textual hands a key to the widget with the focus and acts on it when it has come back up to the app.

    Keys that come in one piece are handed out before the first of them opens a screen; without this they would act on
    nothing, and what was typed for a picker would be lost.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._underway: deque[tuple[Key, Screen[object]]] = deque(maxlen=_MOST_UNDERWAY)

    async def on_event(self, event: Event) -> None:
        """Remember for which screen a key was meant."""
        if isinstance(event, Key) and not event.is_forwarded:
            self._underway.append((event, self.screen))
        await super().on_event(event)

    async def on_key(self, event: Key) -> None:
        """A key that nobody below took."""
        meant = next((screen for key, screen in self._underway if key is event), self.screen)
        if meant is not self.screen and isinstance(self.screen, ModalScreen):
            event.prevent_default()
            await self.on_event(Key(event.key, event.character))
