"""Reading: the files that one index knows, read on in slices, and what they gave stored."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from labtop.store.index.files import Index
from labtop.store.index.names import Names
from labtop.store.index.shares import load_metrics, load_shares
from labtop.store.index.write import forget_files, rename_file
from labtop.store.ingest.configs import Configs
from labtop.store.ingest.crashed import crashed, mark
from labtop.store.ingest.files import Files
from labtop.store.ingest.progress import Progress
from labtop.store.ingest.steps import Steps
from labtop.store.ingest.storing import NotStored, Step, Storing
from labtop.store.ingest.tail import Tail
from labtop.store.ingest.tracked import Tracked, load_tracked
from labtop.store.ingest.tree import Found

_SLICE_S = 0.15  # how long files are read before what they gave is committed
_BACKLOG_SLICE_S = 0.2  # the same for a backlog: larger batches are stored faster


class Reading:
    """Takes up what the index holds, of files below the folder `base`, and reads on what is queued in `files`. All that
    it does raises duckdb.Error when the index fails."""

    def __init__(self, index: Index, base: Path, progress: Progress) -> None:
        self._index = index
        cursor = self._cursor = index.cursor()
        self._progress = progress
        self._names = Names(cursor)
        self._storing = Storing(index, self._names)
        self.files = Files(load_tracked(cursor, base))
        self._configs = Configs(cursor, self.files.tracked.values())
        for path in self._configs.behind(cursor):
            self.files.enqueue(self.files.tracked[path], front=False)
        for file in self.files.tracked.values():
            if file.row.kind == "settings" and file.memory.rejected:
                self.files.enqueue(file, front=False)  # what is wrong with it is to be said
        root_name = base.resolve().name
        self._tail = Tail(
            root_name,
            self._names.metric,
            lambda file: (load_shares(cursor, file), load_metrics(cursor, file)),
        )
        self._steps = Steps(self._tail, self._configs, progress, root_name)
        self.count()
        for file in self.files.tracked.values():
            self._steps.tell_left_out(file)

    def close(self) -> None:
        """Let what is being stored end, and let go of all files."""
        self._cursor.close()
        self._storing.close()
        self._tail.close()
        self.files.close()

    def slice(self) -> bool:
        """Read for a while, and store what that gave while the next slice is read; False when nothing is left."""
        steps = self._read_on()
        if self._settle(steps) and steps:
            self._storing.begin(steps, behind=bool(self.files.waiting))
        if not self.files.waiting:
            self._settle()
            self._storing.rest()
            self._tail.close()
            self.count()
            self._progress.update(backlog=0)
        return bool(self.files.waiting)

    def rename(self, file: Tracked, path: str, found: Found) -> None:
        """The file has another name now."""
        self._settle()
        with self._index.writing():
            rename_file(self._cursor, file.row.file, path)
        self._steps.withdraw(file)
        self.files.rename(file, path, found)
        self.changed()

    def forget(self, gone: Sequence[Tracked]) -> None:
        """These files are no more."""
        self._settle()
        with self._index.writing():
            forget_files(self._cursor, [file.row.file for file in gone])
        for file in gone:
            self._configs.forget(file.row.path)
            self._steps.withdraw(file)
        self.files.forget(gone)
        self.changed()

    def check_processes(self) -> None:
        """Mark the runs whose process is gone."""
        self._settle()
        gone = crashed(self._cursor)
        if not gone:
            return
        with self._index.writing():
            mark(self._cursor, gone)
        files = {file.row.file: file for file in self.files.tracked.values()}
        for each in gone:
            reader = files[each.file].reader if each.file in files else None
            if reader is not None and each.id in reader.shares:
                reader.shares[each.id].crashed = True
        self.changed()

    def count(self) -> None:
        """Tell how many files there are, and how much of them was read."""
        self._progress.count(self.files.tracked.values(), self.files.waiting)

    def changed(self) -> None:
        """Tell that a commit changed what can be asked."""
        self.count()
        self._progress.revise()

    def _read_on(self) -> list[Step]:
        steps: list[Step] = []
        live = self._progress.activity.complete or not self._progress.has_rate
        deadline = time.monotonic() + (_SLICE_S if live else _BACKLOG_SLICE_S)
        while self.files.waiting and time.monotonic() < deadline:
            file = self.files.take()
            try:
                step = self._steps.step(file)
            except BaseException:
                self._take_back(steps, file)
                raise
            if step is not None:
                steps.append(step)
        unread = [step for step in steps if step.file.row.is_log and step.file.unread and step.read.batch.lines]
        # All files are begun before one is read on: so all runs are seen soon.
        for step in unread:
            if not step.before.row.position:
                self.files.enqueue(step.file, front=False)
        for step in reversed(unread):
            self.files.enqueue(step.file, front=True)
        return steps

    def _take_back(self, steps: Sequence[Step], failed: Tracked) -> None:
        """A file `failed` and stands as before; these, which were read since the last slice, are to be read again."""
        for step in reversed(steps):
            step.file.restore(step.before)
        for file in (failed, *(step.file for step in reversed(steps))):
            self.files.enqueue(file, front=True)
        self._settle()  # what a file gave before is asked of the index

    def _settle(self, unstored: Sequence[Step] = ()) -> bool:
        """Wait for the slice that is being stored; whether what was read since is still good. Where it is not, these
        files and those of the slice are to be read again, also when the disk is to blame."""
        steps = self._storing.steps
        try:
            self._storing.end(unstored)
        except BaseException as failure:
            for step in (*reversed(unstored), *reversed(steps)):
                self.files.enqueue(step.file, front=True)
            if not isinstance(failure, NotStored):
                raise
            self._one_by_one([step.file for step in steps])
            return False
        if steps:
            self._stored(steps)
        return True

    def _one_by_one(self, files: Sequence[Tracked]) -> None:
        """Read on in files of which one cannot be stored, and give that one up."""
        for file in files:
            step = self._steps.step(file)
            if step is None:
                continue
            at = file.row.size, file.row.mtime
            self._storing.begin([step], behind=False)
            try:
                self._storing.end()
                self._stored([step])
            except NotStored as failure:
                self._steps.give_up(file, step.before, failure, at=at)

    def _stored(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if step.file.failed == step.before.failed:  # else it was given up since, for what comes behind
                self._steps.withdraw(step.file)
        reads = [step.read for step in steps]
        for path in self._configs.affected(self._names, reads):
            self.files.enqueue(self.files.tracked[path], front=False)
        self._progress.stored(reads)
        self.changed()
