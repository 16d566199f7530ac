"""Write: what was read of some files into the index, in one transaction with the files' offsets."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import duckdb

from labtop.store.index import summaries
from labtop.store.index.names import Names, declare
from labtop.store.index.points import Contribution, columns_of, summed_up
from labtop.store.index.rows import as_json, delete, insert
from labtop.store.index.shares import store_shares
from labtop.store.model import Floats
from labtop.store.read.batch import Batch

_FILE_TABLES = ("points", "file_summaries", "shares", "attributes", "said_params", "events", "rejected")
_FILES = {
    "file": "integer",
    "path": "varchar",
    "kind": "varchar",
    "device": "ubigint",
    "inode": "ubigint",
    "size": "ubigint",
    "mtime": "double",
    "position": "ubigint",
    "lines": "ubigint",
    "events": "ubigint",
    "skipped": "ubigint",
    "state": "varchar",
}
_PARAMS = {
    "run": "integer",
    "file": "integer",
    "line": "ubigint",
    "key": "varchar",
    "value": "varchar",
    "source": "varchar",
}
_EVENTS = {
    "run": "integer",
    "file": "integer",
    "line": "ubigint",
    "time": "double",
    "event": "varchar",
    "text": "varchar",
    "data": "varchar",
}
_REJECTED = {"file": "integer", "line": "ubigint", "position": "ubigint", "reason": "varchar"}
_RUNS_OF = "select distinct run from shares where file in (select unnest(?::integer[]))"
# DuckDB reads a NaN in a numpy array as null, and a value is never null.
_POINTS = """
insert into points
select run, metric, file, line, step, time, coalesce(value, 'nan'::double), attempt, pass from batch
"""


@dataclass(slots=True)
class FileRow:
    """One row of the table `files`, explained in schema.sql."""

    file: int
    path: str
    kind: str
    device: int = 0
    inode: int = 0
    size: int = 0
    mtime: float = 0.0
    position: int = 0
    lines: int = 0
    events: int = 0
    skipped: int = 0
    state: str = ""  # empty: not stored yet


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


@contextlib.contextmanager
def transaction(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing."""
    cursor.execute("begin")
    try:
        yield
        cursor.execute("commit")
    except BaseException:
        with contextlib.suppress(duckdb.Error):
            cursor.execute("rollback")
        raise


def write(cursor: duckdb.DuckDBPyConnection, names: Names, reads: Sequence[Read]) -> None:
    """Store rows and offsets of these files together. Raises duckdb.Error, and then nothing of it is stored."""
    with transaction(cursor):
        forgotten = _forget(cursor, [read.row.file for read in reads if read.replaces])
        _points(cursor, names, reads)
        touched = [(names.run(run), read.row.file, share) for read in reads for run, share in read.batch.shares.items()]
        store_shares(cursor, touched)
        names.store(cursor)
        _said(cursor, names, reads)
        summaries.unite(cursor, forgotten | {run for run, _, _ in touched}, forgotten)
        delete(cursor, "files", "file", [read.row.file for read in reads])
        insert(cursor, "files", _FILES, [[getattr(read.row, name) for name in _FILES] for read in reads])
    names.stored()


def forget_files(cursor: duckdb.DuckDBPyConnection, files: Sequence[int]) -> None:
    """Forget files that are gone, with all that they gave."""
    with transaction(cursor):
        runs = _forget(cursor, files)
        delete(cursor, "files", "file", files)
        summaries.unite(cursor, runs, runs)


def _forget(cursor: duckdb.DuckDBPyConnection, files: Sequence[int]) -> set[int]:
    """Forget what these files gave; the runs that it was about."""
    if not files:
        return set()
    runs = {run for (run,) in cursor.execute(_RUNS_OF, [list(files)]).fetchall()}
    for table in _FILE_TABLES:
        delete(cursor, table, "file", files)
    return runs


def _points(cursor: duckdb.DuckDBPyConnection, names: Names, reads: Sequence[Read]) -> None:
    """Insert the points and keep the summaries of their files; what a resume wrote anew is counted again."""
    found = columns_of(
        Contribution(names.run(run), read.row.file, rows, read.times[run])
        for read in reads
        for run, rows in read.batch.rows.items()
    )
    if found is None:
        return
    columns, begins = found
    cursor.register("batch", columns)
    cursor.execute(_POINTS)
    cursor.unregister("batch")
    rewritten = {(names.run(run), read.row.file) for read in reads for run in read.batch.rewritten}
    summaries.merge(cursor, summed_up(columns, begins), rewritten)
    summaries.recount(cursor, rewritten)


def _said(cursor: duckdb.DuckDBPyConnection, names: Names, reads: Sequence[Read]) -> None:
    """Parameters, events and rejected lines."""
    params, events, rejected = [], [], []
    for read in reads:
        file, batch = read.row.file, read.batch
        params += [(names.run(p.run), file, p.line, p.key, as_json(p.value), p.source) for p in batch.params]
        params += [(run, file, 0, key, as_json(value), "config") for run, key, value in read.configs]
        for said in batch.said:
            if said.event == "metric":
                declare(cursor, said.data)
                continue
            events.append((names.run(said.run), file, said.line, said.time, said.event, said.text, as_json(said.data)))
        rejected += [(file, bad.line, bad.position, bad.reason) for bad in batch.rejected]
    insert(cursor, "said_params", _PARAMS, params)
    insert(cursor, "events", _EVENTS, events)
    insert(cursor, "rejected", _REJECTED, rejected)
