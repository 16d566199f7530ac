"""Columns of the runs table as arrays of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.known import Known
from labtop.store.answers.order import where_of
from labtop.store.answers.sheet import SAID
from labtop.store.answers.values import metric_value
from labtop.store.filter.names import Where
from labtop.store.model import Column, Floats, Goal, StoreError

_NUMBERS: Final = "select run, {cells} from (select run from sheet.runs where {where}) {joins} order by run"
_OF_METRIC: Final = "left join (select run, {value} as n{place} from {summaries} where metric = ?) using (run)"
_OF_KEY: Final = """
left join (select run, number as n{place}, text as t{place} from {said} where key = ?) using (run)
"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column as numbers: `value` is NaN where there is none.

    `has` says which runs have a value other than null, `is_number` of which it is one, perhaps NaN or infinite, also
    where it was logged as text. `text` is that of the Meaning, in what is no metric.
    """

    value: Floats
    has: NDArray[np.bool_]
    is_number: NDArray[np.bool_]
    text: NDArray[np.object_] | None = None


def numbers(
    cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column], where: str, known: Known
) -> tuple[NDArray[np.int32], list[Numbers]]:
    """The runs that a table with this filter lists, ascending, and for each column what they have in it.

    No column may be of kind 'run'. Raises `StoreError` for an aggregate that there is none.
    """
    known.lay(cursor)
    return _numbers(cursor, columns, where_of(cursor, where, known), known)


def numbers_of(
    cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column], runs: Sequence[int], known: Known
) -> tuple[NDArray[np.int32], list[Numbers]]:
    """`numbers` of these runs, hidden ones too; those that are not there are left out."""
    known.lay(cursor)
    return _numbers(cursor, columns, Where("run in (select unnest(?::bigint[]))", (list(runs),)), known)


_UNFINISHED: Final = """
select count(*) from sheet.runs
where run in (select unnest(?::bigint[])) and status in ('running', 'stale', 'failed', 'crashed', 'killed')
"""


def unfinished(cursor: duckdb.DuckDBPyConnection, runs: NDArray[np.int32]) -> int:
    """How many of these runs go on still, or did not end well: their last value is not what it could be."""
    return int(cursor.execute(_UNFINISHED, [runs.tolist()]).fetchall()[0][0])


def judged(cursor: duckdb.DuckDBPyConnection, column: Column, known: Known) -> tuple[Column, Goal | None]:
    """A column by which runs are judged, and its goal: `best` without a goal is the last value, as in a comparison.

    Raises `StoreError` for what is no metric.
    """
    if column.kind != "metric":
        raise StoreError(f"{column.key!r} is no metric, and runs are judged by a metric")
    goal = known.goals(cursor).get(column.key)
    return replace(column, aggregate="last") if column.aggregate == "best" and goal is None else column, goal


def _numbers(
    cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column], condition: Where, known: Known
) -> tuple[NDArray[np.int32], list[Numbers]]:
    there, goals = known.filter_names(cursor).metrics, known.goals(cursor)
    joins, cells, keys = list[str](), list[str](), list[object]()
    for place, column in enumerate(columns):
        if column.kind == "metric":
            value = metric_value(column, goals.get(column.key))
            joins.append(_OF_METRIC.format(value=value, place=place, summaries=known.summaries))
            keys.append(there[column.key].number if column.key in there else -1)
            cells.append(f"cast(n{place} as double) as n{place}, n{place} is not null as h{place}")
        else:
            joins.append(_OF_KEY.format(said=SAID[column.kind], place=place))
            keys.append(column.key)
            cells.append(f"n{place}, t{place}, t{place} is not null as h{place}")
    sql = _NUMBERS.format(cells=", ".join(cells), where=condition.sql, joins=" ".join(joins))
    found = cursor.execute(sql, [*condition.parameters, *keys]).fetchnumpy()
    return found["run"], [_column(found, place) for place in range(len(columns))]


def _column(found: dict[str, NDArray[Any]], place: int) -> Numbers:
    value, text = found[f"n{place}"], found.get(f"t{place}")
    return Numbers(np.ma.filled(value, np.nan), found[f"h{place}"], ~np.ma.getmaskarray(value), text)
