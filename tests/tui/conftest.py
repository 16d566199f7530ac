"""The real app on a real store over real files, driven by keys; what is asserted is the text on the screen."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

import pytest
from textual._compositor import LayoutUpdate
from textual.events import Key, Paste
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot

from labtop.store.store import Store
from labtop.tui.app import LabtopApp
from labtop.tui.screens.remembering import Memory
from labtop.tui.table_question import TableAnswer

WIDE, NORMAL, TINY = (140, 45), (80, 24), (40, 12)
NOW = 1_800_000_000.0
_QUIET_ROUNDS = 4
"""A key may bring a view into sight, that asks the store, whose answer is drawn chart by chart: a round each."""


class Driven:
    """The running app: press keys, read the screen."""

    def __init__(self, app: LabtopApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> str:
        """Press keys one after the other and let each take effect; returns the screen."""
        for key in keys:
            await self._send(key)
            await self.settle()
        return self.text()

    async def type(self, keys: Sequence[str]) -> str:
        """Type a text, or press keys, without waiting in between."""
        for key in keys:
            await self._send(key)
        await self.settle()
        return self.text()

    async def paste(self, text: str) -> str:
        """Put a text where the focus is, as a terminal does: any signs, all at once."""
        self.app.post_message(Paste(text))
        await self.pilot._wait_for_screen()
        await self.settle()
        return self.text()

    async def _send(self, key: str) -> None:
        """Until the key has come by way of the app and the screen to the widget that has the focus.

        The pilot would wait twice for an idle process, which `settle` does anyway.
        """
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        letter = name if len(name) == 1 else None
        with suppress(KeyError):
            letter = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(name, name)))
        self.app.post_message(Key(name, letter))
        for _ in range(3):
            await self.pilot._wait_for_screen()

    async def resize(self, width: int, height: int) -> str:
        """Give the terminal another size."""
        await self.pilot.resize_terminal(width, height)
        await self.settle()
        return self.text()

    async def settle(self) -> None:
        """Until no question is open and no message waits, however little processor time this process gets."""
        quiet = 0
        while quiet < _QUIET_ROUNDS:
            quiet += 1
            if any(not worker.is_finished for worker in self.app.workers):
                quiet = 0
                await self.app.workers.wait_for_complete()
            elif any(screen._callbacks for screen in self.app.screen_stack):
                quiet = 0  # charts are drawn one at a time, each after the one before
            await self.pilot._wait_for_screen()
            self.app.screen._on_timer_update()

    async def until(self, part: str, *, gone: bool = False) -> str:
        """Until the screen shows a text, or shows it no more; pytest's timeout is the limit."""
        while (part in (text := self.text())) == gone:
            await self.pilot.pause()
        return text

    def table(self) -> list[str]:
        """The runs table as it is seen: what stands above its columns, then its rows."""
        lines = [line.split("▕")[0].rstrip(" |") for line in self.text().split("\n")[1:-1]]
        return lines[: lines.index("")] if "" in lines else lines

    def rows(self) -> dict[str, str]:
        """The rows of the table from the top, by the name behind the marks of cursor and run."""
        rows = (row for row in self.table()[1:] if row[2:3].strip())
        return {re.split("[│‹|<]", row[3:])[0].strip(): row for row in rows}

    def names(self) -> list[str]:
        """The names in the rows of the table, from the top."""
        return list(self.rows())

    def row(self, name: str) -> str:
        """The row of the table whose name begins so."""
        return next(row for own, row in self.rows().items() if own.startswith(name))

    def cursor(self) -> str:
        """The name in the row under the cursor."""
        return next(name for name, row in self.rows().items() if row[0] in "›>")

    def text(self) -> str:
        """The screen as lines of text."""
        screens = self.app._background_screens
        drawn = self.app.screen._compositor.render_update(full=True, screen_stack=screens)
        assert isinstance(drawn, LayoutUpdate)
        return "\n".join("".join(strip.text for strip in line).rstrip() for line in drawn.strips)


Open = Callable[..., AbstractAsyncContextManager[Driven]]
Log = Callable[..., None]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """An empty run directory."""
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


@pytest.fixture
def log(runs: Path) -> Log:
    """Append lines to a run's log."""

    def append(run: str, *lines: Mapping[str, object]) -> None:
        (runs / run).mkdir(exist_ok=True)
        with (runs / run / "events.jsonl").open("a") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)

    return append


@pytest.fixture
def train(log: Log) -> Callable[..., None]:
    """Write a whole run: params, a loss that falls from `first` to `last` over ten steps, and its end."""

    def write(run: str, first: float, last: float, **params: object) -> None:
        log(run, {"event": "run", "params": params, "time": NOW - 7200})
        for step in range(11):
            loss = first + (last - first) * step / 10
            now = NOW - 7200 + step
            log(run, {"step": step, "time": now, "train/loss": loss, "val/loss": 2 * loss, "rate": 1 / (1 + step)})
        log(run, {"event": "end", "status": "finished", "time": NOW - 7189})

    return write


@pytest.fixture
def open_app(runs: Path, tmp_path: Path, lay_index: Callable[[Path], Path]) -> Open:
    """Open the app on `runs`; what the files held before is read already."""

    @asynccontextmanager
    async def opened(
        size: tuple[int, int] = WIDE,
        clock: Callable[[], float] = lambda: NOW,
        store_clock: Callable[[], float] = time.time,
        first: Future[TableAnswer] | None = None,
        memory: Memory | None = None,
    ) -> AsyncIterator[Driven]:
        with Store.open(runs, index=lay_index(tmp_path / "index.duckdb"), poll=True, clock=store_clock) as store:
            store.catch_up()
            app = LabtopApp(store, clock=clock, first=first, memory=memory)
            async with app.run_test(size=size) as pilot:
                driven = Driven(app, pilot)
                if first is None:
                    await driven.settle()
                yield driven

    return opened
