"""Tail: the next stretch of a file, from the byte where the last one ended."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable

from labtop.store.index.slice import Read
from labtop.store.ingest.damaged import LARGEST_DOCUMENT, Unfinished, is_half_written, tell_damage
from labtop.store.ingest.json_numbers import JsonNumbers
from labtop.store.ingest.source import Source, is_packed, opened, unpacked
from labtop.store.ingest.tracked import Tracked
from labtop.store.model import Floats
from labtop.store.read.alike import LEAST_BYTES
from labtop.store.read.batch import Batch, Rejected
from labtop.store.read.dialects.dialect import HEAD_BYTES, Broken, DocumentDialect
from labtop.store.read.dialects.registry import NO_LOG, document_of, judge, lines_of, rank_of
from labtop.store.read.headers import HEAD_LINES, header_lines
from labtop.store.read.lines import split
from labtop.store.read.reader import Reader
from labtop.store.read.share import Share
from labtop.store.read.times import Arrival, fill_times

STRETCH = 4 << 20  # bytes read at a time
FIRST = 64 << 10  # of a file that is read for the first time: all runs are to be seen soon
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
        self._numbers = JsonNumbers()

    def close(self) -> None:
        """Let go of what is open besides the files."""
        self._numbers.close()

    def advance(self, tracked: Tracked, before: Tracked) -> Read | None:
        """Read the next stretch of the file, some bytes or one line; None when there is nothing to store. `before` is a
        copy of how it stands.

        Raises OSError when the file cannot be read, Unfinished when it is not whole and what it gave before is to hold;
        then `tracked` may have changed and the rows are lost.
        """
        if not is_packed(tracked.path):
            with opened(tracked.path) as source:
                return self._advance(tracked, before, source)
        changed = tracked.unpacked is None or tracked.has_changed(tracked.path.stat())
        if changed:
            tracked.close()
            tracked.unpacked, damage = unpacked(tracked.path)
            tracked.memory = tracked.memory._replace(damage=damage)
        assert tracked.unpacked is not None
        read = self._advance(tracked, before, tracked.unpacked)
        if tracked.unread and read is not None and read.batch.lines:
            return read
        tracked.close()
        return tell_damage(tracked, read)

    def _advance(self, tracked: Tracked, before: Tracked, source: Source) -> Read | None:
        row, stat = tracked.row, source.stat
        was_unreadable = row.kind == "unreadable"
        had_rows = row.position > 0 or was_unreadable or tracked.memory.told
        stale = was_unreadable or tracked.memory.broken or (tracked.memory.told and tracked.has_changed(stat))
        replaced = had_rows and (stale or document_of(row.kind) is not None or _was_replaced(tracked, source))
        resized = stat.st_size != row.size
        tracked.looked(stat, source.length)
        tracked.settled = _is_quiet(tracked)
        if replaced:
            tracked.restart()
            tracked.reader, row.kind = None, "undecided"
        if not row.is_log or row.lines <= HEAD_LINES:
            head = _head(source)
            replaced = self._judge(tracked, head, len(head) == source.length) or replaced
            if replaced and is_half_written(before, tracked, source):
                raise Unfinished
            if not row.is_log:
                telling = replaced or row.kind != before.row.kind or not row.state
                return _packed(tracked, Read(row, replaces=replaced)) if telling else None
            replaced = self._behead(tracked, head) or replaced
        document = document_of(row.kind)
        if document is not None:
            return self._read_document(tracked, source, document, gave=before.row.events > 0)
        read, revised = self._read(tracked, source)
        read.replaces = had_rows and (replaced or revised)
        tracked.live = tracked.live or not tracked.unread or not read.batch.lines
        return _packed(tracked, read) if resized or not row.state or read.batch.lines or read.replaces else None

    def _judge(self, tracked: Tracked, head: bytes, is_all: bool) -> bool:
        """Take the file for what its beginning says; whether what was read of it was taken for something else."""
        row = tracked.row
        kind = judge(head, whole=tracked.settled and is_all)
        if kind == row.kind or (row.is_log and kind in NO_LOG):
            return False
        was_log = row.is_log
        row.kind, row.rank = kind, rank_of(kind, tracked.relative)
        if was_log:
            tracked.restart()
            tracked.reader = None
        return was_log

    def _behead(self, tracked: Tracked, head: bytes) -> bool:
        """Take lines for headers; whether the file must be read from its start for that."""
        if document_of(tracked.row.kind) is not None:
            return False
        headers = header_lines(head) if lines_of(tracked.row.kind).has_headers else frozenset()
        if headers == tracked.memory.headers:
            return False
        if tracked.reader is not None or tracked.row.position:
            tracked.reader = self._reader(tracked, head).again(headers)
        tracked.restart()
        tracked.memory = tracked.memory._replace(headers=headers)
        return True

    def _read(self, tracked: Tracked, source: Source) -> tuple[Read, bool]:
        """Read on; whether that was from the start, because the lines showed earlier ones to be placed wrongly."""
        reader = tracked.reader = tracked.reader or self._reader(tracked, _head(source))
        goes_on = tracked.row.position > 0
        read = _stretch(tracked, reader, source, STRETCH if goes_on else FIRST)
        revised = False
        while reader.revised:
            revised = True
            reached = tracked.row.position
            tracked.restart()
            reader = tracked.reader = reader.again()
            read = _stretch(tracked, reader, source, reached)
        _fingerprint(tracked, source, same_head=goes_on)
        return read, revised

    def _read_document(self, tracked: Tracked, source: Source, dialect: DocumentDialect, *, gave: bool) -> Read | None:
        """Read a document whole; what the one before it `gave` holds as long as it is broken."""
        row = tracked.row
        data = source.read(0, LARGEST_DOCUMENT)
        row.position = source.length
        try:
            objects = dialect.objects(data)
        except ValueError as error:
            if not tracked.settled or (gave and isinstance(error, Broken)):
                raise Unfinished from error
            batch = Batch(rejected=[Rejected(1, 0, str(error))])
            _count(tracked, None, batch)
            return _packed(tracked, Read(row, batch, replaces=True))
        reader = Reader(tracked.relative, self._root_name, self._metric)
        batch = reader.read_objects(objects)
        while reader.revised:
            reader = reader.again()
            batch = reader.read_objects(objects)
        _count(tracked, reader, batch)
        read = Read(row, batch, _fill(tracked, reader, batch, len(data)), replaces=True)
        tracked.live = True
        return _packed(tracked, read)

    def _reader(self, tracked: Tracked, head: bytes) -> Reader:
        """A reader that takes up what the index knows."""
        if tracked.reader is not None:
            return tracked.reader
        shares, metrics = self._load(tracked.row.file) if tracked.row.position else ({}, [])
        dialect = lines_of(tracked.row.kind)
        return Reader(
            tracked.relative,
            self._root_name,
            self._metric,
            parse=dialect.parser(head),
            numbers=self._numbers,
            line_is_run=dialect.line_is_run,
            headers=tracked.memory.headers,
            shares=shares,
            metrics=metrics,
        )


def _packed(tracked: Tracked, read: Read) -> Read:
    """Put what is remembered into the row."""
    tracked.row.state = tracked.memory.to_json()
    return read


def _is_quiet(tracked: Tracked) -> bool:
    """Whether nobody wrote for a while; a file server's clock may be ahead of ours."""
    return abs(time.time() - tracked.row.mtime) > _QUIET_S


def _head(source: Source) -> bytes:
    head = source.read(0, _HEAD)
    return head if b"\n" in head else source.read(0, HEAD_BYTES)


def _was_replaced(tracked: Tracked, source: Source) -> bool:
    """Whether the bytes read so far are no longer the beginning of the file."""
    row, memory, stat = tracked.row, tracked.memory, source.stat
    if stat.st_ino != row.inode or stat.st_dev != row.device or source.length < row.position:
        return True
    if _head_crc(source, memory.print_size) != memory.head_crc:
        return True
    if _foot_crc(source, row.position, memory.print_size) != memory.foot_crc:
        return True
    if not memory.unfinished or source.length == row.position:
        return False
    if source.read(row.position, 1) != b"\n":
        return True
    tracked.memory = memory._replace(unfinished=False)
    row.position += 1
    return False


def _head_crc(source: Source, size: int) -> int:
    """The checksum of the first `size` bytes."""
    return zlib.crc32(source.read(0, size))


def _foot_crc(source: Source, position: int, size: int) -> int:
    """The checksum of the last `size` of the bytes before `position`."""
    return zlib.crc32(source.read(position - size, size))


def _fingerprint(tracked: Tracked, source: Source, *, same_head: bool) -> None:
    """Take the checksums of what was read; `same_head`: that of its beginning was compared just now."""
    position, memory = tracked.row.position, tracked.memory
    size = min(_PRINT, position)
    foot = _foot_crc(source, position, size)
    head = memory.head_crc if same_head and size == memory.print_size else _head_crc(source, size)
    tracked.memory = memory._replace(print_size=size, head_crc=head, foot_crc=foot)


def _stretch(tracked: Tracked, reader: Reader, source: Source, limit: int) -> Read:
    """Read on from the offset, not beyond the size that was looked at; moves the offset."""
    row = tracked.row
    left = source.length - row.position
    data = source.read(row.position, min(limit, left))
    used = data.rfind(b"\n") + 1
    batch = reader.read_alike(data[:used], row.lines + 1) if used >= LEAST_BYTES else None
    if batch is not None:
        return _moved(tracked, reader, batch, used)
    lines, used = split(data)
    while not used and len(data) < left:
        more = source.read(row.position + len(data), min(limit, left - len(data)))
        if not more:
            break
        data += more
        lines, used = split(data)
    rest = data[used:]
    if rest and len(data) == left and tracked.settled:
        last = reader.parse(rest)
        if last.objects and last.reason is None:
            lines.append(rest)
            used += len(rest)
            tracked.memory = tracked.memory._replace(unfinished=True)
    return _moved(tracked, reader, reader.read(lines, row.lines + 1, row.position), used)


def _moved(tracked: Tracked, reader: Reader, batch: Batch, used: int) -> Read:
    """What a stretch of so many bytes gave; moves the offset."""
    tracked.row.position += used
    _count(tracked, reader, batch)
    return Read(tracked.row, batch, _fill(tracked, reader, batch, used))


def _count(tracked: Tracked, reader: Reader | None, batch: Batch) -> None:
    row, left_out = tracked.row, 0 if reader is None else reader.left_out
    row.lines += batch.lines
    row.events += batch.events
    row.skipped += batch.skipped
    memory = tracked.memory
    if batch.rejected or left_out != memory.left_out:
        tracked.memory = memory._replace(rejected=memory.rejected + len(batch.rejected), left_out=left_out)


def _fill(tracked: Tracked, reader: Reader, batch: Batch, used: int) -> dict[str, Floats]:
    """The times of the lines, and when each run was heard of."""
    row = tracked.row
    now = time.time() if tracked.live else row.mtime
    length = tracked.memory.length
    left = (length - row.position) * batch.lines / used if used else 0.0
    tailing = tracked.live and not reader.rereads
    reader.rereads = False
    arrival = Arrival(now, tailing, row.lines, row.position / length if length else 1.0, left)
    times = {run: fill_times(rows, batch.shares[run], arrival) for run, rows in batch.rows.items()}
    for share in batch.shares.values():
        share.heard = now
        share.grown = share.grown or tracked.live
    return times
