"""LabtopApp: the workspace on a store, and what concerns the whole terminal: signals, themes, mouse, palette, help."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future
from time import time
from typing import Any

from textual import on
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Event, InputEvent, MouseMove, Resize
from textual.geometry import Size
from textual.screen import Screen

from labtop.store.model import Activity, StoreError
from labtop.store.questions import Questions
from labtop.tui.garbage import SWEEP_S, Sweeper
from labtop.tui.hangup import Hangup, end_soon
from labtop.tui.keys import bindings
from labtop.tui.keys_underway import KeysUnderway
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.asking import Ingested
from labtop.tui.screens.remembering import Memory
from labtop.tui.screens.workspace import Workspace
from labtop.tui.table_question import TableAnswer, head_start
from labtop.tui.thrift import Thrift

WIDTHS: list[tuple[int, str]] = [(0, "-tiny"), (60, "-stacked"), (100, "-wide")]
"""From which width on the screen has which class."""
FIRST_CHARTS_S = 0.15
"""So long ingest waits after the first table, so that the first charts are not kept waiting by it."""
REPAINT_AFTER_S = 0.05
"""After a new size Textual draws what changed; so long later everything is drawn once more."""
THEMES = ("textual-dark", "textual-light", "nord", "gruvbox", "catppuccin-mocha", "solarized-light", "ansi-dark")
MOUSE_ON, MOUSE_OFF = ("".join(f"\x1b[?{mode}{switch}" for mode in (1000, 1003, 1015, 1006)) for switch in "hl")
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
HUNG_UP = 128 + signal.SIGHUP


class LabtopApp(KeysUnderway[int]):
    """The terminal UI over an open store, which the caller closes. `return_code` is 128 + n after signal n.

    `first` is the answer to the first question of `memory`, where somebody asked it already.
    """

    TITLE = "labtop"
    CSS_PATH = "screens/workspace.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = bindings("everywhere")
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = WIDTHS

    def __init__(
        self,
        store: Questions,
        *,
        clock: Callable[[], float] = time,
        first: Future[TableAnswer] | None = None,
        memory: Memory | None = None,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.set_class(terminal_charset() == "ascii", "-ascii")
        self._store = store
        memory = memory or Memory()
        self._workspace = Workspace(store, clock, first or head_start(store, memory.question), memory)
        self._thrift = Thrift()
        self._mouse = True
        self._sweeper = Sweeper()
        self._hangup: Hangup | None = None

    def get_default_screen(self) -> Workspace:
        """The workspace is all there is. It knows the terminal's width at once: Textual lays it out before it looks."""
        width = self.size.width
        self._workspace.add_class([name for least, name in WIDTHS if width >= least][-1])
        return self._workspace

    def on_mount(self) -> None:
        """Signals end the app as `q` does, with another status."""
        loop = asyncio.get_running_loop()
        for number in ENDING_SIGNALS:
            loop.add_signal_handler(number, self._end, 128 + number)
        if not self.is_headless and sys.__stdin__ is not None:
            self._hangup = Hangup(sys.__stdin__.fileno(), lambda: loop.call_soon_threadsafe(self._end, HUNG_UP))
            self.set_interval(SWEEP_S, self._sweeper.sweep)
        self.app_resume_signal.subscribe(self, self._resumed)

    def on_unmount(self) -> None:
        """The signals are the caller's again."""
        loop = asyncio.get_running_loop()
        for number in ENDING_SIGNALS:
            loop.remove_signal_handler(number)
        if self._hangup is not None:
            self._hangup.stop()

    async def on_event(self, event: Event) -> None:
        """Remember when somebody touched a key or the mouse."""
        if isinstance(event, InputEvent):
            self._sweeper.touched()
            if not isinstance(event, MouseMove):
                self._workspace.touched()
        await super().on_event(event)

    @on(Workspace.Answered)
    def _answered(self, event: Workspace.Answered) -> None:
        """The first answer is on the screen: ingest begins, after a moment for the first charts."""
        if event.runs:
            self.set_timer(FIRST_CHARTS_S, self._start)
        else:
            self._start()

    def _start(self) -> None:
        if not self.is_headless:
            gc.freeze()  # what was loaded stays: to look through it again would hold every thread for long
        try:
            self._store.start(self._report)
        except StoreError as error:
            self._workspace.say(str(error))

    def _report(self, activity: Activity) -> None:
        """In the ingest thread: hand on how things stand."""
        self._workspace.post_message(Ingested(activity))

    def on_resize(self) -> None:
        """A terminal that went through several sizes at once lost what was drawn, even if it has the old size again."""
        self.set_timer(REPAINT_AFTER_S, self._settle_size)

    def _settle_size(self) -> None:
        """Draw everything, in the size that the terminal has by now.

        Of two signals that come at once the handler of the second may run within that of the first, which then tells
        the older size last.
        """
        size = self.size
        if isinstance(self._driver, LinuxDriver) and not self._driver._in_band_window_resize:
            size = Size(*self._driver._get_terminal_size())
        if size == self.size:
            self.refresh()
        else:
            self.post_message(Resize(size, size))

    def _display(self, screen: Screen[object], renderable: Any) -> None:
        """Textual's way to the terminal: by the cells that differ."""
        if isinstance(renderable, ChopsUpdate | LayoutUpdate):
            renderable = self._thrift.frugal(renderable, self.size)
        super()._display(screen, renderable)
        self._sweeper.drawn()

    def _end(self, status: int) -> None:
        if status == HUNG_UP:
            end_soon(status)
        self.exit(return_code=status)

    def _resumed(self, _: App[object]) -> None:
        """Back from the shell, which has drawn over everything."""
        self.refresh(layout=True)
        if not self._mouse and self._driver is not None:
            self._driver.write(MOUSE_OFF)

    async def action_quit(self) -> None:
        """Leave; whatever trains goes on."""
        self.exit(0)

    def action_next_theme(self) -> None:
        """The next of a few themes, the last of which takes the terminal's own colours."""
        place = THEMES.index(self.theme) if self.theme in THEMES else -1
        self.theme = THEMES[(place + 1) % len(THEMES)]
        self._workspace.say(f"theme: {self.theme}")

    def action_toggle_mouse(self) -> None:
        """Mouse reports off, so that the terminal can select text, or on again."""
        if self._driver is None:
            return
        self._mouse = not self._mouse
        self._driver.write(MOUSE_ON if self._mouse else MOUSE_OFF)
        self._driver.flush()
        self._workspace.say(f"mouse {'on' if self._mouse else 'off: the terminal selects text'}")

    def action_help(self) -> None:
        """All keys."""
        from labtop.tui.screens.help import help_screen

        self.push_screen(help_screen())

    def action_palette(self) -> None:
        """Every command that works where the focus is, by name."""
        from labtop.tui.screens.palette import palette

        self.push_screen(palette(self.screen), self._run_key)

    def _run_key(self, key: str | None) -> None:
        if key is not None:
            self.simulate_key(key)
