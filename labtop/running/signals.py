"""Signals that reach labtop while a command runs."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from types import FrameType
from typing import Any, Final, Self

ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""They end a program that does not treat them."""
_PASSED: Final = (*ENDING, signal.SIGUSR1, signal.SIGUSR2)
_OWN: Final = (signal.SIGCHLD, signal.SIGWINCH, signal.SIGCONT)


class Signals:
    """Collects them, and makes `file` readable. What was ignored stays so, as `nohup` has it."""

    def __init__(self) -> None:
        self._numbers = [*_OWN, *(number for number in _PASSED if signal.getsignal(number) != signal.SIG_IGN)]
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self.file, self._write = os.pipe()
        os.set_blocking(self.file, False)
        os.set_blocking(self._write, False)
        self._woken = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in self._numbers:
            self.add(number)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._woken)
        os.close(self.file)
        os.close(self._write)

    def add(self, number: int) -> None:
        """Collect this one too."""
        self._before[number] = signal.signal(number, _collected)

    def caught(self) -> list[int]:
        """Those that came since the last time, each once."""
        with suppress(BlockingIOError):
            return list(dict.fromkeys(os.read(self.file, 4096)))
        return []


def _collected(number: int, frame: FrameType | None) -> None:
    """The byte in the pipe is all that is needed."""
