"""Hangup: the end of the program when its terminal goes away, with or without a signal."""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Callable
from types import FrameType

_PATIENCE_S = 10.0


class Hangup:
    """Watches the terminal behind a file descriptor; calls `gone`, in a thread of its own, when that hangs up.

    The thread sleeps in `poll` until then or until `stop`. Without it, reading keys from a terminal that is gone would
    never end. Made and stopped in the main thread.
    """

    def __init__(self, terminal: int, gone: Callable[[], object]) -> None:
        self._terminal = terminal
        self._gone = gone
        self._stopped, self._stop = os.pipe()
        self._resume = signal.signal(signal.SIGCONT, self._continued)
        self._thread = threading.Thread(target=self._wait, name="labtop-hangup", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        os.close(self._stop)
        self._thread.join()
        os.close(self._stopped)
        signal.signal(signal.SIGCONT, self._resume)

    def _continued(self, number: int, frame: FrameType | None) -> None:
        """A terminal that goes away says so by two signals, of which the second is this one. Textual would take the
        screen up again, and wait for ever to write to it."""
        if os.isatty(self._terminal) and callable(self._resume):
            self._resume(number, frame)

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._terminal, 0)  # no events but those that are always told: hangup and error
        poll.register(self._stopped, 0)
        if any(descriptor == self._terminal for descriptor, _ in poll.poll()):
            self._gone()


def end_soon(status: int) -> None:
    """End the process by force, if it has not ended by itself within some seconds: nobody sees it any more."""
    force = threading.Timer(_PATIENCE_S, os._exit, (status,))
    force.daemon = True
    force.start()
