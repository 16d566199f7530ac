"""The runs table: filter, order, groups and the window of rows that is looked at, worked out by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb
import numpy as np

from labtop.store.answers.fields import check
from labtop.store.answers.group_cells import in_order, with_cells
from labtop.store.answers.grouped import together
from labtop.store.answers.known import Known
from labtop.store.answers.metric_cells import metric_cells
from labtop.store.answers.order import Ordered, leading, ordered
from labtop.store.answers.sheet import RECORD_FIELD, kind_of
from labtop.store.answers.window import rows_of
from labtop.store.model import Column, Goal, Lines, RunGroup, RunTable, TableQuery

MOST_LEADING = 8


def table(cursor: duckdb.DuckDBPyConnection, query: TableQuery, known: Known) -> RunTable:
    """The runs that the query lets through, in its order, with its cells.

    Raises `FilterError` for a filter that cannot be used, `StoreError` for a field that runs do not have.
    """
    known.lay(cursor)
    told = [column.key for column in (*query.columns, *(key.column for key in query.sort)) if kind_of(column) == "fact"]
    if told:
        known.lay_facts(cursor)
    if RECORD_FIELD in told:
        known.lay_records(cursor)
    matched = ordered(cursor, query.where, query.sort, known)
    _check_fields(query.columns)
    goals = tuple(_goal(column, known, cursor) for column in query.columns)
    groups = _groups(cursor, query, matched, known) if query.groups else ()
    listed = Lines(matched.runs)
    lines = _lines(groups) if query.groups else listed
    window = _window(len(lines), query)
    keys = [lines.key(line) for line in window]
    shown = {group.id: group for group in _with_cells(cursor, groups, keys, query.columns, known)}
    numbers = [int(key) for key in keys if key not in shown]
    first = leading(cursor, matched, query, MOST_LEADING, known) if query.curved else ()
    among = matched.runs if query.where.strip() or matched.hidden else None
    metrics = metric_cells(cursor, query.columns, goals, known)
    filled = frozenset(query.columns if query.filled is None else query.filled)
    rows, also = rows_of(cursor, numbers, (*query.also, *first), query.columns, known, metrics, filled)
    return RunTable(
        columns=query.columns,
        rows=tuple(row for key in keys if (row := shown.get(key) or rows.get(int(key))) is not None),
        total=matched.total,
        matched=len(matched.runs),
        running=matched.running,
        best=metrics.best(among),
        goals=goals,
        lines=lines,
        listed=listed,
        first=window.start,
        hidden=matched.hidden,
        numeric=known.numeric(cursor, query.columns),
        progress=matched.progress,
        also=also,
        leading=first,
        outline=known.serial,
        whole=filled >= {*query.columns},
        matched_running=int(matched.is_running.sum()),
    )


def _groups(
    cursor: duckdb.DuckDBPyConnection, query: TableQuery, matched: Ordered, known: Known
) -> tuple[RunGroup, ...]:
    """The groups in the order of the table, and how many of their runs are running."""
    key = query.groups, matched.runs.tobytes()
    if known.of_commits.get("grouped", (None,))[0] != key:
        known.of_commits["grouped"] = key, together(cursor, query.groups, matched.runs.tolist(), known)
    groups: tuple[RunGroup, ...] = known.of_commits["grouped"][1]
    if query.sort:
        groups = in_order(cursor, groups, query.sort[0], known)
    running = frozenset(matched.runs[matched.is_running].tolist())
    failed = frozenset(matched.runs[matched.has_failed].tolist())
    return tuple(
        replace(
            group,
            running=len(running.intersection(group.runs)),
            failed=len(failed.intersection(group.runs)),
            unfolded=group.id in query.unfolded,
        )
        for group in groups
    )


def _window(lines: int, query: TableQuery) -> range:
    """The lines whose rows are wanted; where the table has become shorter, its last ones."""
    if query.limit is None:
        return range(lines)[query.first :]
    first = min(query.first, max(lines - query.limit, 0))
    return range(lines)[first : first + query.limit]


def _lines(groups: Sequence[RunGroup]) -> Lines:
    """Each group, below it its runs where it is unfolded."""
    numbers = list[int]()
    for place, group in enumerate(groups):
        numbers.append(-1 - place)
        numbers += group.runs if group.unfolded else ()
    return Lines(np.array(numbers, np.int32), [group.id for group in groups])


def _with_cells(
    cursor: duckdb.DuckDBPyConnection,
    groups: Sequence[RunGroup],
    keys: Sequence[str],
    columns: tuple[Column, ...],
    known: Known,
) -> tuple[RunGroup, ...]:
    """Those groups that are in the window, with their cells."""
    wanted = frozenset(keys)
    shown = tuple(group for group in groups if group.id in wanted)
    return with_cells(cursor, shown, columns, known) if shown else ()


def _check_fields(columns: Sequence[Column]) -> None:
    """Raises `StoreError` for a field that runs do not have, also where no cell of it is wanted."""
    for column in columns:
        if column.kind == "run":
            check(column.key)


def _goal(column: Column, known: Known, cursor: duckdb.DuckDBPyConnection) -> Goal | None:
    """The goal of a column; None for what is no metric, has none, or counts."""
    is_value = column.kind == "metric" and column.aggregate != "count"
    return known.goals(cursor).get(column.key) if is_value else None
