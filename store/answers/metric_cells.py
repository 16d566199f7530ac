"""What metrics come to in all runs, kept as arrays: cells and best values of a table without another query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class _Values(NamedTuple):
    """The runs that have a value, ascending, and the value of each."""

    runs: Numbers
    values: NDArray[np.float64]


_NONE: Final = _Values(np.empty(0, np.int32), np.empty(0))
_Kept = dict[tuple[int, str], _Values]


class MetricCells:
    """The columns of metrics among `columns`, each as its aggregate says; `goals` are those of all columns."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        columns: Sequence[Column],
        goals: Sequence[Goal | None],
        known: Known,
    ) -> None:
        metrics, by_goal = known.filter_names(cursor).metrics, known.goals(cursor)
        shown = {column: metric_value(column, by_goal.get(column.key)) for column in columns if column.kind == "metric"}
        wanted = {
            column: (metrics[column.key].number, aggregate)
            for column, aggregate in shown.items()
            if column.key in metrics
        }
        before: _Kept = known.of_commits.get("metric cells", {})
        kept = {key: before[key] for key in wanted.values() if key in before}
        missing = [key for key in dict.fromkeys(wanted.values()) if key not in kept]
        if missing:
            kept |= _fetched(cursor, missing, known)
        known.of_commits["metric cells"] = kept
        self._columns, self._goals = tuple(columns), tuple(goals)
        self._values = {column: kept[key] for column, key in wanted.items()}

    def of_runs(self, runs: Sequence[int]) -> dict[Column, Cells]:
        """For each column of a metric what each of these runs has in it; nothing where it has none."""
        numbers = np.array(runs, np.int32)
        return {
            column: _found(self._values.get(column, _NONE), numbers, counts=column.aggregate == "count")
            for column in self._columns
            if column.kind == "metric"
        }

    def best(self, among: Numbers | None) -> tuple[float | None, ...]:
        """For each column the best finite value by its goal, of these runs or, where None, of all.

        None without a goal, and where no two values differ.
        """
        last = max((int(each.runs[-1]) for each in self._values.values() if len(each.runs)), default=0)
        is_among = np.full(last + 1, among is None)
        if among is not None:
            is_among[among[among <= last]] = True
        return tuple(
            None if goal is None else _best(self._values.get(column, _NONE), is_among, goal)
            for column, goal in zip(self._columns, self._goals, strict=True)
        )


def _fetched(cursor: duckdb.DuckDBPyConnection, wanted: Sequence[tuple[int, str]], known: Known) -> _Kept:
    """What these metrics, by number, come to, by what SQL makes of a summary."""
    aggregates = list(dict.fromkeys(aggregate for _, aggregate in wanted))
    of_metrics, parameters = listed(dict.fromkeys(metric for metric, _ in wanted))
    values = ", ".join(f"{aggregate} as v{place}" for place, aggregate in enumerate(aggregates))
    sql = _METRICS.format(values=values, summaries=known.summaries, metrics=of_metrics)
    found = cursor.execute(sql, parameters).fetchnumpy()
    rows = {metric: np.flatnonzero(found["metric"] == metric) for metric, _ in wanted}
    return {
        (metric, aggregate): _values(found["run"], found[f"v{aggregates.index(aggregate)}"], rows[metric])
        for metric, aggregate in wanted
    }


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
