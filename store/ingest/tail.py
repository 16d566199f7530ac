"""Tail: the next stretch of a file, from the byte where the last one ended."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

from labtop.store.index.slice import Read
from labtop.store.ingest.tracked import Tracked
from labtop.store.model import Floats
from labtop.store.read.batch import Batch
from labtop.store.read.headers import HEAD_LINES, header_lines
from labtop.store.read.judge import HEAD_BYTES, judge
from labtop.store.read.lines import parse, split
from labtop.store.read.reader import Reader
from labtop.store.read.share import Share
from labtop.store.read.times import Arrival, fill_times

STRETCH = 4 << 20  # bytes read at a time
_HEAD = 64 << 10  # bytes by which content is judged, where they hold a whole line
_PRINT = 1024  # bytes of the checksums that tell a file rewritten in place
_QUIET_S = 2.0  # a last line without a newline is taken when its file has been quiet for so long


Load = Callable[[int], tuple[dict[str, Share], list[str]]]


class Tail:
    """Reads stretches. `metric` numbers a metric, `load` brings back what a file said earlier: its shares by run id,
    and the metrics in it."""

    def __init__(self, root_name: str, metric: Callable[[str], int], load: Load) -> None:
        self._root_name = root_name
        self._metric = metric
        self._load = load

    def advance(self, tracked: Tracked) -> Read | None:
        """Read the next stretch of the file, at most `STRETCH` bytes or one line; None when there is nothing to store.

        Raises OSError when the file cannot be read; then `tracked` may have changed and the rows are lost.
        """
        with tracked.path.open("rb") as file:
            stat = os.fstat(file.fileno())
            row = tracked.row
            had_rows = row.position > 0
            replaced = had_rows and _was_replaced(tracked, file, stat)
            grew = stat.st_size > row.size
            tracked.looked(stat)
            tracked.settled = _is_quiet(tracked)
            before = row.kind
            if replaced:
                tracked.restart()
                tracked.reader, row.kind = None, "undecided"
            if row.kind != "jsonl" or row.lines <= HEAD_LINES:
                head = _head(file)
                if row.kind != "jsonl":
                    row.kind = judge(head, whole=tracked.settled and len(head) == row.size)
                if row.kind != "jsonl":
                    telling = replaced or row.kind != before or not row.state
                    return _packed(tracked, Read(row, replaces=replaced)) if telling else None
                replaced = self._behead(tracked, header_lines(head)) or replaced
            read, revised = self._read(tracked, file)
            read.replaces = had_rows and (replaced or revised)
            tracked.live = tracked.live or row.position >= row.size or not read.batch.lines
            return _packed(tracked, read) if grew or read.batch.lines or read.replaces else None

    def _behead(self, tracked: Tracked, headers: frozenset[int]) -> bool:
        """Take these lines for headers; whether the file must be read from its start for that."""
        if headers == tracked.memory.headers:
            return False
        tracked.reader = self._reader(tracked).again(headers)
        tracked.restart()
        tracked.memory = replace(tracked.memory, headers=headers)
        return True

    def _read(self, tracked: Tracked, file: BinaryIO) -> tuple[Read, bool]:
        """Read on; whether that was from the start, because the lines showed earlier ones to be placed wrongly."""
        reader = tracked.reader = self._reader(tracked)
        read = _stretch(tracked, reader, file, STRETCH)
        revised = False
        while reader.revised:
            revised = True
            reached = tracked.row.position
            tracked.restart()
            reader = tracked.reader = reader.again()
            read = _stretch(tracked, reader, file, reached)
        _fingerprint(tracked, file)
        return read, revised

    def _reader(self, tracked: Tracked) -> Reader:
        if tracked.reader is not None:
            return tracked.reader
        shares, metrics = self._load(tracked.row.file) if tracked.row.position else ({}, [])
        headers = tracked.memory.headers
        return Reader(tracked.relative, self._root_name, self._metric, headers=headers, shares=shares, metrics=metrics)


def _packed(tracked: Tracked, read: Read) -> Read:
    """Put what is remembered into the row."""
    tracked.row.state = tracked.memory.to_json()
    return read


def _is_quiet(tracked: Tracked) -> bool:
    """Whether nobody wrote for a while; a file server's clock may be ahead of ours."""
    return abs(time.time() - tracked.row.mtime) > _QUIET_S


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(_HEAD)
    return head if b"\n" in head else head + file.read(HEAD_BYTES - len(head))


def _was_replaced(tracked: Tracked, file: BinaryIO, stat: os.stat_result) -> bool:
    """Whether the bytes read so far are no longer the beginning of the file."""
    row, memory = tracked.row, tracked.memory
    if stat.st_ino != row.inode or stat.st_dev != row.device or stat.st_size < row.position:
        return True
    if _crcs(file, row.position, memory.print_size) != (memory.head_crc, memory.foot_crc):
        return True
    if not memory.unfinished or stat.st_size == row.position:
        return False
    file.seek(row.position)
    if file.read(1) != b"\n":
        return True
    tracked.memory = replace(memory, unfinished=False)
    row.position += 1
    return False


def _crcs(file: BinaryIO, position: int, size: int) -> tuple[int, int]:
    """Checksums of the first and the last `size` of the bytes before `position`."""
    file.seek(0)
    head = zlib.crc32(file.read(size))
    file.seek(position - size)
    return head, zlib.crc32(file.read(size))


def _fingerprint(tracked: Tracked, file: BinaryIO) -> None:
    position = tracked.row.position
    size = min(_PRINT, position)
    head, foot = _crcs(file, position, size)
    tracked.memory = replace(tracked.memory, print_size=size, head_crc=head, foot_crc=foot)


def _stretch(tracked: Tracked, reader: Reader, file: BinaryIO, limit: int) -> Read:
    """Read on from the offset, not beyond the size that was looked at; moves the offset."""
    row = tracked.row
    file.seek(row.position)
    left = row.size - row.position
    data = file.read(min(limit, left))
    lines, used = split(data)
    while not used and len(data) < left and (more := file.read(min(limit, left - len(data)))):
        data += more
        lines, used = split(data)
    rest = data[used:]
    if rest and len(data) == left and tracked.settled:
        last = parse(rest)
        if last.objects and last.reason is None:
            lines.append(rest)
            used += len(rest)
            tracked.memory = replace(tracked.memory, unfinished=True)
    batch = reader.read(lines, row.lines + 1, row.position)
    row.position += used
    row.lines += batch.lines
    row.events += batch.events
    row.skipped += batch.skipped
    tracked.memory = replace(tracked.memory, rejected=tracked.memory.rejected + len(batch.rejected))
    return Read(row, batch, _fill(tracked, reader, batch, used))


def _fill(tracked: Tracked, reader: Reader, batch: Batch, used: int) -> dict[str, Floats]:
    """The times of the lines, and when each run was heard of."""
    row = tracked.row
    now = time.time() if tracked.live else row.mtime
    left = (row.size - row.position) * batch.lines / used if used else 0.0
    tailing = tracked.live and not reader.rereads
    reader.rereads = False
    arrival = Arrival(now, tailing, row.lines, row.position / row.size if row.size else 1.0, left)
    times = {run: fill_times(rows, batch.shares[run], arrival) for run, rows in batch.rows.items()}
    for share in batch.shares.values():
        share.heard = now
        share.grown = share.grown or tracked.live
    return times
