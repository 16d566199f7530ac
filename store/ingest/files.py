"""Files: those that are followed, and which of them are to be read next."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Iterable
from pathlib import Path

from labtop.store.index.slice import FileRow
from labtop.store.ingest.aside import kind_of
from labtop.store.ingest.tracked import Tracked
from labtop.store.ingest.tree import Found
from labtop.store.read.identity import is_rotated

_YOUNG_S = 10.0  # a file that appears and is no older was begun while we watched


class Files:
    """By path below the root, each with its place in a queue where it is to be read."""

    def __init__(self, tracked: dict[str, Tracked]) -> None:
        self.tracked = tracked
        self._next_file = 1 + max((file.row.file for file in tracked.values()), default=-1)
        self._queue: deque[Tracked] = deque()
        self._queued: set[str] = set()

    @property
    def waiting(self) -> Collection[Tracked]:
        """Those that are to be read, in this order."""
        return self._queue

    def enqueue(self, file: Tracked, *, front: bool) -> None:
        """Let the file be read, if it is not to be already."""
        if file.row.path not in self._queued:
            self._queued.add(file.row.path)
            (self._queue.appendleft if front else self._queue.append)(file)

    def take(self) -> Tracked:
        """The file that is to be read next. Raises IndexError when there is none."""
        file = self._queue.popleft()
        self._queued.discard(file.row.path)
        return file

    def track(self, path: str, found: Found, *, walked: bool) -> Tracked:
        """The file, from now on followed; `walked`: the tree was looked at before."""
        file = self.tracked.get(path)
        if file is None:
            file = Tracked(FileRow(self._next_file, path, kind_of(path)), Path(found.path))
            file.looked(found.stat, found.stat.st_size)
            young = time.time() - found.stat.st_mtime < _YOUNG_S
            file.live = walked and young and not is_rotated(path)
            self._next_file += 1
            self.tracked[path] = file
        file.found_at(found.path)
        return file

    def rename(self, file: Tracked, path: str, found: Found) -> None:
        """Follow the file under another name."""
        del self.tracked[file.row.path]
        if file.row.path in self._queued:
            self._queued.remove(file.row.path)
            self._queued.add(path)
        file.row.path, file.path = path, Path(found.path)
        self.tracked[path] = file

    def forget(self, gone: Iterable[Tracked]) -> None:
        """Follow these no more."""
        for file in gone:
            del self.tracked[file.row.path]
            self._queued.discard(file.row.path)
            file.close()
        self._queue = deque(file for file in self._queue if file.row.path in self._queued)

    def close(self) -> None:
        """Let go of what is unpacked."""
        for file in self.tracked.values():
            file.close()
