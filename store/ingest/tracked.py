"""Tracked: one file that is followed, and what is remembered of it between two looks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
import orjson

from labtop.store.index.write import FileRow
from labtop.store.read.reader import Reader

_LOAD = """
select file, path, kind, device, inode, size, mtime, position, lines, events, skipped, state from files order by file
"""


@dataclass(slots=True)
class Tracked:
    """A file below the root. `row` is what the index holds of it, or will with the next transaction.

    `head_crc` is a checksum of its first `head_size` bytes: a file rewritten in place is noticed by it. `unfinished`:
    the last line was taken without a newline. `live`: this process has read it to its end, so that new lines are new.
    """

    row: FileRow
    path: Path
    headers: frozenset[int] = frozenset()
    head_size: int = 0
    head_crc: int = 0
    unfinished: bool = False
    live: bool = False
    reader: Reader | None = None

    @property
    def relative(self) -> PurePosixPath:
        """The path below the root."""
        return PurePosixPath(self.row.path)

    def differs(self, stat: os.stat_result) -> bool:
        """Whether the file changed since it was last looked at, or was not read to its end then."""
        row = self.row
        changed = stat.st_size != row.size or stat.st_mtime != row.mtime or stat.st_ino != row.inode
        return changed or (row.kind == "jsonl" and row.position < row.size)

    def looked(self, stat: os.stat_result) -> None:
        """Remember how the file was when it was looked at."""
        row = self.row
        row.size, row.mtime, row.inode, row.device = stat.st_size, stat.st_mtime, stat.st_ino, stat.st_dev

    def restart(self) -> None:
        """Forget what was read: the next stretch begins at the start of the file."""
        row = self.row
        row.position = row.lines = row.events = row.skipped = 0
        self.unfinished = False

    def pack(self) -> None:
        """Put what is remembered into the row."""
        memory = {
            "headers": sorted(self.headers),
            "head_size": self.head_size,
            "head_crc": self.head_crc,
            "unfinished": self.unfinished,
        }
        self.row.state = orjson.dumps(memory).decode()


def load_tracked(cursor: duckdb.DuckDBPyConnection, root: Path) -> dict[str, Tracked]:
    """The files that the index knows, by path."""
    found = {}
    for values in cursor.execute(_LOAD).fetchall():
        row = FileRow(*values)
        memory: dict[str, Any] = orjson.loads(row.state)
        headers = frozenset(memory.pop("headers", ()))
        found[row.path] = Tracked(row, root / row.path, headers, **memory)
    return found
