"""The bottom line: the keys that work here, or what was just done."""

from __future__ import annotations

from rich.text import Text
from textual.app import ScreenStackError
from textual.events import Click
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from labtop.tui import format as fmt
from labtop.tui.keys import BY_ID, KEYS, Key


class KeyBar(Widget):
    """Names the keys of the focused pane; a click on one does what the key does."""

    SAY_FOR_S = 6.0

    keys: reactive[tuple[Key, ...]] = reactive[tuple[Key, ...]](())
    message: reactive[str] = reactive("")

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._unsay: Timer | None = None

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)
        self._follow(self.screen)

    def say(self, text: str) -> None:
        """Show one line in place of the keys, for some seconds."""
        self.message = fmt.clean(text)
        if self._unsay is not None:
            self._unsay.stop()
        self._unsay = self.set_timer(self.SAY_FOR_S, self._say_nothing)

    def be_quiet(self) -> None:
        """Show the keys again: what was said belonged to what was in sight before."""
        self._say_nothing()

    def _say_nothing(self) -> None:
        self.message = ""

    def _follow(self, screen: Screen[object]) -> None:
        if self.app.screen is not screen:  # what Textual tells then is what the screen on top allows
            self.keys = ()
            return
        ranked = sorted((key for key in active_keys(screen) if key.footer), key=lambda key: key.footer)
        self.keys = tuple(ranked)

    def render(self) -> Text:
        """As many keys as there is room for."""
        if self.message:
            return Text(f" {self.message}", "bold", no_wrap=True, overflow="ellipsis")
        if isinstance(self.screen.focused, Input):
            return Text(
                " Enter is done; Esc leaves the line: a filter stays as it is typed, a note is dropped",
                no_wrap=True,
                overflow="ellipsis",
            )
        text = Text(no_wrap=True)
        for key in self._fitting():
            text.append(f" {_first(key)} ", "bold reverse")
            text.append(f"{key.label} ")
        return text

    def on_click(self, event: Click) -> None:
        """Do what the key under the pointer does, where keys are shown."""
        if self.message or isinstance(self.screen.focused, Input):
            return
        right = 0
        for key in self._fitting():
            right += _cells(key)
            if event.x < right:
                self.app.simulate_key(key.keys.split(",")[0])
                return

    def _fitting(self) -> list[Key]:
        """The keys of the highest ranks that fit, help and quit at the end."""
        room = self.size.width
        fitting: list[Key] = []
        for key in self.keys:
            if (room := room - _cells(key)) >= 0:
                fitting.append(key)
        return fitting[2:] + fitting[:2]


def active_keys(screen: Screen[object]) -> list[Key]:
    """The keys that work now, in the table's order; those that a widget binds itself go with the rest of their area."""
    try:
        active = screen.active_bindings
    except ScreenStackError:
        return []
    own = {found.binding.id for found in active.values() if found.enabled and found.binding.id in BY_ID}
    areas = {BY_ID[id_].area for id_ in own if id_}
    return [key for key in KEYS if key.id in own or (not key.action and key.area in areas and key.keys in active)]


def _first(key: Key) -> str:
    return key.shown.split(" ", maxsplit=1)[0]


def _cells(key: Key) -> int:
    return len(_first(key)) + len(key.label) + 3
