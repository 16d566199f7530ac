"""Storing: what was read into the index, one slice behind the other, while the next one is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import duckdb

from labtop.store.index.files import OF_DATA, Index
from labtop.store.index.names import Names
from labtop.store.index.slice import Read, Slice, slice_of
from labtop.store.index.write import write
from labtop.store.ingest.tracked import Tracked


@dataclass(frozen=True, slots=True)
class Step:
    """What reading on in a file gave, and how the file stood before."""

    file: Tracked
    before: Tracked
    read: Read


class NotStored(Exception):
    """A slice could not be stored, for what one of its files holds; the files stand where they stood before it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error) or type(error).__name__)


class _Pending(NamedTuple):
    steps: Sequence[Step]
    slice: Slice | None  # none where it could not be made
    stored: Future[None]


class Storing:
    """Stores slices with a cursor of its own, at most one at a time."""

    def __init__(self, index: Index, names: Names) -> None:
        self._index = index
        self._cursor = index.writing_cursor()
        self._names = names
        self._thread: ThreadPoolExecutor | None = None
        self._pending: _Pending | None = None

    def begin(self, steps: Sequence[Step], *, behind: bool) -> None:
        """Store what these steps gave: `behind` what is read next, or at once. What fails is told by `end`."""
        try:
            new = slice_of(self._names, [step.read for step in steps])
        except Exception as error:
            self._pending = _Pending(steps, None, _failed(error))
            return
        if behind and self._thread is None:
            self._index.spare_cores(True)
            self._thread = ThreadPoolExecutor(1, "labtop-store")
        self._pending = _Pending(steps, new, _done(self._thread, lambda: self._write(new)))

    def _write(self, new: Slice) -> None:
        with self._index.writing():
            write(self._cursor, new)

    @property
    def steps(self) -> Sequence[Step]:
        """What the slice that was begun is of; nothing where none was."""
        return () if self._pending is None else self._pending.steps

    def end(self, unstored: Sequence[Step] = ()) -> None:
        """Wait for the slice that was begun, if one was.

        Where it fails, its files and those that were read on since (`unstored`) stand as before it: raises duckdb.Error
        when the disk is to blame, else NotStored. Where waiting is interrupted, it can be waited for again.
        """
        pending = self._pending
        if pending is None:
            return
        try:
            pending.stored.result()
        except Exception as error:
            self._pending = None
            if pending.slice is not None:
                self._names.give_back(pending.slice.names)
            for step in reversed((*pending.steps, *unstored)):
                step.file.restore(step.before)
            if isinstance(error, duckdb.Error) and not isinstance(error, OF_DATA):
                raise
            raise NotStored(error) from error
        except BaseException:
            for step in reversed(unstored):
                step.file.restore(step.before)
            raise
        self._pending = None

    def rest(self) -> None:
        """End the thread, once nothing is left to read."""
        if self._thread is not None:
            self._end_thread()
            self._index.spare_cores(False)

    def close(self) -> None:
        """Let what is being stored end. The index may have failed, so nothing more is asked of it."""
        self._end_thread()
        self._cursor.close()

    def _end_thread(self) -> None:
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None


def _done(thread: Executor | None, work: Callable[[], None]) -> Future[None]:
    """The work, begun in the thread, or, where there is none, done."""
    if thread is not None:
        return thread.submit(work)
    try:
        work()
    except Exception as error:
        return _failed(error)
    future: Future[None] = Future()
    future.set_result(None)
    return future


def _failed(error: Exception) -> Future[None]:
    future: Future[None] = Future()
    future.set_exception(error)
    return future
