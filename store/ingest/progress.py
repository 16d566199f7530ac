"""Progress: what is told of reading while it goes on, and which files grew lately."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from labtop.store.index.slice import Read
from labtop.store.ingest.tracked import Tracked
from labtop.store.model import Activity
from labtop.store.read.dialects.registry import BESIDE_LOGS

_GROWING_S = 10.0  # a file that grew within is likely to grow on
_RATE_S = 5.0  # over which lines per second are counted
_NOTICES = 20  # the latest are kept


class Progress:
    """The activity, which other threads may look at: it is exchanged whole."""

    def __init__(self) -> None:
        self.activity = Activity()
        self._grew: dict[str, float] = {}
        self._rates: deque[tuple[float, int]] = deque()

    @property
    def has_rate(self) -> bool:
        """Whether lines were read lately."""
        return bool(self._rates)

    def update(self, **fields: Any) -> None:
        """Exchange these fields of the activity."""
        self.activity = replace(self.activity, **fields)

    def notice(self, text: str, about: str = "\n") -> None:
        """Let the user know; replaces what was said before with the same beginning."""
        others = tuple(each for each in self.activity.notices if each != text and not each.startswith(about))
        self.update(notices=(*others, text)[-_NOTICES:])

    def withdraw(self, about: str) -> None:
        """What was said with this beginning holds no longer."""
        notices = tuple(each for each in self.activity.notices if not each.startswith(about))
        if notices != self.activity.notices:
            self.update(notices=notices)

    def renew(self, ending: str, texts: Iterable[str]) -> bool:
        """Let these hold instead of all that was said with this ending; whether that says something else."""
        others = (notice for notice in self.activity.notices if not notice.endswith(ending))
        notices = (*others, *texts)[-_NOTICES:]
        if notices == self.activity.notices:
            return False
        self.update(notices=notices)
        return True

    def count(self, files: Collection[Tracked], waiting: Iterable[Tracked]) -> None:
        """Count all files, and what is to be read in those that wait."""
        self.update(
            files=sum(file.row.is_log for file in files),
            others=sum(not file.row.is_log and file.row.kind not in BESIDE_LOGS for file in files),
            lines=sum(file.row.lines for file in files if file.row.is_log),
            rejected=sum(file.memory.rejected for file in files),
            backlog=sum(file.unread for file in waiting),
        )

    def stored(self, reads: Sequence[Read]) -> None:
        """What these gave was committed."""
        now = time.monotonic()
        self._rates.append((now, sum(read.batch.lines for read in reads)))
        if not self.activity.complete:
            return
        self._grew.update((read.row.path, now) for read in reads if read.row.is_log and read.batch.lines)
        newest = max((read.row.mtime for read in reads if read.batch.lines), default=None)
        if newest is not None:
            self.update(lag_s=max(0.0, time.time() - newest))

    def revise(self) -> None:
        """A commit changed what can be asked."""
        self.update(revision=self.activity.revision + 1)
        self.refresh_rate()

    def refresh_rate(self) -> None:
        """Bring lines per second up to date."""
        now = time.monotonic()
        while self._rates and now - self._rates[0][0] > _RATE_S:
            self._rates.popleft()
        self.update(lines_per_s=sum(lines for _, lines in self._rates) / _RATE_S)

    def growing(self, tracked: Mapping[str, Tracked]) -> list[str]:
        """The paths of files that grew just now."""
        then = time.monotonic() - _GROWING_S
        self._grew = {path: at for path, at in self._grew.items() if at > then and path in tracked}
        return [str(tracked[path].path) for path in self._grew]
