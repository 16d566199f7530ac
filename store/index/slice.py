"""Slice: what one commit stores, as plain rows and columns. Files may be read on while it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

import numpy as np

from labtop.store.index.names import Names, NewNames
from labtop.store.index.points import Columns, Contribution
from labtop.store.index.rows import Row, as_json
from labtop.store.index.shares import ShareRows
from labtop.store.model import Floats
from labtop.store.read.batch import Batch, SaidEvent
from labtop.store.read.dialects.registry import BESIDE_LOGS, NO_LOG
from labtop.store.read.own_events import ANNOTATIONS, KEPT, opinion_of

_TOLD = KEPT - ANNOTATIONS


@dataclass(slots=True)
class FileRow:
    """One row of the table `files`, explained in schema.sql."""

    file: int
    path: str
    kind: str
    rank: int = 0
    device: int = 0
    inode: int = 0
    size: int = 0
    mtime: float = 0.0
    position: int = 0
    lines: int = 0
    events: int = 0
    skipped: int = 0
    state: str = ""  # empty: not stored yet

    @property
    def is_log(self) -> bool:
        """Whether it was taken for one."""
        return self.kind not in NO_LOG


FILE_TYPES: dict[str, type[np.generic]] = {
    "file": np.int32,
    "path": np.object_,
    "kind": np.object_,
    "rank": np.uint8,
    "device": np.uint64,
    "inode": np.uint64,
    "size": np.uint64,
    "mtime": np.float64,
    "position": np.uint64,
    "lines": np.uint64,
    "events": np.uint64,
    "skipped": np.uint64,
    "state": np.object_,
}
"""The columns of the table `files`."""


def file_columns(rows: Sequence[FileRow]) -> Columns:
    """These rows as columns."""
    return {name: np.array([getattr(row, name) for row in rows], kind) for name, kind in FILE_TYPES.items()}


@dataclass(slots=True)
class Read:
    """What reading a stretch of one file gave. `times` are the times of the lines of `batch.rows`, by run id.

    `replaces`: what the file gave before is forgotten first. `configs`: parameters of a config file, by run number.
    """

    row: FileRow
    batch: Batch = field(default_factory=Batch)
    times: dict[str, Floats] = field(default_factory=dict)
    replaces: bool = False
    configs: list[tuple[int, str, object]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Slice:
    """All that a few reads gave. `replaced` are logs of which everything is forgotten first, `beside` other files that
    speak of runs; `rewritten` the (run, file) of which a resume wrote steps again; `declared` what `metric` events and
    settings said, as rows."""

    files: list[FileRow]
    replaced: list[int]
    beside: list[int]
    names: NewNames
    points: list[Contribution]
    rewritten: set[tuple[int, int]]
    shares: ShareRows
    params: list[Row]
    events: list[Row]
    rejected: list[Row]
    declared: list[Row]
    annotations: list[Row]


def slice_of(names: Names, reads: Sequence[Read]) -> Slice:
    """The slice of these reads as they are now. Its new names count as stored, unless they are given back."""
    shares = ShareRows()
    points: list[Contribution] = []
    for read in reads:
        file, batch = read.row.file, read.batch
        for run, share in batch.shares.items():
            shares.add(names.run(run), file, share)
        points += [Contribution(names.run(run), file, rows, read.times[run]) for run, rows in batch.rows.items()]
    said = [(read, event) for read in reads for event in read.batch.said]
    annotations = [pair for pair in said if pair[1].event in ANNOTATIONS]
    return Slice(
        files=[replace(read.row) for read in reads],
        replaced=[read.row.file for read in reads if read.replaces and read.row.kind not in BESIDE_LOGS],
        beside=[read.row.file for read in reads if read.replaces and read.row.kind in BESIDE_LOGS],
        points=points,
        rewritten={(names.run(run), read.row.file) for read in reads for run in read.batch.rewritten},
        shares=shares,
        params=[row for read in reads for row in _params(names, read)],
        events=[_event(names, read, event) for read, event in said if event.event in _TOLD],
        rejected=[(read.row.file, bad.line, bad.position, bad.reason) for read in reads for bad in read.batch.rejected],
        annotations=[_annotation(names, read, event, part) for part, (read, event) in enumerate(annotations)],
        declared=[_declared(read, event) for read, event in said if event.event == "metric"],
        names=names.take_new(),
    )


def _params(names: Names, read: Read) -> list[Row]:
    """What is said twice in a line, which may hold two objects, counts as it was said last."""
    file = read.row.file
    said = {(p.run, p.line, p.key, p.source): p.value for p in read.batch.params}
    rows: list[Row] = [
        (names.run(run), file, line, key, as_json(value), source) for (run, line, key, source), value in said.items()
    ]
    near = _nearness(PurePosixPath(read.row.path)) if read.configs else 0
    return rows + [(run, file, near, key, as_json(value), "config") for run, key, value in read.configs]


def _nearness(config: PurePosixPath) -> int:
    """A number that orders the configs of a run, the highest counts: the deepest is the nearest to the log, what lies
    in `.hydra` comes before what lies beside that, and then the names of configs go by their letters."""
    hidden = config.parent.name == ".hydra"
    letters = int.from_bytes((config.stem[:2] + config.suffix[1:3]).encode()[:4].ljust(4, b"\0"))
    return (min(len(config.parts) - hidden, 255) << 33) | ((not hidden) << 32) | letters


def _event(names: Names, read: Read, event: SaidEvent) -> Row:
    run = names.run(event.run)
    return run, read.row.file, event.line, event.time, event.event, event.text, as_json(event.data)


def _annotation(names: Names, read: Read, event: SaidEvent, part: int) -> Row:
    """What a person says of a run. Only the run's own file makes it one; who else names it may be first."""
    own = read.row.kind != "annotations"
    opinion = opinion_of(event.event, event.data)
    return (
        names.run(event.run) if own else names.known_run(event.run),
        event.run,
        read.row.file,
        event.line,
        part,
        own,
        event.time,
        event.event,
        event.text,
        as_json(event.data),
        opinion.added,
        opinion.removed,
        opinion.hidden,
        opinion.verdict,
    )


def _declared(read: Read, event: SaidEvent) -> Row:
    """The goal and unit of a metric, as its author says."""
    goal, unit = event.data.get("goal"), event.data.get("unit")
    return (
        read.row.file,
        event.line,
        event.data["name"],
        goal if goal in ("min", "max") else None,
        unit if isinstance(unit, str) else None,
    )
