"""Reading: the logged values of metrics at one x."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import numpy as np

from labtop.store.answers.curves.asked import Metric
from labtop.store.answers.curves.block import Points
from labtop.store.answers.curves.cut import segments
from labtop.store.answers.curves.kept import Kept
from labtop.store.answers.curves.source import Source
from labtop.store.model import AtQuery

Values = Mapping[int, float | None]


def values_at(cursor: duckdb.DuckDBPyConnection, query: AtQuery, kept: Kept) -> tuple[tuple[float | None, ...], ...]:
    """For each metric and each run the value of the last point at or before x, of the latest attempt that has points on
    both sides of it; None where there is none. See `several_curves` for `kept`.
    """
    numbers = tuple(dict.fromkeys(query.runs))
    if not numbers:
        return tuple(() for _ in query.metrics)
    source = Source(cursor, kept, numbers, query.x, sorted(set(query.metrics)))
    found = []
    for name in query.metrics:
        metric = source.metrics.get(name)
        values = _values(source, metric, query.at) if metric else {}
        found.append(tuple(values.get(run) for run in query.runs))
    kept.tidy()
    return tuple(found)


def _values(source: Source, metric: Metric, at: float) -> Values:
    if source.is_huge(metric):
        return _of_database(source, metric, at)
    return {run: _value(points, at) for run, points in source.points(metric).items()}


def _value(points: Points, at: float) -> float | None:
    for begin, end in reversed(segments(points.attempt)):
        x = points.x[begin:end]
        if x[0] <= at <= x[-1]:
            return float(points.value[begin + int(np.searchsorted(x, at, "right")) - 1])
    return None


_AT = """
select run, arg_max(value, attempt) from (
    select run, attempt, arg_max(value, x) filter (x <= ?) as value from ({logged}) group by run, attempt
    having min(x) <= ? and max(x) >= ?
) group by run
"""


def _of_database(source: Source, metric: Metric, at: float) -> Values:
    logged = source.logged(metric)
    sql = _AT.format(logged=logged.sql)
    return dict(source.cursor.execute(sql, [at, *logged.parameters, at, at]).fetchall())
