"""The runs table: filter, columns and order, worked out by the database."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, cast

import duckdb

from labtop.store.answers.columns import cell_of, order_by, pivot
from labtop.store.answers.rows import RUN_FIELDS, RUN_WIDTH, from_json, marks, to_run
from labtop.store.model import Column, Goal, Json, Run, RunTable, Status, TableQuery

_GOALS = "select name, goal from metric_names where name in ({keys})"


def _goals(cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> tuple[Goal | None, ...]:
    """The goal of each column; None for what is no metric, has none, or counts."""
    names = [column.key for column in columns if column.kind == "metric"]
    if not names:
        return (None,) * len(columns)
    goals: dict[str, Goal | None] = dict(cursor.execute(_GOALS.format(keys=marks(len(names))), names).fetchall())
    return tuple(
        goals.get(column.key) if column.kind == "metric" and column.aggregate != "count" else None for column in columns
    )


_COUNTS = "select count(*), count(*) filter (status = 'running') from runs_at(?)"


def _counts(cursor: duckdb.DuckDBPyConnection, now: float) -> tuple[int, int]:
    """How many runs there are, and how many of them are running."""
    total, running = cursor.execute(_COUNTS, [now]).fetchall()[0]
    return total, running


_CONTAINS = """
where contains(
        lower(concat_ws(chr(10), name, id, status, group_name, array_to_string(tags, chr(10)))), lower($1)
    )
    or run in (select run from params where contains(lower(key || '=' || value), lower($1)))
"""
_TABLE = "select {fields} from runs_at(?) {joins} {where} order by {order}"


def table(cursor: duckdb.DuckDBPyConnection, query: TableQuery, now: float) -> RunTable:
    """The runs that the query lets through, in its order, with its cells; `now` is in seconds since the epoch."""
    cells = pivot([*query.columns, *(key.column for key in query.sort)])
    sql = _TABLE.format(
        fields=", ".join([RUN_FIELDS, *(f"c{place}" for place in range(len(cells.columns)))]),
        joins=cells.joins,
        where=_CONTAINS.replace("$1", "?") if query.contains else "",
        order=order_by(query.sort, cells.columns),
    )
    rows = cursor.execute(sql, [now, *cells.parameters, *[query.contains] * (2 if query.contains else 0)]).fetchall()
    places = [RUN_WIDTH + cells.columns.index(column) if column.kind != "run" else None for column in query.columns]
    runs = tuple(_run(row, query.columns, places) for row in rows[: query.limit])
    if query.contains:
        total, running = _counts(cursor, now)
    else:
        total, running = len(rows), sum(row[3] == Status.RUNNING for row in rows)
    goals = _goals(cursor, query.columns)
    best = tuple(
        _best(goal, (row[place] for row in rows)) if place is not None else None
        for goal, place in zip(goals, places, strict=True)
    )
    return RunTable(query.columns, runs, total, len(rows), running, best, goals)


def _run(row: tuple[Any, ...], columns: Sequence[Column], places: Sequence[int | None]) -> Run:
    run = to_run(row)
    cells: list[Json] = []
    for column, place in zip(columns, places, strict=True):
        if place is None:
            cells.append(cast(Json, cell_of(run, column)))
        else:
            value = row[place]
            cells.append(from_json(value) if isinstance(value, str) else value)
    return to_run(row, tuple(cells)) if cells else run


def _best(goal: Goal | None, values: Iterable[float | None]) -> float | None:
    """The best finite value by the goal."""
    finite = [value for value in values if value is not None and math.isfinite(value)] if goal else []
    if not finite:
        return None
    return min(finite) if goal == "min" else max(finite)
