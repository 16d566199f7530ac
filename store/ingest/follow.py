"""Follow: the thread that keeps an ingest at work, woken by file events and by the clock."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from labtop.store.ingest.events import Events
from labtop.store.ingest.ingest import Ingest
from labtop.store.model import Activity

_REVISION_S = 0.1  # at most ten rounds a second, and as many revisions within one
_FEW_LINES, _SOME_LINES = 2, 250
_PARTS_OF_FEW, _PARTS_OF_SOME = 4.0, 10.0  # such a round and its table take one part in so many of the time,
_LATEST_S = 1.0  # or it is this late
_POLL_S = 1.0
_POLL_BESIDE_EVENTS_S = 2.0
_LOOK_SHARE = 20  # looks may take one part in so many of the time
_UNKNOWN_S = 0.2  # between looks for files that are not known yet
_PROCESSES_S = 5.0
_AFTER_FAILURE_S = 5.0
_POLLING = "polling: "
_FAILED = "reading failed, and is tried again: "
_NICENESS = 5
_SHOWN_S = 0.15  # so long a round waits for the screen: both at once take longer than one after the other


def _give_way() -> None:
    """Let this thread, and those that it begins, run after the screen's where all processors are busy."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


class Follow:
    """Runs an ingest until stopped; `on_change` hears of every change of its activity, in this thread.

    `shown`, where there is one, is set when the last change is on the screen, for which the next round waits a moment.
    """

    def __init__(
        self,
        ingest: Ingest,
        on_change: Callable[[Activity], None],
        *,
        poll: bool,
        shown: threading.Event | None = None,
    ) -> None:
        self._ingest = ingest
        self._on_change = on_change
        self._shown = shown
        self._wake = threading.Event()
        self._events = None if poll else Events(ingest.root, self._wake)
        self._stopped = False
        self._urgent = threading.Event()  # somebody waits for this thread itself
        self._told = Activity()
        self._told_at = 0.0
        self._round_at = 0.0
        self._lines = 0  # that the last round brought
        self._worked = self._cost = 0.0  # seconds of the process's processor: when it began, and until it was shown
        self._looked_at = 0.0
        self._look_s = 0.0
        self._look_due = 0.0
        self._processes_due = 0.0
        self._thread = threading.Thread(target=self._run, name="labtop-ingest", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the slice at hand."""
        self._stopped = True
        self._urgent.set()
        self._wake.set()
        self._thread.join()

    def hurry(self) -> None:
        """Look at once (from any thread): this process has written something of its own."""
        self._urgent.set()
        self._wake.set()

    def _run(self) -> None:
        _give_way()
        try:
            self._attempt(self._begin)
            while not self._stopped:
                self._attempt(self._tell)
                self._sleep()
                self._attempt(self._round)
        finally:
            if self._events is not None:
                self._events.stop()

    def _attempt(self, work: Callable[[], None]) -> None:
        """Do the work; what goes wrong is said and tried again later: this thread never dies silently."""
        try:
            work()
        except Exception as error:
            reason = (str(error) or type(error).__name__).splitlines()[0]
            self._ingest.notice(_FAILED + reason, about=_FAILED)
            if work != self._tell:
                self._look_due = self._processes_due = time.monotonic() + _AFTER_FAILURE_S

    def _begin(self) -> None:
        self._look()
        self._look_s, self._look_due = 0.0, self._looked_at + _POLL_S  # only the first asks about everything
        self._hear()
        self._work_off()
        self._round_at, self._worked = time.monotonic(), time.process_time()

    def _round(self) -> None:
        """One look at what changed."""
        now = self._round_at = time.monotonic()
        self._worked = time.process_time()
        before = self._ingest.activity.lines
        self._hear()
        looks = self._urgent.is_set() or now >= self._look_due
        if looks:
            self._urgent.clear()
            self._look()
        if now >= self._processes_due:
            self._processes_due = now + _PROCESSES_S
            self._ingest.check_processes()
        self._work_off()
        self._lines = self._ingest.activity.lines - before
        self._ingest.refresh_rate()
        if looks:
            self._ingest.withdraw(_FAILED)

    def _work_off(self) -> None:
        """Read what is queued, telling of each slice; files that grow meanwhile go first."""
        while not self._stopped and self._ingest.has_work and self._ingest.slice():
            if time.monotonic() >= self._told_at + _REVISION_S:
                self._tell()
            self._hear()
            if time.monotonic() >= self._look_due:
                self._look()
        if not self._stopped:
            self._ingest.activity = replace(self._ingest.activity, complete=True)

    def _hear(self) -> None:
        """Take up what file events tell; without them, files that grew just now are asked at every turn."""
        if self._events is not None:
            self._keep_watch(self._events)
        changed = self._events.take() if self._events is not None and self._events.running else self._ingest.growing()
        if self._ingest.touched(changed):
            soon = self._looked_at + max(_UNKNOWN_S, self._look_s * _LOOK_SHARE / 4)
            self._look_due = min(self._look_due, soon)

    def _look(self) -> None:
        began = time.monotonic()
        self._ingest.look()
        self._looked_at = time.monotonic()
        self._look_s = self._looked_at - began
        pause = _POLL_BESIDE_EVENTS_S if self._is_told else _POLL_S
        self._look_due = self._looked_at + max(pause, self._look_s * _LOOK_SHARE)

    @property
    def _is_told(self) -> bool:
        """Whether file events come."""
        return self._events is not None and self._events.running

    def _keep_watch(self, events: Events) -> None:
        """Watch the root where that helps, and say whether it does."""
        events.keep()
        self._ingest.activity = replace(self._ingest.activity, watch="events" if events.running else "poll")
        why = None if events.why is None else _POLLING + events.why
        if why not in self._ingest.activity.notices:
            self._ingest.withdraw(_POLLING)
            if why is not None:
                self._ingest.notice(why)

    def _tell(self) -> None:
        """Say what changed."""
        activity = self._ingest.activity
        if activity != self._told:
            self._told = activity
            self._told_at = time.monotonic()
            if self._shown is not None:
                self._shown.clear()
            self._on_change(activity)

    @property
    def _gap(self) -> float:
        """Seconds between the beginnings of two rounds: a tenth, or more where each costs much for what it brings.

        A line alone may be what somebody waits for; of those of a stream none is.
        """
        if self._lines > _SOME_LINES:
            return _REVISION_S
        parts = _PARTS_OF_SOME if self._lines > _FEW_LINES else _PARTS_OF_FEW
        return min(max(_REVISION_S, parts * self._cost), _LATEST_S)

    def _sleep(self) -> None:
        """Until something happens, but rounds begin no more than ten times a second."""
        if self._shown is not None and not self._stopped:
            self._shown.wait(max(0.0, self._told_at + _SHOWN_S - time.monotonic()))
        self._cost = time.process_time() - self._worked
        now = time.monotonic()
        soonest = self._round_at + self._gap
        due = min(self._look_due, self._processes_due)
        if not self._is_told and self._ingest.growing():
            due = min(due, soonest)
        if not self._stopped:
            self._wake.wait(max(0.0, due - now))
        self._wake.clear()
        self._urgent.wait(max(0.0, soonest - time.monotonic()))
