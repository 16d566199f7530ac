"""Windowing: which cells of the table are fetched, those in sight at once and more when nobody waits."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from textual import on
from textual.timer import Timer

from labtop.store.model import Column
from labtop.tui.refreshed import once_refreshed
from labtop.tui.screens.exporting import Exporting
from labtop.tui.screens.view import RowsAsked, View
from labtop.tui.table_question import window_ahead, window_around, window_of

_RESTS_S, _READS_S = 0.05, 0.25
"""So long after a move, or after another question, nobody has moved or typed on: then more is fetched. Keys that are
held come faster, letters more slowly."""
_HELD_S = 0.1
"""Moves the same way that come faster than this are those of a key that is held."""
_MOST_PAGES = 4


class Windowing(Exporting):
    """Keeps the window of lines around those in sight. Until nobody waits any longer, only `filled` columns are fetched
    (None: all)."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: range | None = None
        self._seen_columns: tuple[Column, ...] | None = None
        self.filled: tuple[Column, ...] | None = None
        self._resting: Timer | None = None
        self._pause = _RESTS_S
        self._moved_at = 0.0
        self._step = 0

    @property
    def current(self) -> View:
        """The view in sight."""
        raise NotImplementedError

    def _ask(self) -> None:
        """Ask for the table, unless that was done."""
        raise NotImplementedError

    def narrow(self, *, same_columns: bool) -> None:
        """Have of another question's answer what is in sight alone, as far as that is known. The rest comes when nobody
        has asked another one for a while."""
        self._pause = _READS_S
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(self._pause, self._rested)
        if self._seen is not None:
            self.set_reactive(Windowing.window, window_of(self._seen, self.size.height))
        self.filled = self._seen_columns if same_columns else None

    def from_top(self) -> None:
        """The first lines will be in sight."""
        if self._seen is not None:
            self._seen = range(len(self._seen))

    def once_drawn(self, act: Callable[[], None]) -> None:
        """Act when the view has filled itself with what changed now, and that is on the screen."""
        view = self.current
        view.call_later(once_refreshed, view, act)

    @on(RowsAsked)
    def _rows_asked(self, event: RowsAsked) -> None:
        """Lines and columns that are not at hand are fetched at once, with those to which a key that is held goes on;
        those around them when nobody has moved for a moment."""
        if self.table is None:
            return
        self._seen_columns = event.columns
        self.seen_keys = event.keys
        filled = self.filled if {*event.columns} <= {*(self.filled or ())} else None
        before, self._seen = self._seen, event.lines
        has_moved = before != event.lines
        is_held = has_moved and self._goes_on(before, event.lines)
        first, last = self.window
        window = self.window
        if is_held:
            window = window_ahead(event.lines, window, len(self.table.lines), self._step)
        elif not (first <= event.lines.start and event.lines.stop <= last):
            window = window_of(event.lines, self.size.height)
        self._want(window, filled)
        if self._resting is not None and has_moved:
            self._resting.stop()
            self._resting = None
        if self._resting is None and (self._around() != self.window or self.filled is not None):
            # A key that is held may repeat more slowly than a person rests.
            self._resting = self.set_timer(max(self._pause, 2 * _HELD_S) if is_held else self._pause, self._rested)

    def _goes_on(self, before: range | None, now: range) -> bool:
        """Whether a move goes on the way of the last one, soon after it, and no further than a few pages: of moves that
        a slow screen could not follow it tells the last."""
        step = 0 if before is None else now.start - before.start
        last_step, last_at = self._step, self._moved_at
        self._step, self._moved_at = step, monotonic()
        return step * last_step > 0 and abs(step) <= _MOST_PAGES * len(now) and self._moved_at - last_at < _HELD_S

    def _rested(self) -> None:
        self._resting = None
        self._pause = _RESTS_S
        self._want(self._around(), None)

    def _want(self, window: tuple[int, int], filled: tuple[Column, ...] | None) -> None:
        """Ask once, where other lines are wanted, other columns, or both."""
        if (window, filled) != (self.window, self.filled):
            self.set_reactive(Windowing.window, window)
            self.filled = filled
            self._ask()

    def _around(self) -> tuple[int, int]:
        if self._seen is None or self.table is None:
            return self.window
        return window_around(self._seen, self.window, len(self.table.lines))
