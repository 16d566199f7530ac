"""Garbage: what lies in cycles is looked for when nobody waits, for a look holds every thread as long as a frame."""

from __future__ import annotations

import asyncio
import gc
from time import monotonic

SWEEP_S = 30.0
"""How often everything is looked through, while nobody touched the app for QUIET_S; Textual leaves cycles."""
QUIET_S = 3.0
_AFTER_FRAME_S = 0.005  # by then the frame is written
_WORTH = 2_000  # new objects

_OLDER = 8  # looks, after which what outlived one is looked through too

RARELY = 50_000, 20, 1_000
"""Thresholds with which the interpreter does not look by itself, as long as frames are drawn."""


class Sweeper:
    """Looks through what is new after a frame, and through everything in quiet hours."""

    def __init__(self) -> None:
        self._touched_at = 0.0
        self._is_due = False

    def touched(self) -> None:
        """Somebody touched a key or the mouse."""
        self._touched_at = monotonic()

    def drawn(self) -> None:
        """A frame goes to the terminal (from the loop's thread): look through what is new when it is there."""
        if not self._is_due and gc.get_count()[0] > _WORTH:
            self._is_due = True
            asyncio.get_running_loop().call_later(_AFTER_FRAME_S, self._look)

    def sweep(self) -> None:
        """Look through everything, unless somebody might wait for it."""
        if monotonic() - self._touched_at > QUIET_S:
            gc.collect()

    def _look(self) -> None:
        self._is_due = False
        gc.collect(1 if gc.get_count()[1] > _OLDER else 0)
