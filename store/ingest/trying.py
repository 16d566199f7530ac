"""Trying: whether the system tells of changes below a directory, found out by a watch that is set up and taken down."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from labtop.store.ingest.events import Events
from labtop.store.model import WatchMode

_PATIENCE_S = 5.0  # while a watch is set up: one that takes longer is taken for one that works


def tried(root: Path) -> WatchMode:
    """Whether file events of the root can be had."""
    done = threading.Event()
    events = Events(root, done)
    until = time.monotonic() + _PATIENCE_S
    try:
        events.keep()
        while not events.running and events.why is None and done.wait(until - time.monotonic()):
            done.clear()
            events.keep()
        return "events" if events.why is None else "poll"
    finally:
        events.stop()
