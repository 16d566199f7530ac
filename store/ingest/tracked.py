"""Tracked: one file that is followed, and what is remembered of it between two looks."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from operator import attrgetter
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import duckdb
import orjson

from labtop.store.index.slice import FileRow
from labtop.store.ingest.source import Damage, Unpacked, is_packed
from labtop.store.read.identity import file_identity
from labtop.store.read.reader import Reader

_LOAD = """
select file, path, kind, rank, device, inode, size, mtime, position, lines, events, skipped, state
from files order by file
"""
_values = attrgetter(*(each.name for each in fields(FileRow)))


class Memory(NamedTuple):
    """What is remembered of a file beside its row, and stored as the row's state.

    `head_crc` and `foot_crc` are checksums of the first and the last `print_size` of the bytes read: a file rewritten
    in place is noticed by them, unless it differs between these parts alone. Of annotations `head_crc` is that of all
    bytes read. `unfinished`: the last line was taken without a newline. `length`: how many bytes there are to read,
    unpacked. `left_out`: how many values are not kept,
    because there are too many metrics. `broken`: the file was written anew since, and that is not whole: what is
    remembered is how it was before. `damage` of a packed file, and whether it was `told`.
    """

    headers: frozenset[int] = frozenset()
    print_size: int = 0
    head_crc: int = 0
    foot_crc: int = 0
    unfinished: bool = False
    rejected: int = 0
    length: int = 0
    left_out: int = 0
    broken: bool = False
    damage: Damage | None = None
    told: bool = False

    def to_json(self) -> str:
        """Plain values."""
        values = self._asdict()
        values["headers"], values["damage"] = sorted(self.headers), self.damage and list(self.damage)
        return orjson.dumps(values).decode()

    @classmethod
    def from_json(cls, text: str) -> Memory:
        """The inverse of `to_json`."""
        values: dict[str, Any] = orjson.loads(text)
        damage = values.get("damage")
        values["damage"] = damage and Damage(*damage)
        return cls(**values | {"headers": frozenset(values.get("headers", ()))})


@dataclass(slots=True)
class Tracked:
    """A file below the root. `row` is what the index holds of it, or will with the next transaction.

    `live`: this process has read it to its end, so that new lines are new. `settled`: it was looked at when nobody had
    written to it for a while, so that a half line at its end will stay one. `failed` is its size and mtime when
    reading it went wrong: it is left alone until it changes. `held_since`: when, by the monotonic clock, it was first
    found to be written anew and not whole.
    """

    row: FileRow
    path: Path
    memory: Memory = field(default_factory=Memory)
    live: bool = False
    settled: bool = False
    failed: tuple[int, float] | None = None
    held_since: float | None = None
    reader: Reader | None = None
    unpacked: Unpacked | None = None

    @property
    def unread(self) -> int:
        """Bytes to read, as far as is known."""
        if self.memory.broken:
            return 0
        length = self.memory.length if is_packed(self.path) else self.row.size
        return max(0, length - self.row.position) if self.row.is_log or self.row.kind == "undecided" else 0

    @property
    def relative(self) -> PurePosixPath:
        """The path below the root."""
        return PurePosixPath(self.row.path)

    def differs(self, stat: os.stat_result) -> bool:
        """Whether the file changed since it was last looked at, or was not read to its end then."""
        if self.has_failed(stat):
            return False
        if self.has_changed(stat) or self.row.kind == "unreadable":
            return True
        untold = self.memory.damage is not None and not self.memory.told
        return not self.settled and (self.unread > 0 or untold)

    def has_failed(self, stat: os.stat_result) -> bool:
        """Whether reading it went wrong, and it has not changed since."""
        return self.failed == (stat.st_size, stat.st_mtime)

    @property
    def inode(self) -> tuple[int, int]:
        """Device and inode."""
        return self.row.device, self.row.inode

    def is_now(self, path: str) -> bool:
        """Whether this log stands at `path` now: under the name of a rotated part of the same run, and no longer under
        its own."""
        new = PurePosixPath(path)
        if new.parent != self.relative.parent or file_identity(new, "") != file_identity(self.relative, ""):
            return False
        try:
            stat = self.path.stat()
        except OSError:
            return True
        return (stat.st_dev, stat.st_ino) != self.inode

    def found_at(self, path: str) -> None:
        """Remember where it lies, as the system names it."""
        if path != str(self.path):
            self.path = Path(path)

    def has_changed(self, stat: os.stat_result) -> bool:
        """Whether the file is not as it was when it was last looked at."""
        row = self.row
        return stat.st_size != row.size or stat.st_mtime != row.mtime or stat.st_ino != row.inode

    def looked(self, stat: os.stat_result, length: int = 0) -> None:
        """Remember how the file was when it was looked at; `length` is that of its bytes, unpacked."""
        row = self.row
        row.size, row.mtime, row.inode, row.device = stat.st_size, stat.st_mtime, stat.st_ino, stat.st_dev
        self.memory = self.memory._replace(length=length)

    def close(self) -> None:
        """Let go of what was unpacked."""
        if self.unpacked is not None:
            self.unpacked.close()
            self.unpacked = None

    def restart(self) -> None:
        """Forget what was read: the next stretch begins at the start of the file."""
        row = self.row
        row.position = row.lines = row.events = row.skipped = 0
        self.memory = self.memory._replace(unfinished=False, rejected=0, left_out=0, broken=False, told=False)

    def copy(self) -> Tracked:
        """How it stands now; its reader, which goes on, is not part of that."""
        row = FileRow(*_values(self.row))
        return Tracked(row, self.path, self.memory, self.live, self.settled, self.failed, self.held_since)

    def restore(self, before: Tracked) -> None:
        """Go back to how it stood: what was read since is lost, and the index is asked again what it said before."""
        self.close()
        self.row, self.memory, self.reader = before.row, before.memory, None
        self.live, self.settled = before.live, before.settled


def load_tracked(cursor: duckdb.DuckDBPyConnection, root: Path) -> dict[str, Tracked]:
    """The files that the index knows, by path."""
    found = {}
    for values in cursor.execute(_LOAD).fetchall():
        row = FileRow(*values)
        found[row.path] = Tracked(row, root / row.path, Memory.from_json(row.state))
    return found
