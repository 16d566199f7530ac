"""Tail: the next stretch of a file, from the byte where the last one ended."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable
from typing import BinaryIO

from labtop.store.index.write import Read
from labtop.store.ingest.tracked import Tracked
from labtop.store.model import Floats
from labtop.store.read.batch import Batch
from labtop.store.read.headers import HEAD_LINES, header_lines
from labtop.store.read.judge import judge
from labtop.store.read.lines import parse, split
from labtop.store.read.reader import Reader
from labtop.store.read.share import Share
from labtop.store.read.times import Arrival, fill_times

STRETCH = 4 << 20  # bytes read at a time
_HEAD = 64 << 10  # bytes by which content is judged, where they hold a whole line
_LONG_HEAD = 1 << 20
_PRINT = 1024  # bytes of the checksum that tells a file rewritten in place
_QUIET_S = 2.0  # a last line without a newline is taken when its file has been quiet for so long


class Tail:
    """Reads stretches. `metric` numbers a metric, `load` brings back what a file said earlier, by run id."""

    def __init__(self, root_name: str, metric: Callable[[str], int], load: Callable[[int], dict[str, Share]]) -> None:
        self._root_name = root_name
        self._metric = metric
        self._load = load

    def advance(self, tracked: Tracked) -> Read | None:
        """Read the next stretch of the file, at most `STRETCH` bytes or one line; None when there is nothing to store.

        Raises OSError when the file cannot be read.
        """
        with tracked.path.open("rb") as file:
            stat = os.fstat(file.fileno())
            row = tracked.row
            had_rows = row.position > 0
            replaced = had_rows and self._was_replaced(tracked, file, stat)
            grew = stat.st_size > row.size or replaced
            tracked.looked(stat)
            if replaced:
                tracked.restart()
                tracked.reader, row.kind = None, "undecided"
            if row.kind != "jsonl" or row.lines < HEAD_LINES:
                head = self._head(file)
                if row.kind != "jsonl" and not self._judge(tracked, head):
                    return self._packed(tracked, Read(row, replaces=replaced))
                headers = header_lines(head)
                if headers != tracked.headers:
                    replaced = replaced or had_rows
                    tracked.restart()
                    tracked.headers, tracked.reader = headers, None
            reader = tracked.reader or self._reader(tracked)
            tracked.reader = reader
            read = self._stretch(tracked, reader, file, STRETCH)
            if reader.revised:
                tracked.restart()
                tracked.reader = reader.again()
                read = self._stretch(tracked, tracked.reader, file, max(STRETCH, row.size))
                replaced = had_rows
            read.replaces = replaced
            if grew or read.batch.lines or replaced:
                return self._packed(tracked, read)
        return None

    def _packed(self, tracked: Tracked, read: Read) -> Read:
        tracked.pack()
        return read

    def _was_replaced(self, tracked: Tracked, file: BinaryIO, stat: os.stat_result) -> bool:
        """Whether the bytes read so far are no longer the beginning of the file."""
        row = tracked.row
        if stat.st_ino != row.inode or stat.st_dev != row.device or stat.st_size < row.position:
            return True
        if zlib.crc32(file.read(tracked.head_size)) != tracked.head_crc:
            return True
        if not tracked.unfinished or stat.st_size == row.position:
            return False
        file.seek(row.position)
        if file.read(1) != b"\n":
            return True
        tracked.unfinished = False
        row.position += 1
        return False

    def _head(self, file: BinaryIO) -> bytes:
        file.seek(0)
        head = file.read(_HEAD)
        return head if b"\n" in head else head + file.read(_LONG_HEAD - len(head))

    def _judge(self, tracked: Tracked, head: bytes) -> bool:
        """Whether the content is a log; remembers it."""
        row = tracked.row
        verdict = judge(head, whole=self._quiet(tracked) and len(head) == row.size)
        row.kind = verdict
        return verdict == "jsonl"

    def _quiet(self, tracked: Tracked) -> bool:
        return time.time() - tracked.row.mtime > _QUIET_S

    def _reader(self, tracked: Tracked) -> Reader:
        shares = self._load(tracked.row.file) if tracked.row.position else {}
        return Reader(tracked.relative, self._root_name, self._metric, headers=tracked.headers, shares=shares)

    def _stretch(self, tracked: Tracked, reader: Reader, file: BinaryIO, limit: int) -> Read:
        """Read on from the offset; moves it."""
        row = tracked.row
        file.seek(row.position)
        data = file.read(limit)
        lines, used = split(data)
        while not used and len(data) >= limit and (more := file.read(limit)):
            data += more
            lines, used = split(data)
        rest = data[used:]
        at_end = row.position + len(data) >= row.size
        if rest and at_end and self._quiet(tracked) and parse(rest).objects:
            lines.append(rest)
            used += len(rest)
            tracked.unfinished = True
        batch = reader.read(lines, row.lines + 1, row.position)
        row.position += used
        row.lines += batch.lines
        row.events += batch.events
        row.skipped += batch.skipped
        tracked.head_size = min(_PRINT, row.position)
        file.seek(0)
        tracked.head_crc = zlib.crc32(file.read(tracked.head_size))
        read = Read(row, batch, self._fill(tracked, batch, used))
        tracked.live = tracked.live or at_end
        return read

    def _fill(self, tracked: Tracked, batch: Batch, used: int) -> dict[str, Floats]:
        """The times of the lines, and when each run was heard of."""
        row = tracked.row
        now = time.time() if tracked.live else row.mtime
        left = (row.size - row.position) * batch.lines / used if used else 0.0
        arrival = Arrival(now, tracked.live, row.lines, row.position / row.size if row.size else 1.0, left)
        for share in batch.shares.values():
            share.heard = now
            share.grown = share.grown or tracked.live
        return {run: fill_times(rows, batch.shares[run], arrival) for run, rows in batch.rows.items()}
