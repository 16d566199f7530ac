"""Watch: file events as hints where to look. Sizes are polled beside it, so a missed event loses nothing."""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

# Not opening and closing: in a large tree our own walks would drown the rest, and overflow the system's queue for ever.
_TELLING: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]


class _Handler(FileSystemEventHandler):
    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def on_any_event(self, event: FileSystemEvent) -> None:
        if not isinstance(event, tuple(_TELLING)):
            return
        self._watch.touch(os.fsdecode(event.src_path))
        if event.dest_path:
            self._watch.touch(os.fsdecode(event.dest_path))


class Watch:
    """Collects the paths that changed, and counts how often. `wake` is set with each."""

    def __init__(self, wake: threading.Event) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._dirty: set[str] = set()
        self.heard = 0
        self._folder = self._real = ""
        self._observer = Observer()

    def start(self, root: Path) -> bool:
        """Begin; False where the system grants no watches (their number is limited), so that polling alone serves.

        Every folder below the root is watched, which may take long.
        """
        folder = root if root.is_dir() else root.parent
        self._folder, self._real = str(folder), os.path.realpath(folder)
        # It warns, in a thread of its own, of folders that it meets twice, and logs: neither is for the terminal.
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"watchdog\.")
        logging.getLogger("watchdog").addHandler(logging.NullHandler())
        try:
            self._observer.schedule(_Handler(self), self._real, recursive=root.is_dir(), event_filter=_TELLING)
            self._observer.start()
        except OSError:
            return False
        return self.is_whole()

    def is_whole(self) -> bool:
        """Whether all folders are watched: the library passes over, without a word, those for which none are left."""
        above = Path(self._real).parent
        if sys.platform != "linux" or above == Path(self._real):
            return True
        try:
            probe = self._observer.schedule(FileSystemEventHandler(), str(above), event_filter=[DirDeletedEvent])
            self._observer.unschedule(probe)
        except OSError:
            return False
        return True

    def touch(self, path: str) -> None:
        """A path changed. Links on the way to the root are undone: a link itself is not watched."""
        if path.startswith(self._real):
            path = self._folder + path[len(self._real) :]
        with self._lock:
            self._dirty.add(path)
            self.heard += 1
        self._wake.set()

    def take(self) -> set[str]:
        """The paths that changed since the last call."""
        with self._lock:
            dirty, self._dirty = self._dirty, set()
        return dirty

    def stop(self) -> None:
        """End the threads of the observer."""
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()
