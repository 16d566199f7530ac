"""What went wrong with the logging, told once: a training must neither end by it nor drown in it."""

from __future__ import annotations

import sys
import threading

_LONGEST = 300


class Complaints:
    """Tells each kind of trouble once, in one line on standard error, and counts how often it came."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._lock = threading.RLock()  # a signal's handler may complain too

    def tell(self, kind: str, text: str) -> None:
        """Count trouble of this kind; the first time, say so."""
        with self._lock:
            count = self.counts[kind] = self.counts.get(kind, 0) + 1
        if count == 1:
            say(text)

    def over(self, kind: str) -> None:
        """The trouble has passed: when it comes again it is said again."""
        with self._lock:
            self.counts.pop(kind, None)


def say(text: str) -> None:
    """One line on standard error, as far as there is one."""
    line = " ".join(text.split())
    try:
        print(f"labtop: {line[:_LONGEST]}", file=sys.stderr, flush=True)
    except Exception:  # it is closed, or None, or somebody's own stream
        return
