"""Groups of the runs table: which runs are together, and what a group shows in each column.

The database hands over a column for each thing that is asked, and numpy puts runs together and adds up: to hand tens of
thousands of numbers of runs to the database takes longer than all the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.across.among import AMONG, among
from labtop.store.answers.across.configs import labels_of_configs
from labtop.store.answers.across.figures import Figures, figures
from labtop.store.answers.across.meaning import Meaning, without
from labtop.store.answers.known import Known
from labtop.store.answers.rows import from_json
from labtop.store.answers.values import metric_value
from labtop.store.model import Column, Goal, Json, RunGroup, SortKey, StoreError, Summary

_Codes = NDArray[np.int64]
_MOST_NAMED: Final = 2000  # of more runs the database is not told which are meant

# What runs agree in, as a hash of what it means.
_HASHES: Final = {
    "param": "select run, hash(number, text) as hash from sheet.params where key = ?",
    "attribute": "select run, hash(number, text) as hash from sheet.attributes where key = ?",
    "group": "select run, hash(group_name) as hash from sheet.runs where group_name is not null",
    "config": "select run, config as hash from sheet.configs where config is not null",
}
_MEANINGS: Final = {
    "param": f"select run, number, text from sheet.params where {AMONG} and key = ?",
    "attribute": f"select run, number, text from sheet.attributes where {AMONG} and key = ?",
    "group": f"select run, null, group_name from sheet.runs where {AMONG}",
}


class _Key(NamedTuple):
    """What runs are put together by: of each run the place of its value in `labels` and `ids`, which are JSON."""

    codes: _Codes
    labels: list[str]
    ids: list[str]


def together(
    cursor: duckdb.DuckDBPyConnection, by: tuple[Column, ...], runs: Sequence[int], known: Known
) -> tuple[RunGroup, ...]:
    """These runs, all of them there, put together by what they have in common in each of `by`; folded, without cells.

    0.01 and "0.01" are one value, null is none. Groups stand in the order of their first run, runs in that given.
    Raises `StoreError` for another column.
    """
    numbers = np.array(runs, np.int32)
    if not len(numbers):
        return ()
    known.lay(cursor)
    if any((column.kind, column.key) == ("run", "config") for column in by):
        known.lay_configs(cursor)
    keys = [_key(cursor, column, numbers, known) for column in by]
    codes = np.zeros(len(numbers), np.int64)
    for key in keys:
        _, codes = np.unique(codes * len(key.labels) + key.codes, return_inverse=True)
    groups, first = _in_order_of_first(codes)
    members = numbers[np.argsort(groups, kind="stable")].tolist()
    ends = np.cumsum(np.bincount(groups)).tolist()
    values = np.stack([key.codes[first] for key in keys], axis=1).tolist() if keys else [()]
    return tuple(
        RunGroup(
            id=f"[{', '.join([key.ids[at] for key, at in zip(keys, places, strict=True)])}]",
            labels=tuple([key.labels[at] for key, at in zip(keys, places, strict=True)]),
            runs=tuple(members[begin:end]),
            running=0,
            unfolded=False,
        )
        for places, begin, end in zip(values, [0, *ends[:-1]], ends, strict=True)
    )


def _in_order_of_first(codes: _Codes) -> tuple[_Codes, _Codes]:
    """The codes as whole numbers from 0, in the order in which they first stand there, and where that is."""
    _, first, codes = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[codes], first[order]


def _key(cursor: duckdb.DuckDBPyConnection, column: Column, runs: NDArray[np.int32], known: Known) -> _Key:
    kind = column.key if column.kind == "run" else column.kind
    if kind not in _HASHES or (column.kind == "run") != (kind in ("group", "config")):
        raise StoreError(f"runs are not grouped by {column.key!r}: name a param, an attribute, group or config")
    named = [column.key] if column.kind != "run" else []
    hashes, has = _hashes(cursor, _HASHES[kind], named, runs)
    _, first, codes = np.unique(hashes[has], return_index=True, return_inverse=True)
    all_codes = np.full(len(runs), len(first))
    all_codes[has] = codes
    telling = runs[has][first].tolist()
    if kind == "config":
        labels = labels_of_configs(cursor, telling, known)
        ids = list(map(str, hashes[has][first].tolist()))
    else:
        sql = _MEANINGS[kind]
        found = cursor.execute(sql, [*among(telling), *named]).fetchall() if telling else []
        meanings = {run: Meaning(number, text) for run, number, text in found}
        labels = {run: meaning.label for run, meaning in meanings.items()}
        ids = [_id(meanings[run]) for run in telling]
    rest = without("params" if kind == "config" else column.key)
    return _Key(all_codes, [*(labels[run] for run in telling), rest], [*ids, "null"])


def _id(meaning: Meaning) -> str:
    return repr(meaning.number) if meaning.number is not None and not meaning.text else json.dumps(meaning.text)


def _hashes(
    cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object], runs: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """What `sql` gives as the `hash` of each of these runs, and which have one."""
    found = _found(cursor, f"from ({sql})", parameters, runs)
    return _spread(found["run"], found["hash"], runs)


def _spread(
    of: NDArray[np.int32], hashes: NDArray[np.uint64], runs: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Values of some runs as those of these runs, 0 where there is none, and which have one."""
    most = int(max(runs.max(initial=0), of.max(initial=0))) + 1
    value, has = np.zeros(most, np.uint64), np.zeros(most, np.bool_)
    value[of] = np.ma.filled(hashes, 0)
    has[of] = ~np.ma.getmaskarray(hashes)
    return value[runs], has[runs]


def _found(
    cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object], runs: NDArray[np.int32]
) -> dict[str, NDArray[Any]]:
    """The answer for these runs at least."""
    if len(runs) > _MOST_NAMED:
        return cursor.execute(sql, list(parameters)).fetchnumpy()
    return cursor.execute(f"{sql} where {AMONG}", [*parameters, *among(runs.tolist())]).fetchnumpy()


def with_cells(
    cursor: duckdb.DuckDBPyConnection,
    groups: Sequence[RunGroup],
    columns: tuple[Column, ...],
    known: Known,
    now: float | None = None,
) -> tuple[RunGroup, ...]:
    """These groups, none of which share a run, with what they show in each column.

    `now` is seconds since the epoch; without it no status is shown. Needs a sheet laid out. Raises `StoreError` for
    an aggregate that there is none.
    """
    if not groups:
        return ()
    members = _Members.of(groups)
    metrics = [column for column in columns if column.kind == "metric"]
    goals = known.goals(cursor)
    found = dict(zip(metrics, _figures(cursor, members, metrics, known), strict=True))
    fields = _shared_fields(cursor, members, columns, known, now)
    cells: list[Sequence[Summary | Json]] = []
    for column in columns:
        if column.kind == "metric":
            cells.append(found[column].summaries(_goal(column, goals)))
        elif column.kind == "run":
            cells.append(fields.get(column) or [None] * len(groups))
        else:
            cells.append(_shared(cursor, members, column))
    rows = zip(*cells, strict=True) if cells else [()] * len(groups)
    return tuple(
        RunGroup(group.id, group.labels, group.runs, group.running, group.unfolded, row)
        for group, row in zip(groups, rows, strict=True)
    )


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
    group: _Codes
    starts: _Codes

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
    source = (
        "summaries" if any(column.aggregate == "mean" for column in metrics) else known.summaries
    )  # of guarded sums
    sql = _VALUES.format(values=", ".join(f"{sql} as {name}" for sql, name in values.items()), source=source)
    found = _found(cursor, sql, [list(numbers.values())], members.runs)
    group_of = np.full(int(max(members.runs.max(initial=0), found["run"].max(initial=0))) + 1, -1)
    group_of[members.runs] = members.group
    group = group_of[found["run"]]
    wanted = []
    for column, sql in zip(metrics, asked, strict=True):
        value = found[values[sql]]
        here = (found["metric"] == numbers.get(column.key, -1)) & (group >= 0) & ~np.ma.getmaskarray(value)
        wanted.append(figures(group[here], np.ma.getdata(value)[here], len(members.starts)))
    return wanted


_JSON: Final = {
    "param": f"select run, value from sheet.params where {AMONG} and key = ?",
    "attribute": f"select run, value from sheet.attributes where {AMONG} and key = ?",
}


def _shared(cursor: duckdb.DuckDBPyConnection, members: _Members, column: Column) -> list[Json]:
    """The param or attribute that all runs of each group share, as its first run says it."""
    agree = members.agree(*_hashes(cursor, _HASHES[column.kind], [column.key], members.runs))
    first = members.runs[members.starts[agree]].tolist()
    rows = cursor.execute(_JSON[column.kind], [*among(first), column.key]).fetchall() if first else []
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
}
_SAID: Final = "from (select run, {values} from runs_in('sheet.runs', ?))"


def _shared_fields(
    cursor: duckdb.DuckDBPyConnection, members: _Members, columns: Sequence[Column], known: Known, now: float | None
) -> dict[Column, list[Json]]:
    """The fields that all runs of each group share, by column; those that are not looked at have none."""
    looked_at = _FIELDS.keys() - (set() if now is not None else {"status"})
    asked = [column for column in dict.fromkeys(columns) if column.kind == "run" and column.key in looked_at]
    if not asked:
        return {}
    fields = [_FIELDS[column.key] for column in asked]
    values = ", ".join(f"case when {field} is not null then hash({field}) end as {field}" for field in fields)
    sql = _SAID.format(values=values)
    found = _found(cursor, sql, [now], members.runs)
    shared = {}
    for column, field in zip(asked, fields, strict=True):
        agree = members.agree(*_spread(found["run"], found[field], members.runs))
        first = members.runs[members.starts[agree]].tolist()
        said = f"{_SAID.format(values=field)} where {AMONG}"
        rows = cursor.execute(said, [now, *among(first)]).fetchall() if first else []
        shared[column] = _at(agree, first, dict(rows))
    return shared


def _at(agree: NDArray[np.bool_], first: Sequence[int], values: Mapping[int, Json]) -> list[Json]:
    """For each group the value of its first run where its runs agree, else none."""
    runs = iter(first)
    return [values.get(next(runs)) if agreed else None for agreed in agree.tolist()]
