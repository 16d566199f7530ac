"""Documents: annotations and settings, small files that are read whole each time that they changed."""

from __future__ import annotations

from pathlib import PurePosixPath

from labtop.store.index.slice import Read
from labtop.store.ingest.source import opened
from labtop.store.ingest.tracked import Tracked
from labtop.store.read.annotation_lines import LARGEST, read_annotations
from labtop.store.read.batch import Batch, Rejected, SaidEvent
from labtop.store.read.declared_goals import read_goals
from labtop.store.read.settings_files import Unreadable


def read_document(file: Tracked, root_name: str) -> Read:
    """All that the file says, in the place of what it said before. Raises OSError."""
    batch = _settings(file) if file.row.kind == "settings" else _annotations(file, root_name)
    file.memory = file.memory._replace(rejected=len(batch.rejected))
    file.row.state = file.memory.to_json()
    return Read(file.row, batch, replaces=True)


def _annotations(file: Tracked, root_name: str) -> Batch:
    with opened(file.path) as source:
        data = source.read(0, min(source.length, LARGEST))
        file.looked(source.stat, len(data))
        is_cut = source.length > LARGEST
    holder = PurePosixPath() if file.relative.is_absolute() else file.relative.parent.parent
    found = read_annotations(data, holder, root_name)
    row = file.row
    row.position, row.lines, row.events, row.skipped = found.used, found.lines, found.events, found.skipped
    if is_cut:
        found.rejected.append(Rejected(found.lines + 1, found.used, f"beyond {LARGEST >> 20} MB: the rest is left out"))
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
