"""The thread beside a training: tells that it lives, measures the machine on request, writes what is still kept."""

from __future__ import annotations

import threading
from time import monotonic

from labtop.recording.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

PROMISE: Final = 3
"""A heartbeat is promised within so many of its intervals."""


class Pulse:
    """Writes a heartbeat where a run has said nothing for `heartbeat_s` seconds, and `system` metrics each `system_s`
    seconds; no number, never."""

    def __init__(self, run: Run, heartbeat_s: float | None, system_s: float | None) -> None:
        self._run = run
        self._heartbeat_s = heartbeat_s
        self._system_s = system_s
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin; the thread ends with the process, or at `stop`."""
        try:
            threading.Thread(target=self._beat, name="labtop-pulse", daemon=True).start()
        except RuntimeError:  # no more threads
            return
        self._run.before_end(self.stop)

    def stop(self) -> None:
        """End it."""
        self._stopped.set()

    def _beat(self) -> None:
        every = min(each for each in (self._heartbeat_s, self._system_s) if each is not None)
        next_system, system = monotonic(), None
        if self._system_s is not None:
            from labtop.recording.system import System

            system = System()
        while not self._stopped.wait(every) and self._run.is_open:
            self._run.tend()
            if self._run.is_resting:
                continue
            now = monotonic()
            if system is not None and self._system_s is not None and now >= next_system:
                next_system = now + self._system_s
                if measured := system.measure():
                    self._run.system(measured)
            if self._heartbeat_s is not None and now - self._run.last_write >= self._heartbeat_s * 0.9:
                self._run.event("heartbeat", expect_next_in=self._heartbeat_s * PROMISE)
