"""Hangup: the end of the program when its terminal goes away without a signal, as after `setsid`."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable


class Hangup:
    """Watches the terminal behind a file descriptor; calls `gone`, in a thread of its own, when that hangs up.

    The thread sleeps in `poll` until then or until `stop`. Without it, reading keys from a terminal that is gone would
    never end.
    """

    def __init__(self, terminal: int, gone: Callable[[], object]) -> None:
        self._terminal = terminal
        self._gone = gone
        self._stopped, self._stop = os.pipe()
        self._thread = threading.Thread(target=self._wait, name="labtop-hangup", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        os.close(self._stop)
        self._thread.join()
        os.close(self._stopped)

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._terminal, 0)  # no events but those that are always told: hangup and error
        poll.register(self._stopped, 0)
        if any(descriptor == self._terminal for descriptor, _ in poll.poll()):
            self._gone()
