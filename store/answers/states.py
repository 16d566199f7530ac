"""Which runs may still grow, and runs by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import duckdb

from labtop.store.answers.known import Known
from labtop.store.answers.window import rows_of
from labtop.store.model import Run, Status

_GROWING: Final = "select run, status from sheet.runs where status in ('running', 'stale')"


def growing(cursor: duckdb.DuckDBPyConnection) -> dict[int, Status]:
    """The states of those runs of which more may come, by number, from a sheet that was laid out."""
    rows = cursor.execute(_GROWING).fetchall()
    return {run: Status(status) for run, status in rows}


_NAMED: Final = "select run from identities where id in (select unnest(?::varchar[]))"


def named(cursor: duckdb.DuckDBPyConnection, ids: Sequence[str], known: Known) -> tuple[Run, ...]:
    """The runs with these ids that are there, without cells."""
    runs = [run for (run,) in cursor.execute(_NAMED, [list(ids)]).fetchall()]
    return rows_of(cursor, (), runs, (), known)[1] if runs else ()
