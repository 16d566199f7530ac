"""What a group of runs shows in each column, and the order of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.across.among import AMONG, among
from labtop.store.answers.across.figures import Figures, figures
from labtop.store.answers.alike import HASHES, Codes, found_of, hashes_of, spread_over
from labtop.store.answers.known import Known
from labtop.store.answers.rows import from_json
from labtop.store.answers.sheet import SAID, kind_of
from labtop.store.answers.values import metric_value
from labtop.store.model import Column, Goal, Json, RunGroup, SortKey, Summary


def with_cells(
    cursor: duckdb.DuckDBPyConnection, groups: Sequence[RunGroup], columns: tuple[Column, ...], known: Known
) -> tuple[RunGroup, ...]:
    """These groups, none of which share a run, with what they show in each column.

    Needs a sheet laid out. Raises `StoreError` for an aggregate that there is none.
    """
    if not groups:
        return ()
    members = _Members.of(groups)
    metrics = [column for column in columns if column.kind == "metric"]
    goals = known.goals(cursor)
    found = dict(zip(metrics, _figures(cursor, members, metrics, known), strict=True))
    fields = _shared_fields(cursor, members, columns)
    cells: list[Sequence[Summary | Json]] = []
    for column in columns:
        if column.kind == "metric":
            cells.append(found[column].summaries(_goal(column, goals)))
        elif kind_of(column) == "run":
            cells.append(fields.get(column) or [None] * len(groups))
        else:
            cells.append(_shared(cursor, members, column))
    rows = zip(*cells, strict=True) if cells else [()] * len(groups)
    return tuple(replace(group, cells=row) for group, row in zip(groups, rows, strict=True))


def in_order(
    cursor: duckdb.DuckDBPyConnection, groups: Sequence[RunGroup], key: SortKey, known: Known
) -> tuple[RunGroup, ...]:
    """The groups by the mean of a metric, or by the extreme that the column shows.

    In both directions those without come last, and equals as they stood; by a column that is no metric all stay.
    """
    if not groups or key.column.kind != "metric":
        return tuple(groups)
    goals = known.goals(cursor)
    (found,) = _figures(cursor, _Members.of(groups), [key.column], known)
    by = {"min": found.min, "max": found.max, "best": found.best(_goal(key.column, goals))}
    values = by.get(key.column.aggregate, found.mean)
    order = np.argsort(-values if key.descending else values, kind="stable")
    return tuple([groups[at] for at in order.tolist()])


def _goal(column: Column, goals: Mapping[str, Goal | None]) -> Goal | None:
    """The goal of a column of metrics; None for a count."""
    return goals.get(column.key) if column.aggregate != "count" else None


class _Members(NamedTuple):
    """The runs of groups, one group after the other: the place of each one's group, and of its first run."""

    runs: NDArray[np.int32]
    group: Codes
    starts: Codes

    @classmethod
    def of(cls, groups: Sequence[RunGroup]) -> _Members:
        """None of the groups is empty."""
        sizes = [len(group.runs) for group in groups]
        runs = np.fromiter((run for group in groups for run in group.runs), np.int32, sum(sizes))
        return cls(runs, np.repeat(np.arange(len(groups)), sizes), np.cumsum([0, *sizes[:-1]]))

    def agree(self, hashes: NDArray[np.uint64], has: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Of each group whether all its runs have something, and the same."""
        alike = has & (hashes == hashes[self.starts][self.group])
        return np.logical_and.reduceat(alike, self.starts)


_NUMBERS: Final = "select name, metric from known_metrics where name in (select unnest(?::varchar[]))"
_VALUES: Final = """
from (
    select run, metric, {values} from {source} where metric in (select unnest(?::integer[]))
)
"""


def _figures(
    cursor: duckdb.DuckDBPyConnection, members: _Members, metrics: Sequence[Column], known: Known
) -> list[Figures]:
    """The figures of each of these columns of metrics."""
    if not metrics:
        return []
    goals = known.goals(cursor)
    asked = [metric_value(column, goals.get(column.key)) for column in metrics]
    values = {sql: f"v{place}" for place, sql in enumerate(dict.fromkeys(asked))}
    numbers = dict(cursor.execute(_NUMBERS, [[column.key for column in metrics]]).fetchall())
    guarded = any(column.aggregate == "mean" for column in metrics)  # sums of huge values
    source = "summaries" if guarded else known.summaries
    sql = _VALUES.format(values=", ".join(f"{sql} as {name}" for sql, name in values.items()), source=source)
    found = found_of(cursor, sql, [list(numbers.values())], members.runs)
    group_of = np.full(int(max(members.runs.max(initial=0), found["run"].max(initial=0))) + 1, -1)
    group_of[members.runs] = members.group
    group = group_of[found["run"]]
    wanted = []
    for column, sql in zip(metrics, asked, strict=True):
        value = found[values[sql]]
        here = (found["metric"] == numbers.get(column.key, -1)) & (group >= 0) & ~np.ma.getmaskarray(value)
        wanted.append(figures(group[here], np.ma.getdata(value)[here], len(members.starts)))
    return wanted


_JSON: Final = {kind: f"select run, value from {said} where {AMONG} and key = ?" for kind, said in SAID.items()}


def _shared(cursor: duckdb.DuckDBPyConnection, members: _Members, column: Column) -> list[Json]:
    """The param, attribute, tag or fact that all runs of each group share, as its first run says it."""
    agree = members.agree(*hashes_of(cursor, HASHES[kind_of(column)], [column.key], members.runs))
    first = members.runs[members.starts[agree]].tolist()
    rows = cursor.execute(_JSON[kind_of(column)], [*among(first), column.key]).fetchall() if first else []
    return _at(agree, first, {run: from_json(value) for run, value in rows})


# Fields of runs in which the runs of a group may be alike, all but those that only one run can have.
_FIELDS: Final = {
    "group": "group_name",
    "tags": "tags",
    "status": "status",
    "notes": "notes",
    "error": "error",
    "hypothesis": "hypothesis",
    "verdict": "verdict",
    "host": "host",
    "hidden": "nullif(hidden, false)",
    "exit_code": "exit_code",
}
_SAID: Final = "from (select run, {values} from sheet.runs)"


def _shared_fields(
    cursor: duckdb.DuckDBPyConnection, members: _Members, columns: Sequence[Column]
) -> dict[Column, list[Json]]:
    """The fields that all runs of each group share, by column; numbers and times are left out."""
    asked = [column for column in dict.fromkeys(columns) if column.kind == "run" and column.key in _FIELDS]
    if not asked:
        return {}
    fields = [_FIELDS[column.key] for column in asked]
    values = ", ".join(
        f"case when {field} is not null then hash({field}) end as f{place}" for place, field in enumerate(fields)
    )
    sql = _SAID.format(values=values)
    found = found_of(cursor, sql, [], members.runs)
    shared = {}
    for place, (column, field) in enumerate(zip(asked, fields, strict=True)):
        agree = members.agree(*spread_over(found["run"], found[f"f{place}"], members.runs))
        first = members.runs[members.starts[agree]].tolist()
        said = f"{_SAID.format(values=field)} where {AMONG}"
        rows = cursor.execute(said, among(first)).fetchall() if first else []
        shared[column] = _at(agree, first, dict(rows))
    return shared


def _at(agree: NDArray[np.bool_], first: Sequence[int], values: Mapping[int, Json]) -> list[Json]:
    """For each group the value of its first run where its runs agree, else none."""
    runs = iter(first)
    return [values.get(next(runs)) if agreed else None for agreed in agree.tolist()]
