"""Ingest: the files below a root into the index, in slices, live ones before backlog."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from labtop.store.index.files import Index
from labtop.store.index.names import Names
from labtop.store.index.shares import load_metrics, load_shares
from labtop.store.index.slice import FileRow, Read
from labtop.store.index.write import forget_files, rename_file
from labtop.store.ingest.configs import Configs
from labtop.store.ingest.crashed import mark_crashed
from labtop.store.ingest.damaged import Unfinished, hold
from labtop.store.ingest.storing import NotStored, Step, Storing
from labtop.store.ingest.tail import Tail
from labtop.store.ingest.tracked import Tracked, load_tracked
from labtop.store.ingest.tree import Found, Tree
from labtop.store.model import Activity
from labtop.store.read.batch import Batch, Rejected
from labtop.store.read.configs import is_config
from labtop.store.read.identity import is_rotated
from labtop.store.read.shapes import MOST_METRICS
from labtop.store.read.walk import is_being_packed

_SLICE_S = 0.15  # how long files are read before what they gave is committed
_BACKLOG_SLICE_S = 0.2  # the same for a backlog: larger batches are stored faster
_SHOWING = ": showing what was read of it"
_GROWING_S = 10.0  # a file that grew within is likely to grow on
_YOUNG_S = 10.0  # a file that appears and is no older was begun while we watched
_NOTICES = 20  # the latest are kept


class Ingest:
    """Reads files and writes the index; everything here belongs to one thread at a time.

    `index` may be exchanged for one in memory when the disk fails under it: then all files are read again. No file
    stops the others: one that cannot be read or stored is named in a notice and left alone until it changes.
    """

    def __init__(self, root: Path, index: Index) -> None:
        self.root = root
        self.index = index
        self.activity = Activity()
        self._tree = Tree(root)
        self._base = root if root.is_dir() else root.parent
        self._root_name = self._base.resolve().name
        self._queue: deque[Tracked] = deque()
        self._queued: set[str] = set()
        self._grew: dict[str, float] = {}
        self._rates: deque[tuple[float, int]] = deque()
        self._walked = False
        self._doubted: Index | None = None
        try:
            self._begin()
        except duckdb.Error:
            self.index = index.renewed()
            self._begin()
        self._count()
        for file in self.tracked.values():
            self._tell_left_out(file)
        if self.index.notice is not None:
            self.notice(self.index.notice)

    def _begin(self) -> None:
        """Take up what the index holds."""
        cursor = self._cursor = self.index.cursor()
        self._names = Names(cursor)
        self._storing = Storing(self.index, self._names)
        self.tracked: dict[str, Tracked] = load_tracked(cursor, self._base)
        self._next_file = 1 + max((file.row.file for file in self.tracked.values()), default=-1)
        self._configs = Configs(cursor, self.tracked.values())
        for path in self._configs.behind(cursor):
            self._enqueue(self.tracked[path], front=False)
        self._tail = Tail(
            self._root_name, self._names.metric, lambda file: (load_shares(cursor, file), load_metrics(cursor, file))
        )

    def catch_up(self) -> None:
        """Look at everything and read what is new. Raises duckdb.Error when not even an index in memory holds it."""
        self.look(everything=True)
        while self.slice():
            pass
        self.check_processes()
        self.activity = replace(self.activity, complete=True)

    def close(self) -> None:
        """Let what is being stored end, and let go of the index."""
        self._storing.close()
        self._tail.close()
        self._close_files()
        self.index.close()

    def _close_files(self) -> None:
        for file in self.tracked.values():
            file.close()

    def look(self, *, everything: bool = False) -> None:
        """Look at what is due, or at everything: queue what changed, newest first, and forget what is gone."""
        self._guarded(lambda: self._look(everything=everything))

    @property
    def has_work(self) -> bool:
        """Whether anything is queued to be read."""
        return bool(self._queue)

    def slice(self) -> bool:
        """Read and commit for a short while; False when nothing is left to read."""
        return self._guarded(self._slice)

    def check_processes(self) -> None:
        """Mark the runs whose process is gone."""
        self._guarded(self._check_processes)

    def doubt(self, index: Index) -> None:
        """A query found the index damaged (from any thread): it will be exchanged."""
        self._doubted = index

    def notice(self, text: str, about: str = "\n") -> None:
        """Let the user know; replaces what was said before with the same beginning."""
        others = tuple(each for each in self.activity.notices if each != text and not each.startswith(about))
        self.activity = replace(self.activity, notices=(*others, text)[-_NOTICES:])

    def withdraw(self, about: str) -> None:
        """What was said with this beginning holds no longer."""
        notices = tuple(each for each in self.activity.notices if not each.startswith(about))
        if notices != self.activity.notices:
            self.activity = replace(self.activity, notices=notices)

    def touched(self, paths: Iterable[str]) -> bool:
        """Look at these files at once; whether something else may be there, so that a look is due."""
        unknown = False
        above = str(self._base).rstrip("/") + "/"
        for path in paths:
            if not path.startswith(above):
                unknown = True
                continue
            relative = path[len(above) :]
            file = self.tracked.get(_key(relative))
            try:
                if file is not None and file.differs(file.path.stat()):
                    self._enqueue(file, front=True)
                    self._tree.stir(relative)
            except OSError:
                file = None
            unknown = (file is None and self._tree.touch(relative)) or unknown
        return unknown

    def growing(self) -> list[str]:
        """The paths of files that grew just now."""
        then = time.monotonic() - _GROWING_S
        self._grew = {path: at for path, at in self._grew.items() if at > then and path in self.tracked}
        return [str(self.tracked[path].path) for path in self._grew]

    def refresh_rate(self) -> None:
        """Bring lines per second up to date."""
        now = time.monotonic()
        while self._rates and now - self._rates[0][0] > 5.0:
            self._rates.popleft()
        self.activity = replace(self.activity, lines_per_s=sum(lines for _, lines in self._rates) / 5.0)

    def _guarded(self, work: Callable[[], bool]) -> bool:
        """Do the work; where the index fails, exchange it and begin again."""
        try:
            if self._doubted is self.index:
                raise duckdb.IOException("could not read the index")
            return work()
        except duckdb.Error as error:
            if self.index.path is None:
                raise
            self._fall_back(error)
            return self._look(everything=True)

    def _look(self, *, everything: bool) -> bool:
        seen = self._tree.look(everything=everything)
        changed = []
        for found in seen.files:
            path = _key(found.relative)
            file = self.tracked.get(path)
            if file is not None and not file.differs(found.stat):
                file.found_at(found.path)
                file.live = True
            else:
                changed.append((path, found))
        self._follow_renamed(changed)
        changed.sort(key=lambda named: named[1].stat.st_mtime)
        for path, found in changed:
            self._enqueue(self._track(path, found), front=True)
        if changed and not self.activity.complete:
            self._count()
        if seen.moved:
            self._forget_gone()
            self._tell_absent()
        self._walked = True
        return bool(self._queue)

    def _forget_gone(self) -> None:
        there = {_key(path) for path in self._tree.candidates()}
        absent = [file for path, file in self.tracked.items() if path not in there]
        if not absent:
            return
        elsewhere = {file.inode for path, file in self.tracked.items() if path in there}
        gone = [file for file in absent if self._is_gone(file, elsewhere) or is_being_packed(file.row.path, there)]
        if gone:
            self._settle()
            forget_files(self._cursor, [file.row.file for file in gone])
            for file in gone:
                del self.tracked[file.row.path]
                self._configs.forget(file.row.path)
                self._queued.discard(file.row.path)
                file.close()
            self._queue = deque(file for file in self._queue if file.row.path in self._queued)
            self._changed()

    def _track(self, path: str, found: Found) -> Tracked:
        """The file, from now on followed."""
        file = self.tracked.get(path)
        if file is None:
            kind = "config" if is_config(path) else "undecided"
            file = Tracked(FileRow(self._next_file, path, kind), Path(found.path))
            file.looked(found.stat, found.stat.st_size)
            young = time.time() - found.stat.st_mtime < _YOUNG_S
            file.live = self._walked and young and not is_rotated(path)
            self._next_file += 1
            self.tracked[path] = file
        file.found_at(found.path)
        return file

    def _follow_renamed(self, changed: Sequence[tuple[str, Found]]) -> None:
        """A log that rotation gave another name goes on under that: nothing of it is read again."""
        new = [(path, found) for path, found in changed if path not in self.tracked]
        known = {(file.row.device, file.row.inode): file for file in self.tracked.values()} if new else {}
        for path, found in new:
            file = known.get((found.stat.st_dev, found.stat.st_ino))
            if file is None or not file.row.position or not file.is_now(path):
                continue
            self._settle()
            rename_file(self._cursor, file.row.file, path)
            del self.tracked[file.row.path]
            if file.row.path in self._queued:
                self._queued.remove(file.row.path)
                self._queued.add(path)
            file.row.path, file.path = path, Path(found.path)
            self.tracked[path] = file

    def _enqueue(self, file: Tracked, *, front: bool) -> None:
        if file.row.path not in self._queued:
            self._queued.add(file.row.path)
            (self._queue.appendleft if front else self._queue.append)(file)

    def _slice(self) -> bool:
        """Read for a while, and store what that gave while the next slice is read."""
        steps = self._read_on()
        try:
            is_good = self._settle(steps)
        except BaseException:
            for step in reversed(steps):
                step.file.restore(step.before)
            raise
        if steps and is_good:
            self._storing.begin(steps, behind=bool(self._queue))
        if not self._queue:
            self._settle()
            self._storing.rest()
            self._tail.close()
            self._count()
            self.activity = replace(self.activity, backlog=0)
        return bool(self._queue)

    def _read_on(self) -> list[Step]:
        steps: list[Step] = []
        deadline = time.monotonic() + (_SLICE_S if self.activity.complete or not self._rates else _BACKLOG_SLICE_S)
        while self._queue and time.monotonic() < deadline:
            file = self._queue.popleft()
            self._queued.discard(file.row.path)
            step = self._step(file)
            if step is not None:
                steps.append(step)
        unread = [step for step in steps if step.file.row.is_log and step.file.unread and step.read.batch.lines]
        # All files are begun before one is read on: so all runs are seen soon.
        for step in unread:
            if not step.before.row.position:
                self._enqueue(step.file, front=False)
        for step in reversed(unread):
            self._enqueue(step.file, front=True)
        return steps

    def _step(self, file: Tracked) -> Step | None:
        """Read on in the file; None when that gave nothing to store."""
        before = file.copy()
        try:
            if file.failed is not None and file.has_failed(file.path.stat()):
                return None
            if file.row.kind == "config":
                file.looked(file.path.stat())
                file.row.state = file.memory.to_json()
                read: Read | None = self._configs.read(file)
            else:
                read = self._tail.advance(file, before)
                file.held_since = None
        except Unfinished:
            held = hold(file, before)
            return None if held is None else Step(file, before, held)
        except OSError as error:
            file.restore(before)
            return _unreadable(file, before, error)
        except duckdb.Error:
            raise
        except Exception as error:
            self._give_up(file, before, error)
            return None
        self._tell_left_out(file)
        return None if read is None else Step(file, before, read)

    def _tell_left_out(self, file: Tracked) -> None:
        about, count = f"{file.row.path} has more than {MOST_METRICS:,} metrics", file.memory.left_out
        if count:
            values = "1 value is" if count == 1 else f"{count:,} values are"
            self.notice(f"{about}: {values} left out", about=about)
        elif self.activity.notices:
            self.withdraw(about)

    def _give_up(self, file: Tracked, before: Tracked, error: Exception) -> None:
        """The file is left as it was, until it changes."""
        file.failed = file.row.size, file.row.mtime
        file.restore(before)
        reason = (str(error) or type(error).__name__).splitlines()[0]
        self.notice(f"{file.row.path} could not be read: {reason}", about=f"{file.row.path} could")

    def _settle(self, unstored: Sequence[Step] = ()) -> bool:
        """Wait for the slice that is being stored; whether what was read since is still good."""
        try:
            steps = self._storing.end(unstored)
        except NotStored as failure:
            for step in (*reversed(unstored), *reversed(failure.steps)):
                self._enqueue(step.file, front=True)
            self._one_by_one([step.file for step in failure.steps])
            return False
        if steps:
            self._stored(steps)
        return True

    def _one_by_one(self, files: Sequence[Tracked]) -> None:
        """Read on in files of which one cannot be stored, and give that one up."""
        for file in files:
            step = self._step(file)
            if step is None:
                continue
            self._storing.begin([step], behind=False)
            try:
                self._stored(self._storing.end())
            except NotStored as failure:
                self._give_up(file, step.before, failure)

    def _stored(self, steps: Sequence[Step]) -> None:
        reads = [step.read for step in steps]
        for path in self._configs.affected(self._names, reads):
            self._enqueue(self.tracked[path], front=False)
        self._rates.append((time.monotonic(), sum(read.batch.lines for read in reads)))
        now = time.monotonic()
        if self.activity.complete:
            self._grew.update((read.row.path, now) for read in reads if read.row.is_log and read.batch.lines)
        newest = max((read.row.mtime for read in reads if read.batch.lines), default=None)
        if newest is not None and self.activity.complete:
            self.activity = replace(self.activity, lag_s=max(0.0, time.time() - newest))
        self._changed()

    def _changed(self) -> None:
        """A commit changed what can be asked."""
        self._count()
        self.activity = replace(self.activity, revision=self.activity.revision + 1)
        self.refresh_rate()

    def _count(self) -> None:
        files = self.tracked.values()
        self.activity = replace(
            self.activity,
            files=sum(file.row.is_log for file in files),
            others=sum(not file.row.is_log and file.row.kind != "config" for file in files),
            lines=sum(file.row.lines for file in files),
            rejected=sum(file.memory.rejected for file in files),
            backlog=sum(file.unread for file in self._queue),
        )

    def _check_processes(self) -> bool:
        self._settle()
        gone = mark_crashed(self._cursor)
        files = {file.row.file: file for file in self.tracked.values()} if gone else {}
        for number, run in gone:
            reader = files[number].reader if number in files else None
            if reader is not None and run in reader.shares:
                reader.shares[run].crashed = True
        if gone:
            self._changed()
        return False

    def _fall_back(self, error: duckdb.Error) -> None:
        """The index fails (a full disk, a damaged file): go on in memory, from the files."""
        old = self.index
        self.notice(old.failed(error))
        self._cursor.close()
        self._storing.close()
        self._tail.close()
        self._close_files()
        self.index = Index.in_memory()
        self._queue.clear()
        self._queued.clear()
        self._walked = False
        self._begin()
        old.close()
        self._changed()

    def _is_gone(self, file: Tracked, elsewhere: Collection[tuple[int, int]]) -> bool:
        """Whether the file is no more, or is found `elsewhere` (by device and inode), though what held it is there: not
        when all of it is out of reach."""
        if not self._tree.is_there or self._tree.is_away(file.row.path):
            return False
        try:
            stat = file.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return (stat.st_dev, stat.st_ino) in elsewhere

    def _tell_absent(self) -> None:
        """Say what is out of reach, as long as it is."""
        absent = [] if self._tree.is_there else [f"{self.root} is gone{_SHOWING}"]
        absent += [f"{folder} is not mounted{_SHOWING}" for folder in self._tree.away()]
        others = tuple(notice for notice in self.activity.notices if not notice.endswith(_SHOWING))
        notices = (*others, *absent)[-_NOTICES:]
        if notices != self.activity.notices:
            self.activity = replace(self.activity, notices=notices)
            self._changed()


def _unreadable(file: Tracked, before: Tracked, error: OSError) -> Step | None:
    """A file that was never read and cannot be; what was read of a file before is kept."""
    if file.row.state or isinstance(error, FileNotFoundError):
        return None
    file.row.kind = "unreadable"
    file.row.state = file.memory.to_json()
    reason = f"cannot be read: {error.strerror or type(error).__name__}"
    return Step(file, before, Read(file.row, Batch(rejected=[Rejected(0, 0, reason)])))


def _key(relative: str) -> str:
    """A path below the root as the index names it; bytes that are no UTF-8 are written out."""
    return relative.encode("utf-8", "backslashreplace").decode()
