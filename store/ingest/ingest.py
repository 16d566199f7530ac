"""Ingest: the files below a root into the index, in slices, live ones before backlog."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import duckdb

from labtop.store.index.files import Index
from labtop.store.index.names import Names
from labtop.store.index.shares import load_shares
from labtop.store.index.write import FileRow, Read, forget_files, write
from labtop.store.ingest.configs import Configs
from labtop.store.ingest.crashed import mark_crashed
from labtop.store.ingest.tail import Tail
from labtop.store.ingest.tracked import Tracked, load_tracked
from labtop.store.model import Activity
from labtop.store.read.configs import is_config
from labtop.store.read.walk import Found, walk

_SLICE_S = 0.15  # how long files are read before what they gave is committed
_YOUNG_S = 10.0  # a file that appears and is no older was begun while we watched


class Ingest:
    """Reads files and writes the index; everything here belongs to one thread at a time.

    `index` may be exchanged for one in memory when the disk fails under it: then all files are read again.
    """

    def __init__(self, root: Path, index: Index) -> None:
        self.root = root
        self.index = index
        self.activity = Activity(notices=() if index.notice is None else (index.notice,))
        self._root_name = (root if root.is_dir() else root.parent).resolve().name
        self._queue: deque[Tracked] = deque()
        self._queued: set[str] = set()
        self._rates: deque[tuple[float, int]] = deque()
        self._walked = False
        self._begin()

    def _begin(self) -> None:
        """Take up what the index holds."""
        self._cursor = self.index.cursor()
        self._names = Names(self._cursor)
        base = self.root if self.root.is_dir() else self.root.parent
        self.tracked: dict[str, Tracked] = load_tracked(self._cursor, base)
        self._next_file = 1 + max((file.row.file for file in self.tracked.values()), default=-1)
        self._configs = Configs(self._cursor, self.tracked.values())
        self._tail = Tail(self._root_name, self._names.metric, lambda file: load_shares(self._cursor, file))

    def catch_up(self) -> None:
        """Walk once and read everything that is new."""
        self.look()
        while self.slice():
            pass
        self.check_processes()
        self.activity = replace(self.activity, complete=True)

    def look(self) -> None:
        """Walk the tree: queue what changed, newest first, and forget what is gone."""
        found = {str(each.relative): each for each in walk(self.root)}
        changed = [each for each in found.values() if self._differs(each)]
        changed.sort(key=lambda each: each.stat.st_mtime)
        for each in changed:
            self._enqueue(self._track(each), front=True)
        gone = [file for path, file in self.tracked.items() if path not in found and self._is_gone(file)]
        if gone:
            forget_files(self._cursor, [file.row.file for file in gone])
            for file in gone:
                del self.tracked[file.row.path]
            self._changed()
        self._root_notice()
        self._walked = True

    def touched(self, paths: Iterable[str]) -> bool:
        """Look at these files at once; whether one is not known, so that a walk is due."""
        unknown = False
        base = self.root if self.root.is_dir() else self.root.parent
        for path in paths:
            try:
                relative = Path(path).relative_to(base)
                file = self.tracked.get(str(PurePosixPath(relative)))
                if file is None or file.differs(file.path.stat()):
                    unknown = unknown or file is None
                    if file is not None:
                        self._enqueue(file, front=True)
            except (OSError, ValueError):
                unknown = True
        return unknown

    def slice(self) -> bool:
        """Read and commit for a short while; False when nothing is left to read."""
        reads: list[Read] = []
        again: list[Tracked] = []
        deadline = time.monotonic() + _SLICE_S
        while self._queue and time.monotonic() < deadline:
            file = self._queue.popleft()
            self._queued.discard(file.row.path)
            read = self._read(file)
            if read is not None:
                reads.append(read)
                if file.row.kind == "jsonl" and file.row.position < file.row.size and read.batch.lines:
                    again.append(file)
        if reads:
            self._write(reads)
        for file in reversed(again):
            self._enqueue(file, front=True)
        if self.activity.backlog and not self._queue:
            self.activity = replace(self.activity, backlog=0)
        return bool(self._queue)

    def check_processes(self) -> bool:
        """Mark the runs whose process is gone; whether there were any."""
        gone = mark_crashed(self._cursor)
        for file_number, run in gone:
            for file in self.tracked.values():
                if file.row.file == file_number and file.reader is not None:
                    file.reader.shares[run].crashed = True
        if gone:
            self._changed()
        return bool(gone)

    def refresh_rate(self) -> bool:
        """Bring lines per second up to date; whether it fell to nothing since."""
        now = time.monotonic()
        while self._rates and now - self._rates[0][0] > 5.0:
            self._rates.popleft()
        rate = sum(lines for _, lines in self._rates) / 5.0
        stopped = rate == 0.0 and self.activity.lines_per_s > 0.0
        self.activity = replace(self.activity, lines_per_s=rate)
        return stopped

    def _differs(self, found: Found) -> bool:
        file = self.tracked.get(str(found.relative))
        return file is None or file.differs(found.stat)

    def _track(self, found: Found) -> Tracked:
        """The file, from now on followed."""
        path = str(found.relative)
        file = self.tracked.get(path)
        if file is None:
            kind = "config" if is_config(path) else "undecided"
            file = Tracked(FileRow(self._next_file, path, kind), found.path)
            file.live = self._walked and time.time() - found.stat.st_mtime < _YOUNG_S
            self._next_file += 1
            self.tracked[path] = file
        return file

    def _enqueue(self, file: Tracked, *, front: bool) -> None:
        if file.row.path not in self._queued:
            self._queued.add(file.row.path)
            (self._queue.appendleft if front else self._queue.append)(file)

    def _read(self, file: Tracked) -> Read | None:
        try:
            if file.row.kind == "config":
                file.looked(file.path.stat())
                return self._configs.read(file)
            return self._tail.advance(file)
        except OSError:
            return None

    def _write(self, reads: list[Read]) -> None:
        lines = sum(read.batch.lines for read in reads)
        try:
            write(self._cursor, self._names, reads)
        except duckdb.Error as error:
            if self.index.path is None:
                raise
            self._fall_back(error)
            return
        for path in self._configs.affected(self._names, reads):
            self._enqueue(self.tracked[path], front=False)
        self._rates.append((time.monotonic(), lines))
        newest = max((read.row.mtime for read in reads if read.batch.lines), default=None)
        lag = None if newest is None or not self.activity.complete else max(0.0, time.time() - newest)
        self.activity = replace(self.activity, lag_s=lag if lag is not None else self.activity.lag_s)
        self._changed()

    def _changed(self) -> None:
        """A commit changed what can be asked."""
        rows = [file.row for file in self.tracked.values()]
        backlog = sum(file.row.size - file.row.position for file in self._queue if file.row.kind != "none")
        self.activity = replace(
            self.activity,
            revision=self.activity.revision + 1,
            files=sum(row.kind == "jsonl" for row in rows),
            lines=sum(row.lines for row in rows),
            backlog=backlog,
        )
        self.refresh_rate()

    def _fall_back(self, error: duckdb.Error) -> None:
        """The index cannot be written (a full disk): go on in memory, from the files."""
        reason = "disk full" if "space" in str(error).lower() else "it cannot be written"
        old = self.index
        self.index = Index.in_memory()
        notice = f"the index {old.path} failed ({reason}): working from memory"
        self.activity = replace(self.activity, notices=(*self.activity.notices, notice))
        self._queue.clear()
        self._queued.clear()
        self._begin()
        old.close()
        self.look()

    def _is_gone(self, file: Tracked) -> bool:
        return self.root.exists() and not os.path.lexists(file.path)

    def _root_notice(self) -> None:
        text = f"{self.root} is gone: showing what was read of it"
        others = tuple(notice for notice in self.activity.notices if notice != text)
        notices = others if self.root.exists() else (*others, text)
        if notices != self.activity.notices:
            self.activity = replace(self.activity, notices=notices)
            self._changed()
