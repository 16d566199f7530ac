"""Ingest: the files below a root into the index, in slices, live ones before backlog."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

from labtop.store.index.files import OF_DATA, Index, is_damage
from labtop.store.ingest.look import Look
from labtop.store.ingest.progress import Progress
from labtop.store.ingest.reading import Reading
from labtop.store.ingest.tracked import Tracked
from labtop.store.model import Activity


class Ingest:
    """Reads files and writes the index; everything here belongs to one thread at a time.

    `index` may be exchanged for one in memory when the disk fails under it: then all files are read again. No file
    stops the others: one that cannot be read or stored is named in a notice and left alone until it changes.
    """

    def __init__(self, root: Path, index: Index) -> None:
        self.root = root
        self.index = index
        self._base = root if root.is_dir() else root.parent
        self._progress = Progress()
        self._look = Look(root, self._base, self._progress)
        self._doubted: Index | None = None
        try:
            self._reading = self._begun()
        except duckdb.Error as error:
            if not (isinstance(error, OF_DATA) or is_damage(error, index.path)):
                raise
            self.index = index.renewed()
            self._reading = self._begun()
        if self.index.notice is not None:
            self.notice(self.index.notice)

    def _begun(self) -> Reading:
        """Take up what the index holds."""
        return Reading(self.index, self._base, self._progress)

    @property
    def activity(self) -> Activity:
        """What goes on (from any thread)."""
        return self._progress.activity

    @activity.setter
    def activity(self, activity: Activity) -> None:
        self._progress.activity = activity

    @property
    def tracked(self) -> dict[str, Tracked]:
        """The files that are followed, by path below the root."""
        return self._reading.files.tracked

    @property
    def has_work(self) -> bool:
        """Whether anything is queued to be read."""
        return bool(self._reading.files.waiting)

    def catch_up(self) -> None:
        """Look at everything and read what is new. Raises duckdb.Error when not even an index in memory holds it."""
        self.look(everything=True)
        while self.slice():
            pass
        self.check_processes()
        self._progress.update(complete=True)

    def close(self) -> None:
        """Let what is being stored end, and let go of the index."""
        self._reading.close()
        self.index.close()

    def look(self, *, everything: bool = False) -> None:
        """Look at what is due, or at everything: queue what changed, newest first, and forget what is gone."""
        self._guarded(lambda: self._look.look(self._reading, everything=everything))

    def slice(self) -> bool:
        """Read and commit for a short while; False when nothing is left to read."""
        self._guarded(self._reading.slice)
        return self.has_work

    def check_processes(self) -> None:
        """Mark the runs whose process is gone."""
        self._guarded(self._reading.check_processes)

    def touched(self, paths: Iterable[str]) -> bool:
        """Look at these files at once; whether something else may be there, so that a look is due."""
        return self._look.touched(self._reading.files, paths)

    def growing(self) -> list[str]:
        """The paths of files that grew just now."""
        return self._progress.growing(self.tracked)

    def doubt(self, index: Index) -> None:
        """A query found the index damaged (from any thread): it will be exchanged."""
        self._doubted = index

    def notice(self, text: str, about: str = "\n") -> None:
        """Let the user know; replaces what was said before with the same beginning."""
        self._progress.notice(text, about)

    def withdraw(self, about: str) -> None:
        """What was said with this beginning holds no longer."""
        self._progress.withdraw(about)

    def refresh_rate(self) -> None:
        """Bring lines per second up to date."""
        self._progress.refresh_rate()

    def _guarded(self, work: Callable[[], object]) -> None:
        """Do the work; where the index fails, exchange it and begin again."""
        try:
            if self._doubted is self.index:
                raise duckdb.IOException("could not read the index")
            work()
        except duckdb.Error as error:
            if self.index.path is None:
                raise
            self._fall_back(error)
            self._look.look(self._reading, everything=True)

    def _fall_back(self, error: duckdb.Error) -> None:
        """The index fails (a full disk, a damaged file): go on in memory, from the files."""
        old = self.index
        self.notice(old.failed(error))
        self._reading.close()
        self.index = Index.in_memory()
        self._look.begin()
        self._reading = self._begun()
        old.close()
        self._reading.changed()
