"""What metrics come to in all runs, kept as arrays: cells and best values of a table without another query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.known import Known
from labtop.store.answers.order import Numbers
from labtop.store.answers.rows import listed
from labtop.store.answers.values import metric_value
from labtop.store.model import Column, Goal, Json

Cells = Mapping[int, Json]
_METRICS: Final = "select run, metric, {values} from {summaries} where metric in ({metrics})"
_MOST_AT_ONCE: Final = 200_000  # values: on the way here they take several times the memory that they take in the end
_MOST_KEPT: Final = 1_000_000  # values of columns that are not asked for now


class _Values(NamedTuple):
    """The runs that have a value, ascending, and the value of each."""

    runs: Numbers
    values: NDArray[np.float64]


_NONE: Final = _Values(np.empty(0, np.int32), np.empty(0))
_Aggregate = tuple[int, str]
"""The number of a metric, and what SQL makes of a summary of it."""
_Kept = dict[_Aggregate, _Values]


@dataclass(frozen=True, slots=True)
class MetricCells:
    """`columns` with their `goals`, and the `values` of those that are a metric which any run has."""

    columns: tuple[Column, ...]
    goals: tuple[Goal | None, ...]
    values: Mapping[Column, _Values]

    def of_runs(self, runs: Sequence[int], columns: Sequence[Column]) -> dict[Column, Cells]:
        """For each of these columns of a metric what each of these runs has in it; nothing where it has none."""
        numbers = np.array(runs, np.int32)
        return {
            column: _found(self.values.get(column, _NONE), numbers, counts=column.aggregate == "count")
            for column in columns
            if column.kind == "metric"
        }

    def best(self, among: Numbers | None) -> tuple[float | None, ...]:
        """For each column the best finite value by its goal, of these runs or, where None, of all.

        None without a goal, and where no two values differ.
        """
        last = max((int(each.runs[-1]) for each in self.values.values() if len(each.runs)), default=0)
        is_among = np.full(last + 1, among is None)
        if among is not None:
            is_among[among[among <= last]] = True
        return tuple(
            None if goal is None else _best(self.values.get(column, _NONE), is_among, goal)
            for column, goal in zip(self.columns, self.goals, strict=True)
        )


def metric_cells(
    cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column], goals: Sequence[Goal | None], known: Known
) -> MetricCells:
    """The columns of metrics among these, with what is kept of them and what is not yet.

    Raises `StoreError` for an aggregate that there is none of.
    """
    metrics, by_goal = known.filter_names(cursor).metrics, known.goals(cursor)
    shown = {column: metric_value(column, by_goal.get(column.key)) for column in columns if column.kind == "metric"}
    wanted = {column: (metrics[column.key].number, value) for column, value in shown.items() if column.key in metrics}
    kept = _kept(cursor, list(dict.fromkeys(wanted.values())), known)
    return MetricCells(tuple(columns), tuple(goals), {column: kept[key] for column, key in wanted.items()})


def _kept(cursor: duckdb.DuckDBPyConnection, wanted: Sequence[_Aggregate], known: Known) -> _Kept:
    """What is wanted, and what was before as long as that is not too much."""
    kept: _Kept = known.of_commits.setdefault("metric cells", {})
    missing = [key for key in wanted if key not in kept]
    if (len(kept) + len(missing)) * known.runs > _MOST_KEPT:
        for key in kept.keys() - set(wanted):
            del kept[key]
    at_once = max(_MOST_AT_ONCE // max(known.runs, 1), 1)
    for first in range(0, len(missing), at_once):
        kept |= _fetched(cursor, missing[first : first + at_once], known)
    return kept


def _fetched(cursor: duckdb.DuckDBPyConnection, wanted: Sequence[_Aggregate], known: Known) -> _Kept:
    metrics = sorted({metric for metric, _ in wanted})
    aggregates = list(dict.fromkeys(aggregate for _, aggregate in wanted))
    of_metrics, parameters = listed(metrics)
    values = ", ".join(f"{aggregate} as v{place}" for place, aggregate in enumerate(aggregates))
    sql = _METRICS.format(values=values, summaries=known.summaries, metrics=of_metrics)
    found = cursor.execute(sql, parameters).fetchnumpy()
    rows = _rows_of(metrics, found["metric"])
    fetched: _Kept = {}
    runs = _NONE.runs
    for metric, aggregate in wanted:
        each = _values(found["run"], found[f"v{aggregates.index(aggregate)}"], rows[metric])
        runs = runs if np.array_equal(each.runs, runs) else each.runs  # most often those of the one before
        fetched[metric, aggregate] = _Values(runs, each.values)
    return fetched


def _rows_of(metrics: Sequence[int], found: NDArray[Any]) -> dict[int, NDArray[np.intp]]:
    """Which rows are of each of these metrics, in ascending order."""
    places = np.zeros(metrics[-1] + 1, np.uint16)  # sorted in one pass
    places[metrics] = np.arange(len(metrics))
    order = np.argsort(places[found], kind="stable")
    ends = np.searchsorted(places[found][order], np.arange(len(metrics)), side="right")
    return dict(zip(metrics, np.split(order, ends[:-1]), strict=True))


def _values(runs: Any, values: Any, rows: NDArray[np.intp]) -> _Values:
    """Those of these rows that have a value."""
    there = rows[~np.ma.getmaskarray(values)[rows]]
    there = there[np.argsort(runs[there], kind="stable")]
    return _Values(np.asarray(runs[there], np.int32), np.asarray(values[there], np.float64))


def _found(values: _Values, runs: Numbers, *, counts: bool) -> Cells:
    if not len(values.runs):
        return {}
    places = np.minimum(np.searchsorted(values.runs, runs), len(values.runs) - 1)
    there = values.runs[places] == runs
    cells = values.values[places[there]]
    return dict(zip(runs[there].tolist(), (cells.astype(np.int64) if counts else cells).tolist(), strict=True))


def _best(values: _Values, is_among: NDArray[np.bool_], goal: Goal) -> float | None:
    numbers = values.values[is_among[values.runs]]
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers) or numbers.min() == numbers.max():
        return None
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return None
    return float(finite.max() if goal == "max" else finite.min())
