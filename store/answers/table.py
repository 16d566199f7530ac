"""The runs table: filter, columns and order, worked out by the database."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from labtop.store.answers.columns import order_by, pivot, place_of
from labtop.store.answers.known import Known, known_of
from labtop.store.answers.rows import FIELDS, from_json, to_run
from labtop.store.model import Column, Goal, Json, RunTable, Status, TableQuery

CONTAINS = """
where contains(
        lower(concat_ws(chr(10), name, id, status, group_name, array_to_string(tags, chr(10)))), lower(?)
    )
    or run in (select run from params where contains(lower(key || '=' || value), lower(?)))
"""
_TABLE = "select {fields} from runs_from('{source}', '{names}', ?) {joins} {where} order by {order}"
_MOST_KEPT = 5000  # runs whose parameters are kept in memory


def table(cursor: duckdb.DuckDBPyConnection, query: TableQuery, now: float, known: Known | None = None) -> RunTable:
    """The runs that the query lets through, in its order, with its cells; `now` is in seconds since the epoch.

    `known` is what was known just before. Raises `StoreError` for a field that runs do not have.
    """
    known = known or known_of(cursor)
    kept = _kept(cursor, query, known)
    asked = [column for column in query.columns if column.kind != "param" or column.key not in kept]
    asked += [key.column for key in query.sort]
    cells = pivot(asked)
    places = [place_of(column, cells.columns) for column in asked]
    names = _names_that_stay(cursor, query, known)
    sql = _TABLE.format(
        source=known.source,
        names=known.names if names is None else "bare_ids",
        fields=", ".join([*FIELDS, *(f"c{place}" for place in range(len(cells.columns)))]),
        joins=cells.joins,
        where=CONTAINS if query.contains else "",
        order=order_by(query.sort, cells.columns),
    )
    wanted = [query.contains] * 2 if query.contains else []
    rows = cursor.execute(sql, [now, *cells.parameters, *wanted]).fetchall()
    total, running = _counts(cursor, now) if query.contains else (len(rows), sum(map(_is_running, rows)))
    shown = rows[: query.limit]
    if names is not None:
        shown = [(*row[:_NAME], names[row[0]], *row[_NAME + 1 :]) for row in shown]
    place = dict(zip(asked, places, strict=True))
    columns = [
        list(map(kept[column.key].get, (row[0] for row in shown)))
        if column.kind == "param" and column.key in kept
        else _cells(column, [row[place[column]] for row in shown])
        for column in query.columns
    ]
    each = zip(*columns, strict=True) if columns else [()] * len(shown)
    goals = tuple(_goal(column, known.goals(cursor)) for column in query.columns)
    return RunTable(
        columns=query.columns,
        rows=tuple(map(to_run, shown, each)),
        total=total,
        matched=len(rows),
        running=running,
        best=tuple(
            _best(goal, (row[place[column]] for row in rows)) if goal else None
            for goal, column in zip(goals, query.columns, strict=True)
        ),
        goals=goals,
    )


def _names_that_stay(cursor: duckdb.DuckDBPyConnection, query: TableQuery, known: Known) -> Mapping[int, str] | None:
    """What runs are called, where that is known already and the database needs it for nothing."""
    by_name = any((key.column.kind, key.column.key) == ("run", "name") for key in query.sort)
    return None if query.contains or by_name or known.names != "plain_names" else known.plain_names(cursor)


def _kept(cursor: duckdb.DuckDBPyConnection, query: TableQuery, known: Known) -> Mapping[str, Mapping[int, Json]]:
    """The parameters by key and run that are known already; none where the database sorts by one, or of very many."""
    keys = [column.key for column in query.columns if column.kind == "param"]
    if known.runs > _MOST_KEPT or any(key.column.kind == "param" for key in query.sort):
        return {}
    return known.params(cursor, keys)


def _is_running(row: tuple[Any, ...]) -> bool:
    return bool(row[_STATUS] == Status.RUNNING)


_STATUS, _NAME = FIELDS.index("status"), FIELDS.index("name")


def _cells(column: Column, values: list[Any]) -> list[Json]:
    """What the column shows, from the values of its rows: those of params and attributes are JSON texts."""
    if column.kind in ("param", "attribute"):
        return [None if value is None else from_json(value) for value in values]
    return values


def _best(goal: Goal | None, values: Iterable[float | None]) -> float | None:
    """The best finite value by the goal; None where no two values differ."""
    finite = {value for value in values if value is not None and not math.isnan(value)} if goal else set()
    best = (min if goal == "min" else max)(filter(math.isfinite, finite), default=None)
    return best if len(finite) > 1 else None


_COUNTS = "select count(*), count(*) filter (status = 'running') from runs_at(?)"


def _counts(cursor: duckdb.DuckDBPyConnection, now: float) -> tuple[int, int]:
    """How many runs there are, and how many of them are running."""
    total, running = cursor.execute(_COUNTS, [now]).fetchall()[0]
    return total, running


def _goal(column: Column, goals: Mapping[str, Goal | None]) -> Goal | None:
    """The goal of a column; None for what is no metric, has none, or counts."""
    return goals.get(column.key) if column.kind == "metric" and column.aggregate != "count" else None
