"""Write: a slice into the index, in one transaction with the offsets of its files."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from labtop.store.index import annotated, summaries
from labtop.store.index.points import Columns, points_of
from labtop.store.index.recount import recount
from labtop.store.index.rows import delete, insert, parsed
from labtop.store.index.slice import FILE_TYPES, Slice, file_columns
from labtop.store.index.transaction import transaction

_FILE_TABLES = (
    "point_rows",
    "file_summaries",
    "stretches",
    "shares",
    "attributes",
    "said_params",
    "declared",
    "events",
    "annotations",
    "rejected",
)
_TABLES_BESIDE = ("said_params", "declared", "annotations", "rejected")
_PARAMS = {
    "run": "integer",
    "file": "integer",
    "line": "ubigint",
    "key": "varchar",
    "value": "varchar",
    "source": "varchar",
}
_DECLARED = {"file": "integer", "line": "ubigint", "name": "varchar", "goal": "varchar", "unit": "varchar"}
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


def write(cursor: duckdb.DuckDBPyConnection, new: Slice) -> None:
    """Store rows and offsets of these files together. Raises duckdb.Error, and then nothing of it is stored."""
    with transaction(cursor):
        about = annotated.runs_of(cursor, (*new.replaced, *new.beside))
        forgotten = _forget(cursor, new.replaced)
        for table in _TABLES_BESIDE:
            delete(cursor, table, "file", new.beside)
        _points(cursor, new)
        came = new.shares.store(cursor)
        new.names.store(cursor)
        insert(cursor, "declared", _DECLARED, new.declared)
        insert(cursor, "said_params", _PARAMS, new.params)
        insert(cursor, "events", _EVENTS, new.events)
        insert(cursor, "rejected", _REJECTED, new.rejected)
        _files(cursor, file_columns(new.files))
        annotated.store(cursor, new.annotations, about, runs_came=bool(new.names.runs))
        summaries.unite(cursor, new.shares.runs, forgotten | came)


def forget_files(cursor: duckdb.DuckDBPyConnection, files: Sequence[int]) -> None:
    """Forget files that are gone, with all that they gave."""
    with transaction(cursor):
        about = annotated.runs_of(cursor, files)
        runs = _forget(cursor, files)
        delete(cursor, "files", "file", files)
        annotated.unite(cursor, about)
        summaries.unite(cursor, (), runs)


_RENAME = "update files set path = ? where file = ?"


def rename_file(cursor: duckdb.DuckDBPyConnection, file: int, path: str) -> None:
    """A file has another path now, which may change its turn among the files of its runs."""
    with transaction(cursor):
        cursor.execute(_RENAME, [path, file])
        runs = _runs_of(cursor, [file])
        _tell(cursor, runs)
        annotated.unite(cursor, annotated.runs_of(cursor, [file]))
        summaries.unite(cursor, runs, ())


_RUNS_OF = "select distinct run from shares where file in (select unnest(?::integer[]))"


def _forget(cursor: duckdb.DuckDBPyConnection, files: Sequence[int]) -> set[int]:
    """Forget what these files gave; the runs that it was about."""
    if not files:
        return set()
    runs = _runs_of(cursor, files)
    for table in _FILE_TABLES:
        delete(cursor, table, "file", files)
    _tell(cursor, runs)
    return runs


_AGAIN = "update forgotten set times = times + 1 where run in (select unnest(?::integer[]))"
_FIRST = "insert into forgotten select run, 1 from (select unnest(?::integer[]) as run) anti join forgotten using (run)"


def _tell(cursor: duckdb.DuckDBPyConnection, runs: set[int]) -> None:
    """Who keeps points of these runs shall know that they no longer hold."""
    cursor.execute(_AGAIN, [sorted(runs)])
    cursor.execute(_FIRST, [sorted(runs)])


def _runs_of(cursor: duckdb.DuckDBPyConnection, files: Sequence[int]) -> set[int]:
    return {run for (run,) in cursor.execute(_RUNS_OF, [list(files)]).fetchall()}


_UPDATE_FILES = f"""
update files set {", ".join(f"{name} = now.{name}" for name in FILE_TYPES if name != "file")}
from now where files.file = now.file
"""
_INSERT_FILES = "insert into files by name from now anti join files using (file)"


def _files(cursor: duckdb.DuckDBPyConnection, now: Columns) -> None:
    ((updated,),) = cursor.execute(parsed(cursor, _UPDATE_FILES)).fetchall()
    if updated < len(now["file"]):
        cursor.execute(parsed(cursor, _INSERT_FILES))


# DuckDB finds a `batch` in Python where there is no such table, and reads a NaN in a numpy array as null, which is what
# the table holds for both.
_POINTS = "insert into point_rows by name from batch"


def _points(cursor: duckdb.DuckDBPyConnection, new: Slice) -> None:
    """Insert the points and keep the summaries of their files; what a resume wrote anew is counted again."""
    points = points_of(new.points)
    if points is None:
        return
    batch = points.columns
    cursor.execute(parsed(cursor, _POINTS))
    summaries.merge(cursor, points.sums, new.rewritten)
    recount(cursor, batch, new.rewritten)
