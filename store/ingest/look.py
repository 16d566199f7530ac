"""Look: what changed below the root since the last look, to be read, renamed or forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from labtop.store.ingest.aside import Aside
from labtop.store.ingest.files import Files
from labtop.store.ingest.progress import Progress
from labtop.store.ingest.reading import Reading
from labtop.store.ingest.tracked import Tracked
from labtop.store.ingest.tree import Found, Tree
from labtop.store.read.walk import is_being_packed

_SHOWING = ": showing what was read of it"


class Look:
    """Looks at the tree below `root` for a reading, which may be exchanged for another."""

    def __init__(self, root: Path, base: Path, progress: Progress) -> None:
        self._root = root
        self._above = str(base).rstrip("/") + "/"
        self._tree = Tree(root)
        self._aside = Aside(base)
        self._progress = progress
        self._walked = False

    def begin(self) -> None:
        """Take nothing for seen, for a reading that begins anew."""
        self._walked = False

    def look(self, reading: Reading, *, everything: bool) -> None:
        """Look at what is due, or at everything: queue what changed, newest first, and forget what is gone."""
        files, seen = reading.files, self._tree.look(everything=everything)
        changed = []
        beside, came_or_went = self._aside.look()
        for path, found in {_key(found.relative): found for found in (*seen.files, *beside)}.items():
            file = files.tracked.get(path)
            if file is not None and not file.differs(found.stat):
                file.found_at(found.path)
                file.live = True
            else:
                changed.append((path, found))
        _follow_renamed(reading, changed)
        changed.sort(key=lambda named: named[1].stat.st_mtime)
        for path, found in changed:
            files.enqueue(files.track(path, found, walked=self._walked), front=True)
        if changed and not self._progress.activity.complete:
            reading.count()
        if seen.moved or came_or_went:
            self._forget_gone(reading)
            self._tell_absent(reading)
        self._walked = True

    def touched(self, files: Files, paths: Iterable[str]) -> bool:
        """Look at these files at once; whether something else may be there, so that a look is due."""
        unknown = False
        for path in paths:
            if not path.startswith(self._above):
                unknown = True
                continue
            relative = path[len(self._above) :]
            file = files.tracked.get(_key(relative))
            try:
                if file is not None and file.differs(file.path.stat()):
                    files.enqueue(file, front=True)
                    self._tree.stir(relative)
            except OSError:
                file = None
            unknown = (file is None and (relative in self._aside or self._tree.touch(relative))) or unknown
        return unknown

    def _forget_gone(self, reading: Reading) -> None:
        tracked = reading.files.tracked
        there = {_key(path) for path in (*self._tree.candidates(), *self._aside.there)}
        absent = [file for path, file in tracked.items() if path not in there]
        if not absent:
            return
        elsewhere = {file.inode for path, file in tracked.items() if path in there}
        gone = [file for file in absent if self._is_gone(file, elsewhere) or is_being_packed(file.row.path, there)]
        if gone:
            reading.forget(gone)

    def _is_gone(self, file: Tracked, elsewhere: Collection[tuple[int, int]]) -> bool:
        """Whether the file is no more, or is found `elsewhere` (by device and inode), though what held it is there: not
        when all of it is out of reach."""
        if not self._tree.is_there or self._tree.is_away(file.row.path):
            return False
        if file.relative.is_absolute() and file.row.path not in self._aside:
            return True  # the user's folders are others now
        try:
            stat = file.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return (stat.st_dev, stat.st_ino) in elsewhere

    def _tell_absent(self, reading: Reading) -> None:
        """Say what is out of reach, as long as it is."""
        absent = [] if self._tree.is_there else [f"{self._root} is gone{_SHOWING}"]
        absent += [f"{folder} is not mounted{_SHOWING}" for folder in self._tree.away()]
        if self._progress.renew(_SHOWING, absent):
            reading.changed()


def _follow_renamed(reading: Reading, changed: Sequence[tuple[str, Found]]) -> None:
    """A log that rotation gave another name goes on under that: nothing of it is read again."""
    tracked = reading.files.tracked
    new = [(path, found) for path, found in changed if path not in tracked]
    known = {file.inode: file for file in tracked.values()} if new else {}
    for path, found in new:
        file = known.get((found.stat.st_dev, found.stat.st_ino))
        if file is not None and file.row.position and file.is_now(path):
            reading.rename(file, path, found)


def _key(relative: str) -> str:
    """A path below the root as the index names it; bytes that are no UTF-8 are written out."""
    return relative.encode("utf-8", "backslashreplace").decode()
