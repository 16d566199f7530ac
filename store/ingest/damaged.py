"""Damaged: files that are not whole, and what is told of them: written anew and not done, or packed and cut off."""

from __future__ import annotations

import time
from typing import Final

from labtop.store.index.slice import Read
from labtop.store.ingest.source import Source
from labtop.store.ingest.tracked import Tracked
from labtop.store.read.batch import Batch, Rejected
from labtop.store.read.dialects.dialect import Broken
from labtop.store.read.dialects.registry import document_of, is_begun, is_rewritten

LARGEST_DOCUMENT = 1 << 28
"""Bytes of a document that are read."""

HELD: Final = "empty or half written: what was read of it before is shown"
"""Why a file is rejected whose last state is kept."""

_PATIENCE_S = 10.0  # a table that is half written for longer, and grows, is appended to in blocks


class Unfinished(OSError):
    """The file is being written anew, or that ended too soon: what it gave before holds until there is a whole one."""


def is_half_written(before: Tracked, now: Tracked, source: Source) -> bool:
    """Whether the file, which is another one than it was and not a document any more or a table, holds too little to
    take the place of what it gave `before`."""
    if not is_rewritten(before.row.kind) or not before.row.events:
        return False
    if not now.row.is_log and not now.settled:
        return True
    document = document_of(before.row.kind)
    if document is not None:
        return not now.row.is_log and _breaks_off(before, source)
    cut_off = source.length > 0 and _last_byte(source) != b"\n"
    if not now.row.is_log:
        return cut_off or is_begun(before.row.kind, _read(source))
    is_less = source.length < before.row.position and not before.memory.unfinished
    return now.row.kind == before.row.kind and cut_off and is_less and not _is_appended_to(now)


def _breaks_off(before: Tracked, source: Source) -> bool:
    document = document_of(before.row.kind)
    assert document is not None
    try:
        document.objects(_read(source))
    except Broken:
        return True
    except ValueError:
        return False
    return False


def _read(source: Source) -> bytes:
    return source.read(0, LARGEST_DOCUMENT)


def _last_byte(source: Source) -> bytes:
    return source.read(source.length - 1, 1)


def _is_appended_to(file: Tracked) -> bool:
    return file.held_since is not None and time.monotonic() - file.held_since > _PATIENCE_S


def hold(file: Tracked, before: Tracked) -> Read | None:
    """Let what the file gave before hold; tell it once nobody writes any more. None when there is nothing to store."""
    row, settled = file.row, file.settled
    seen = row.size, row.mtime, row.inode, row.device
    file.restore(before.copy())
    file.held_since = file.held_since or time.monotonic()
    if not settled:
        return None
    row, file.settled = file.row, True
    row.size, row.mtime, row.inode, row.device = seen
    batch = Batch()
    if not file.memory.broken:
        batch.rejected.append(Rejected(1, 0, HELD))
        file.memory = file.memory._replace(broken=True, rejected=file.memory.rejected + 1)
    row.state = file.memory.to_json()
    return Read(row, batch)


def tell_damage(file: Tracked, read: Read | None) -> Read | None:
    """What the last stretch of a packed file gave, and that not all could be unpacked: once, and where somebody may
    still write the file only when it is quiet."""
    memory = file.memory
    if memory.damage is None or memory.told:
        return read
    if not file.row.is_log and file.row.kind != "undecided":
        file.memory = memory._replace(damage=None)
        return read
    is_numbered = file.relative.with_suffix("").suffix[1:].isdigit()  # by rotation: nobody writes it any more
    if not (file.settled or memory.damage.is_final or is_numbered):
        return read
    read = read or Read(file.row)
    read.batch.rejected.append(Rejected(0, memory.damage.at, memory.damage.reason))
    file.memory = memory._replace(told=True, rejected=memory.rejected + 1)
    file.row.state = file.memory.to_json()
    return read
