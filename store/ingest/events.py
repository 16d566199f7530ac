"""Events: file events of the root where they can be had, and why not where they cannot."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from labtop.store.ingest.filesystem import Mounts

if TYPE_CHECKING:
    from labtop.store.ingest.watch import Watch

_RECHECK_S = 60.0  # whether what stands in the way still does, or something does now
_MOST_PER_S = 1000  # of more events a second each costs more than it tells: files that grow so fast are polled
_COUNTED_S = 1.0
_LIMITED = "the system grants no more file events (their number is limited)"


class Events:
    """Keeps a watch over `root`. Whatever takes long or may hang is done in threads of their own."""

    def __init__(
        self,
        root: Path,
        wake: threading.Event,
        *,
        mounts: Mounts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._root = root
        self._wake = wake
        self._mounts = mounts or Mounts()
        self._clock = clock
        self._identity: tuple[int, int] | None = None
        self._start: _Start | None = None
        self._checked = 0.0
        self._counted = 0.0, 0  # when, and how many events were heard by then
        self._obstacle: str | None = None

    @property
    def running(self) -> bool:
        """Whether changes are announced."""
        return self._start is not None and self._start.watch is not None

    @property
    def why(self) -> str | None:
        """What stands in the way of it."""
        return None if self.running else self._obstacle

    def take(self) -> set[str]:
        """The paths that changed since the last call."""
        watch = self._start.watch if self._start is not None else None
        return watch.take() if watch is not None else set()

    def keep(self) -> None:
        """See to it that the root is watched: anew when it is another one, for a watch does not outlive what it
        watches; not where that does not help, as long as it does not."""
        identity = _identity(self._root)
        if identity != self._identity:
            self._identity = identity
            self.stop()
            self._obstacle = None
            self._check()
        elif self._start is not None and self._start.failed:
            self.stop()
            self._obstacle = _LIMITED
        elif self._start is not None and self._start.watch is not None and self._is_flooded(self._start.watch.heard):
            self.stop()
            self._checked = self._clock()
        elif self._clock() >= self._checked + _RECHECK_S:
            self._check()

    def _is_flooded(self, heard: int) -> bool:
        """Whether more was heard of late than is worth hearing."""
        now = self._clock()
        since, before = self._counted
        if now < since + _COUNTED_S:
            return False
        self._counted = now, heard
        return heard - before > _MOST_PER_S * (now - since)

    def stop(self) -> None:
        """Let go of the watch; does not wait for one that is still being set up."""
        if self._start is not None:
            self._start.abandon()
            self._start = None

    def _check(self) -> None:
        self._checked = self._clock()
        remote = self._mounts.remote(self._root)
        if remote is not None:
            self.stop()
            self._obstacle = f"{self._root} is or holds a network file system ({remote}), which announces no changes"
        elif self._start is None and self._identity is not None:
            self._start = _Start(self._root, self._wake)
        elif self._start is not None and self._start.watch is not None and not self._start.watch.is_whole():
            self.stop()
            self._obstacle = _LIMITED


class _Start:
    """A watch that is being set up, and then the one that runs."""

    def __init__(self, root: Path, wake: threading.Event) -> None:
        self._root = root
        self._wake = wake
        self._lock = threading.Lock()
        self._abandoned = False
        self.watch: Watch | None = None
        self.failed = False
        threading.Thread(target=self._run, name="labtop-watch", daemon=True).start()

    def _run(self) -> None:
        # Loaded when it is needed: it costs every start a twentieth of a second.
        try:
            from labtop.store.ingest.watch import Watch

            watch = Watch(self._wake)
            if not watch.start(self._root):
                self.failed = True
            with self._lock:
                wanted = not self.failed and not self._abandoned
                if wanted:
                    self.watch = watch
            if not wanted:
                watch.stop()
        except Exception:  # of the library and the system: polling serves everywhere
            self.failed = True
        self._wake.set()

    def abandon(self) -> None:
        """Stop it, now or as soon as it is set up."""
        with self._lock:
            self._abandoned = True
            watch, self.watch = self.watch, None
        if watch is not None:
            watch.stop()


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        status = root.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
