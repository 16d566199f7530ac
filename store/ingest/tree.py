"""Tree: what stands below the root, kept in memory, so that a look asks the disk only about what may have changed."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from typing import Literal

from labtop.store.ingest.pace import COSTLY, LOOK_S, Pace, is_restless
from labtop.store.read.annotation_files import folder_of_user
from labtop.store.read.walk import DEEPEST, Entry, is_candidate, is_entered, list_folder, walk

_SMALL = 100  # files in a folder that are all asked about when something happened in it
_Kind = Literal["folder", "file", "nothing"]


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate that was looked at. `relative` is its path below the root, the name of a root that is a file."""

    path: str
    relative: str
    stat: os.stat_result


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look gave: the files that it asked about, and whether any came or went since the last (`moved`)."""

    files: list[Found]
    moved: bool


@dataclass(slots=True)
class _Listing:
    """What a folder held. `again`: it must be listed; `due`: when it will be in any case; `device`: where it was when
    it last held something; `away`: it is empty now, and elsewhere."""

    entries: tuple[Entry, ...] = ()
    again: bool = True
    at: float = 0.0
    took: float = 0.0
    due: float = 0.0
    device: int | None = None
    away: bool = False


@dataclass(slots=True)
class _Node:
    """A path and what stood there, links followed. `changed`: when it was last seen to; `due`: when it is looked at
    again; `taken`: the candidate that stands there is known by this path; `listing`: of a folder that is entered."""

    path: str
    kind: _Kind = "nothing"
    key: tuple[int, int] = (0, 0)
    mark: tuple[int, int] = (0, 0)
    changed: float = 0.0
    due: float = 0.0
    taken: bool = False
    listing: _Listing | None = None


class Tree:
    """The candidates below `root`, each once, by the rules of `walk`.

    A folder is listed when its times changed, and now and then without cause. Files that changed lately are looked at
    every time, others the more seldom the longer they have been quiet. `clock` is never set back; `wall` is the clock
    of file times. Used by one thread.
    """

    def __init__(
        self, root: Path, *, clock: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time
    ) -> None:
        self._root = root
        self._clock = clock
        self._wall = wall
        self._pace = Pace()
        self._nodes: dict[str, _Node] = {}
        self._recent: dict[str, _Node] = {}
        self._waiting: list[tuple[float, int, _Node]] = []
        self._count = count()
        self._met: dict[str, None] = {}
        self._fresh: dict[str, os.stat_result] = {}
        self._now = clock()
        self._looked = False
        self._moved = False
        self._folders = 0
        self._listing_s = 0.0
        self.known("")

    def look(self, *, everything: bool = False) -> Seen:
        """Ask about what is due by now, or about everything."""
        self._now = self._clock()
        self._fresh = {}
        self._moved = not self._looked
        due, self._recent = self._recent, {}
        if everything:
            due = self._nodes.copy()
            self._waiting.clear()
        for node in due.values():
            self._update(node, everything=everything)
        while self._waiting and self._waiting[0][0] <= self._now and self._clock() - self._now < LOOK_S:
            when, _, node = heappop(self._waiting)
            if node.due == when:
                self._update(node)
        if self._moved:
            self._walk()
        self._looked = True
        taken = (each for each in self._fresh.items() if each[0] in self._nodes and self._nodes[each[0]].taken)
        return Seen([Found(self._place(path), self._named(path), status) for path, status in taken], self._moved)

    def candidates(self) -> Iterator[str]:
        """The path of every candidate below the root, as of the last look."""
        return (self._named(path) for path, node in self._nodes.items() if node.taken)

    def stir(self, path: str) -> None:
        """The file at this path changes: look at it every time for a while."""
        node = self._nodes.get(path)
        if node is not None:
            node.changed = self._clock()
            self._wait(node, 0.0)

    def touch(self, path: str) -> bool:
        """Something happened at this path: look there the next time. False when it does not matter."""
        if self._nodes[""].kind == "file":
            return path == self._root.name
        folder, _, name = path.rpartition("/")
        above = folder.split("/") if folder else []
        if len(above) > DEEPEST or not all(map(is_entered, above)):
            return False
        node = self._nodes.get(path)
        if node is not None:
            self._wait(node, 0.0)
        elif not is_candidate(name, folder) and not (is_entered(name) and Path(self._place(path)).is_dir()):
            return False
        while folder and folder not in self._nodes:
            folder = folder.rpartition("/")[0]
        node = self._nodes[folder]
        self._wait(node, 0.0)
        if node.listing is not None:
            node.listing.again = True
        return True

    @property
    def is_there(self) -> bool:
        """Whether the root was there at the last look."""
        return self._nodes[""].kind != "nothing"

    def is_away(self, path: str) -> bool:
        """Whether the file system that held this path is not mounted now."""
        while path:
            path = path.rpartition("/")[0]
            node = self._nodes.get(path)
            if node is not None and node.listing is not None and node.listing.away:
                return True
        return False

    def away(self) -> list[str]:
        """The folders in which a file system is not mounted now that was before."""
        nodes = self._nodes.values()
        return [self._place(node.path) for node in nodes if node.listing is not None and node.listing.away]

    def known(self, path: str) -> _Node:
        """What stands there, as of this look or an earlier one."""
        self._met[path] = None
        node = self._nodes.get(path)
        if node is None:
            node = self._nodes[path] = _Node(path)
            self._update(node)
        return node

    def entries(self, folder: str) -> tuple[Entry, ...]:
        """What a folder holds, as of this look or an earlier one."""
        node = self._nodes[folder]
        if node.listing is None:
            node.listing = _Listing()
            self._list(node, node.listing, self._wall() - node.mark[0] / 1e9)
        return node.listing.entries

    def _walk(self) -> None:
        """Find out again which paths are candidates, from what is known."""
        self._met = {"": None}
        kind = self._nodes[""].kind
        taken = set(walk(self, self._above())) if kind == "folder" else {""} if kind == "file" else set()
        self._nodes = {path: self._nodes[path] for path in self._met}
        for path, node in self._nodes.items():
            if path in taken and not node.taken and path not in self._fresh:
                self._update(node)
            node.taken = path in taken
        listings = [node.listing.took for node in self._nodes.values() if node.listing is not None]
        self._folders, self._listing_s = len(listings), sum(listings)

    def _above(self) -> set[tuple[int, int]]:
        """The folders that hold the root; and the one that holds what the user says of runs, which is no log."""
        passed_over = {_told(_status(folder_of_user()))[1]}
        try:
            return passed_over | {_told(folder.stat())[1] for folder in self._root.resolve().parents}
        except OSError:
            return passed_over

    def _update(self, node: _Node, *, everything: bool = False) -> None:
        """Ask what stands at the path now, and list a folder that may hold something else."""
        if self._nodes.get(node.path) is not node:
            return
        status = _status(Path(self._place(node.path)))
        kind, key, mark, mtime = _told(status)
        age = self._wall() - mtime
        changed = (kind, key, mark) != (node.kind, node.key, node.mark)
        if changed:
            node.changed = self._now if self._looked else self._now - max(0.0, age)
        another = (kind, key) != (node.kind, node.key)
        self._moved = self._moved or another
        node.kind, node.key, node.mark = kind, key, mark
        if status is not None and kind == "file":
            self._fresh[node.path] = status
        listing = node.listing
        if kind == "folder" and listing is not None:
            listing.again = listing.again or changed or listing.due <= self._now
            rested = listing.at + COSTLY * listing.took <= self._now
            if everything or another or (listing.again and rested):
                self._list(node, listing, age)
                if changed and len(listing.entries) <= _SMALL:
                    self._ask_within(node)
        self._wait(node, self._pause(node))

    def _ask_within(self, folder: _Node) -> None:
        """Ask about what a folder that changed holds: a file may be another now under the same number, a folder another
        one behind a link of the same name."""
        for entry in folder.listing.entries if folder.listing is not None else ():
            node = self._nodes.get(_below(folder.path, entry.name))
            if node is not None:
                self._update(node)

    def _list(self, node: _Node, listing: _Listing, age: float) -> None:
        """List a folder whose time is so old; what is new in it is asked about when it is met."""
        place, before = self._place(node.path), listing.entries
        began = self._clock()
        try:
            listing.entries = list_folder(place)
            listing.again = is_restless(age, self._now - node.changed)
            if listing.entries:
                listing.device = node.key[0]
            listing.away = listing.device not in (None, node.key[0]) and _is_empty(place)
        except OSError:
            listing.entries, listing.again = (), True
        listing.at, listing.took = self._now, self._clock() - began
        listing.due = self._now + self._pace.listing(self._listing_s)
        different = set(before).symmetric_difference(listing.entries)
        for entry in different:
            self._nodes.pop(_below(node.path, entry.name), None)
        self._moved = self._moved or bool(different)

    def _wait(self, node: _Node, pause: float) -> None:
        """Look at the node again after this pause; without one, every time."""
        node.due = self._now + pause if pause else 0.0
        if pause:
            heappush(self._waiting, (node.due, next(self._count), node))
        else:
            self._recent[node.path] = node

    def _pause(self, node: _Node) -> float:
        quiet = self._now - node.changed
        if node.kind != "folder" and node.path:
            return self._pace.file(quiet)
        if not node.path or (node.listing is not None and node.listing.again):
            return 0.0
        return self._pace.folder(quiet, self._folders)

    def _place(self, path: str) -> str:
        return _below(str(self._root), path) if path else str(self._root)

    def _named(self, path: str) -> str:
        return path or self._root.name


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (OSError, ValueError):
        return None


def _told(status: os.stat_result | None) -> tuple[_Kind, tuple[int, int], tuple[int, int], float]:
    """What stands there, which it is, what is different when it changes, and when it did."""
    if status is None:
        return "nothing", (0, 0), (0, 0), 0.0
    key = status.st_dev, status.st_ino
    if stat.S_ISDIR(status.st_mode):
        return "folder", key, (status.st_mtime_ns, status.st_ctime_ns), status.st_mtime
    if stat.S_ISREG(status.st_mode):
        return "file", key, (status.st_mtime_ns, status.st_size), status.st_mtime
    return "nothing", key, (0, 0), 0.0


def _is_empty(folder: str) -> bool:
    return next(Path(folder).iterdir(), None) is None


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
