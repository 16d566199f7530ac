"""Documents: files beside the logs that speak of runs. Settings are read whole each time that they changed, annotations
from where they were read before."""

from __future__ import annotations

import zlib
from pathlib import PurePosixPath
from typing import Final

from labtop.store.index.slice import Read
from labtop.store.ingest.source import Source, opened
from labtop.store.ingest.tracked import Tracked
from labtop.store.read.annotation_lines import LARGEST, read_annotations
from labtop.store.read.batch import Batch, Rejected, SaidEvent
from labtop.store.read.declared_goals import read_goals
from labtop.store.read.settings_files import Unreadable

_PART: Final = 1 << 20  # bytes of a checksum that are in memory at once


def read_document(file: Tracked, root_name: str) -> Read:
    """What was appended to a file of annotations; of any other change all that the file says, in the place of what it
    said before. Raises OSError."""
    goes_on = False
    if file.row.kind == "settings":
        file.restart()
        batch = _settings(file)
    else:
        with opened(file.path) as source:
            goes_on = _goes_on(file, source)
            if not goes_on:
                file.restart()
                file.memory = file.memory._replace(head_crc=0, print_size=0, length=0)
            batch = _annotations(file, source, root_name)
    file.memory = file.memory._replace(rejected=file.memory.rejected + len(batch.rejected))
    file.row.state = file.memory.to_json()
    return Read(file.row, batch, replaces=not goes_on)


def _goes_on(file: Tracked, source: Source) -> bool:
    """Whether all that was read still stands there, in whole lines. What a person changed in its middle counts too: so
    the checksum is that of all of it, which takes a millisecond a megabyte."""
    position = file.row.position
    if not 0 < position <= source.length or (position < LARGEST and source.read(position - 1, 1) != b"\n"):
        return False
    if file.memory.length > LARGEST >= source.length:  # that a rest was left out holds no longer
        return False
    crc = 0
    for begin in range(0, position, _PART):
        crc = zlib.crc32(source.read(begin, min(_PART, position - begin)), crc)
    return crc == file.memory.head_crc


def _annotations(file: Tracked, source: Source, root_name: str) -> Batch:
    """What stands behind that which was read; moves the offset."""
    row, memory = file.row, file.memory
    data = source.read(row.position, min(source.length, LARGEST) - row.position)
    holder = PurePosixPath() if file.relative.is_absolute() else file.relative.parent.parent
    found = read_annotations(data, holder, root_name, lines_before=row.lines, position=row.position)
    crc = zlib.crc32(memoryview(data)[: found.used], memory.head_crc)
    row.position += found.used
    row.lines += found.lines
    row.events += found.events
    row.skipped += found.skipped
    if source.length > LARGEST >= memory.length:
        found.rejected.append(Rejected(row.lines + 1, row.position, f"beyond {LARGEST >> 20} MB: the rest is left out"))
    file.memory = memory._replace(print_size=row.position, head_crc=crc)
    file.looked(source.stat, source.length)
    return Batch(said=found.said, rejected=found.rejected)


def _settings(file: Tracked) -> Batch:
    file.looked(file.path.stat())  # before: what is written meanwhile is a change
    try:
        goals, others = read_goals(file.path)
    except Unreadable as error:
        return Batch(rejected=[Rejected(1, 0, str(error))])
    return Batch(
        said=[SaidEvent("", 1, None, "metric", name, {"name": name, "goal": goal}) for name, goal in goals.items()],
        rejected=[Rejected(1, 0, why) for why in others],
    )
