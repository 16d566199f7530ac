"""Follow: the thread that keeps an ingest at work, woken by file events and by the clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from labtop.store.ingest.ingest import Ingest
from labtop.store.model import Activity

if TYPE_CHECKING:
    from labtop.store.ingest.watch import Watch

_REVISION_S = 0.1  # at most ten revisions a second
_POLL_S = 1.0
_POLL_BESIDE_EVENTS_S = 2.0
_WALK_SHARE = 20  # a walk may take one part in so many of the time
_UNKNOWN_S = 0.2  # between walks for files that are not known yet
_PROCESSES_S = 5.0
_AFTER_FAILURE_S = 5.0


class Follow:
    """Runs an ingest until stopped; `on_change` hears of every change of its activity, in this thread."""

    def __init__(self, ingest: Ingest, on_change: Callable[[Activity], None], *, poll: bool) -> None:
        self._ingest = ingest
        self._on_change = on_change
        self._poll = poll
        self._wake = threading.Event()
        self._stopped = False
        self._told = Activity()
        self._told_at = 0.0
        self._walked_at = 0.0
        self._walk_s = 0.0
        self._walk_due = 0.0
        self._processes_due = 0.0
        self._watch: Watch | None = None
        self._watched: tuple[int, int] | None = None
        self._thread = threading.Thread(target=self._run, name="labtop-ingest", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the slice at hand."""
        self._stopped = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._attempt(self._begin)
            while not self._stopped:
                self._attempt(self._tell)
                self._sleep()
                self._attempt(self._round)
        finally:
            if self._watch is not None:
                self._watch.stop()

    def _attempt(self, work: Callable[[], None]) -> None:
        """Do the work; what goes wrong is said and tried again later: this thread never dies silently."""
        try:
            work()
        except Exception as error:
            reason = (str(error) or type(error).__name__).splitlines()[0]
            self._ingest.notice(f"reading failed, and is tried again: {reason}")
            if work != self._tell:
                self._walk_due = self._processes_due = time.monotonic() + _AFTER_FAILURE_S

    def _begin(self) -> None:
        self._look()
        self._work_off()

    def _round(self) -> None:
        """One look at what changed."""
        now = time.monotonic()
        unknown = self._ingest.touched(self._watch.take()) if self._watch is not None else False
        if unknown:
            self._walk_due = min(self._walk_due, self._walked_at + max(_UNKNOWN_S, self._walk_s * _WALK_SHARE / 4))
        if now >= self._walk_due:
            self._look()
        if now >= self._processes_due:
            self._processes_due = now + _PROCESSES_S
            self._ingest.check_processes()
        self._work_off()
        self._ingest.refresh_rate()

    def _work_off(self) -> None:
        """Read what is queued, telling of each slice; files that grow meanwhile go first."""
        while not self._stopped and self._ingest.slice():
            self._tell()
            if self._watch is not None:
                self._ingest.touched(self._watch.take())
            if time.monotonic() >= self._walk_due:
                self._look()
        if not self._stopped:
            self._ingest.activity = replace(self._ingest.activity, complete=True)

    def _look(self) -> None:
        began = time.monotonic()
        self._ingest.look()
        self._keep_watch()
        self._walked_at = time.monotonic()
        self._walk_s = self._walked_at - began
        pause = _POLL_BESIDE_EVENTS_S if self._watch is not None else _POLL_S
        self._walk_due = self._walked_at + max(pause, self._walk_s * _WALK_SHARE)

    def _keep_watch(self) -> None:
        """Watch the root for events; anew when it is another one, for a watch does not outlive what it watches."""
        try:
            status = self._ingest.root.stat()
            root = status.st_dev, status.st_ino
        except OSError:
            root = None
        if self._poll or self._stopped or root == self._watched:
            return
        self._watched = root
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        if root is not None:
            self._start_watch()
        events = self._watch is not None
        self._ingest.activity = replace(self._ingest.activity, watch="events" if events else "poll")

    def _start_watch(self) -> None:
        from labtop.store.ingest.watch import Watch

        watch = Watch(self._wake)
        if watch.start(self._ingest.root):
            self._watch = watch
        else:
            self._ingest.notice("no file events to be had here (their number is limited): polling")

    def _tell(self) -> None:
        """Say what changed, unless that was just done."""
        activity = self._ingest.activity
        if activity != self._told and time.monotonic() >= self._told_at + _REVISION_S:
            self._told = activity
            self._told_at = time.monotonic()
            self._on_change(activity)

    def _sleep(self) -> None:
        """Until something happens, but never more than ten times a second."""
        now = time.monotonic()
        untold = self._ingest.activity != self._told
        due = min(self._walk_due, self._processes_due)
        due = min(due, self._told_at + _REVISION_S) if untold else due
        if not self._stopped:
            self._wake.wait(max(0.0, due - now))
        self._wake.clear()
        rest = self._told_at + _REVISION_S - time.monotonic()
        if rest > 0 and not self._stopped:
            time.sleep(rest)
