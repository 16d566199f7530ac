"""Huge: curves of more points than can be looked at one by one, worked out by the database in one pass over them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import duckdb
import numpy as np

from labtop.store.answers.curves.asked import Runs
from labtop.store.answers.curves.block import NO_POINTS, Columns, Points, by_run
from labtop.store.answers.curves.clip import FAR_OUT
from labtop.store.answers.curves.cut import KEPT, Buckets, Cut
from labtop.store.answers.curves.logged import Logged, fetch
from labtop.store.answers.curves.smoothing import CHART, PARTS, Smoother, Weighted, weighted
from labtop.store.model import Clip, Window

_EXTENT = "select min(x), max(x) from ({logged}) where x > ?"


def extent(cursor: duckdb.DuckDBPyConnection, source: Logged, *, log: bool) -> Window | None:
    """The first and last x, of what is positive where `log`; None without any."""
    above = 0.0 if log else -np.inf
    low, high = cursor.execute(_EXTENT.format(logged=source.sql), [*source.parameters, above]).fetchall()[0]
    return None if low is None else (low, high)


_OUTLINE = """
select {segment} as segment, (floor({x} / ?) - ?)::integer as bucket, count(*) as points,
    min(x) as x0, arg_min(value, x) as y0, max(x) as x1, arg_max(value, x) as y1,
    arg_min(x, value) {finite} as x2, min(value) {finite} as y2,
    arg_max(x, value) {finite} as x3, max(value) {finite} as y3 {odd}
from ({logged}) where x between ? and ? group by segment, bucket
"""
# Two whole numbers are grouped by in two thirds of the time that three numbers take, one of them a fraction.
_SEGMENT = "run::bigint * 65536 + attempt"
_FINITE = "filter (isfinite(value))"
_ODD = """,
    min(x) filter (isnan(value)) as x4, 'nan'::double as y4,
    min(x) filter (value = 'infinity') as x5, 'infinity'::double as y5,
    min(x) filter (value = '-infinity') as x6, '-infinity'::double as y6
"""
_BEFORE = """
select run, attempt, max(x) as x0, arg_max(value, x) as y0 from ({logged}) where x >= ? and x < ? group by run, attempt
"""
_AFTER = """
select run, attempt, min(x) as x0, arg_min(value, x) as y0 from ({logged}) where x <= ? and x > ? group by run, attempt
"""


def cuts(
    cursor: duckdb.DuckDBPyConnection,
    source: Logged,
    runs: Runs,
    window: Window,
    buckets: Buckets,
    *,
    odd: bool,
    beside: bool,
) -> dict[int, Cut]:
    """What `cut.cut` gives of each run; where few points lie in the window, and `beside` asks for it, with a neighbour
    beyond each edge.

    `odd`: some values are NaN or infinite. Of several points at one x the database picks one. On a logarithmic axis the
    window is positive, and so are neighbours.
    """
    sql = _OUTLINE.format(
        logged=source.sql,
        segment=_SEGMENT,
        x="log2(x)" if buckets.log else "x",
        finite=_FINITE if odd else "",
        odd=_ODD if odd else "",
    )
    first = float(np.floor((math.log2(window[0]) if buckets.log else window[0]) / buckets.width))
    rows = _segmented(cursor, sql, [buckets.width, first, *source.parameters, *window])
    found = {}
    for run, mine in by_run(rows):
        if (inside := int(mine["points"].sum())) > KEPT * buckets.most:
            found[run] = Cut(_in_order([mine]), inside)
    if few := [run for run in runs.numbers if run not in found]:
        exact = fetch(cursor, source, runs, window)
        around = _around(cursor, source, runs, window, few, log=buckets.log) if beside else {}
        for run in few:
            inside_of = exact.get(run, NO_POINTS)
            both = Points.joined([_in_order(around.get(run, ())), inside_of])
            found[run] = Cut(both.at(np.lexsort((both.x, both.attempt))), len(inside_of.x))
    return found


def _around(
    cursor: duckdb.DuckDBPyConnection, source: Logged, runs: Runs, window: Window, few: Sequence[int], *, log: bool
) -> dict[int, list[Columns]]:
    """The point of each attempt next to each edge, before it and after it."""
    low, high = window
    width = high / 2 - low / 2
    least = 5e-324 if log else -np.inf
    found: dict[int, list[Columns]] = {}
    sides = (_BEFORE, low, (max(low - width, least), least)), (_AFTER, high, (high + width, np.inf))
    for sql, edge, ends in sides:
        for run, rows in by_run(_neighbours(cursor, source, sql, edge, ends, runs, few)):
            found.setdefault(run, []).append(rows)
    return found


def _neighbours(
    cursor: duckdb.DuckDBPyConnection,
    source: Logged,
    sql: str,
    edge: float,
    ends: tuple[float, float],
    runs: Runs,
    few: Sequence[int],
) -> Columns:
    """Sought near the edge first, all the rest would be read for nothing; but of a run with several attempts one may be
    near while others are not.
    """
    near, far = ends
    if runs.restarted.isdisjoint(few):
        rows = _fetched(cursor, sql.format(logged=source.sql), [*source.parameters, near, edge])
        if set(few) <= set(rows["run"].tolist()):
            return rows
    return _fetched(cursor, sql.format(logged=source.sql), [*source.parameters, far, edge])


def _fetched(cursor: duckdb.DuckDBPyConnection, sql: str, parameters: list[object]) -> Columns:
    """Columns; what is null is NaN."""
    found = cursor.execute(sql, parameters).fetchnumpy()
    return {
        name: np.ma.filled(column, np.nan) if np.issubdtype(column.dtype, np.floating) else np.asarray(column)
        for name, column in found.items()
    }


def _segmented(cursor: duckdb.DuckDBPyConnection, sql: str, parameters: list[object]) -> Columns:
    """Columns, with run and attempt in place of the segment."""
    rows = _fetched(cursor, sql, parameters)
    return rows | {"run": rows["segment"] >> 16, "attempt": rows["segment"] & 0xFFFF}


def _in_order(parts: Sequence[Columns]) -> Points:
    """The points x0 y0, x1 y1 ... of rows, each once, by attempt, x and value."""
    columns = [
        Points(rows[f"x{place}"], rows[f"y{place}"], rows["attempt"].astype(np.int32))
        for rows in parts
        for place in range(7)
        if f"x{place}" in rows
    ]
    found = Points.joined(columns)
    found = found.at(np.isfinite(found.x))
    found = found.at(np.lexsort((found.value, found.x, found.attempt)))
    again = np.zeros(len(found.x), np.bool_)
    same_value = (found.value[1:] == found.value[:-1]) | np.isnan(found.value[1:]) & np.isnan(found.value[:-1])
    again[1:] = (found.attempt[1:] == found.attempt[:-1]) & (found.x[1:] == found.x[:-1]) & same_value
    return found.at(~again)


_MEANS = """
select {segment} as segment, (floor({x} / ?) - ?)::integer as part, max(x) as x,
    avg(value / ?) {finite} * ? as value, count(*) {finite} as weight
from ({logged}) where x between ? and ? group by segment, part
"""
_HUGE = 2.0**40  # what values are divided by that are too large to be summed up


def means(
    cursor: duckdb.DuckDBPyConnection,
    source: Logged,
    window: Window,
    *,
    odd: bool,
    log_x: bool = False,
    log_y: bool = False,
    width: float = 0.0,
) -> dict[int, Weighted]:
    """Means of the values, or of logarithms where `log_y`, in parts of this width of x, of its logarithm where `log_x`;
    0: in small parts of the window.
    """
    logs = f"select * replace (case when value > 0 then ln(value) end as value) from ({source.sql})"
    sql = _MEANS.format(
        logged=logs if log_y else source.sql,
        segment=_SEGMENT,
        x="log2(x)" if log_x else "x",
        finite=_FINITE if odd or log_y else "",
    )
    low, high = np.log2(window).tolist() if log_x else window
    width = width or (high / PARTS - low / PARTS) or 1.0
    begin = float(np.floor(low / width))
    parameters = [*source.parameters, *window]
    rows = _segmented(cursor, sql, [width, begin, 1.0, 1.0, *parameters])
    if not np.isfinite(rows["value"][rows["weight"] > 0]).all():  # sums passed through infinity
        rows = _segmented(cursor, sql, [width, begin, _HUGE, _HUGE, *parameters])
    return {run: _weighted(own) for run, own in by_run(rows)}


def smoother_means(
    cursor: duckdb.DuckDBPyConnection, source: Logged, window: Window, smoother: Smoother, *, odd: bool
) -> dict[int, Weighted]:
    """Means in parts that are small beside what is smoothed over."""
    width = smoother.unit * (CHART / PARTS)
    return means(cursor, source, window, odd=odd, log_x=smoother.log_x, log_y=smoother.log_y, width=width)


_NEWEST = "select run, arg_max(value, x) from ({logged}) group by run"


def lost_runs(cursor: duckdb.DuckDBPyConnection, source: Logged) -> set[int]:
    """The runs whose newest value is NaN or infinite."""
    newest = cursor.execute(_NEWEST.format(logged=source.sql), source.parameters).fetchall()
    return {run for run, value in newest if not math.isfinite(value)}


def _weighted(rows: Columns) -> Weighted:
    """Those of one run, by attempt and x."""
    order = np.lexsort((rows["x"], rows["attempt"]))
    points = Points(rows["x"][order], rows["value"][order], rows["attempt"][order].astype(np.int32))
    return Weighted(points, rows["weight"][order].astype(np.float64))


def with_neighbours(means: Weighted | None, shown: Points, window: Window, first: float, *, log_y: bool) -> Weighted:
    """Means from `first` to the end of the window, and of the points that are shown those beyond."""
    beyond = weighted(shown.at((shown.x < first) | (shown.x > window[1])), log_y=log_y)
    parts = [beyond] if means is None else [means, beyond]
    points, weight = Points.joined([each.points for each in parts]), np.concatenate([each.weight for each in parts])
    order = np.lexsort((points.x, points.attempt))
    return Weighted(points.at(order), weight[order])


_LATEST = "select run, max(attempt) from ({logged}) group by run"


def latest(
    cursor: duckdb.DuckDBPyConnection, source: Logged, runs: Runs, window: Window, *, odd: bool, log_x: bool
) -> dict[int, Points]:
    """Means of small parts of the window, of the latest attempt of each run, and a neighbour beyond each edge."""
    newest: dict[int, int] = {}
    if runs.restarted:
        newest = dict(cursor.execute(_LATEST.format(logged=source.sql), source.parameters).fetchall())
    if odd:
        source = Logged(f"select * from ({source.sql}) where isfinite(value)", source.parameters)
    inside = means(cursor, source, window, odd=False, log_x=log_x)
    around = _around(cursor, source, runs, window, runs.numbers, log=log_x)
    found = {}
    for run in inside.keys() | around.keys():
        own = inside[run].points if run in inside else NO_POINTS
        both = Points.joined([_in_order(around.get(run, ())), own])
        both = both.at(np.lexsort((both.x, both.attempt)))
        found[run] = both.at(both.attempt == newest.get(run, 0))
    return found


_SAMPLE = 100_000
_HIDDEN = """
select count(*) filter (value <= 0 and isfinite(value) and x between ? and ?), count(*) filter (x <= 0) from ({logged})
"""


def hidden(cursor: duckdb.DuckDBPyConnection, source: Logged, window: Window | None) -> tuple[int, int]:
    """How many values in the window, where there is one, are not positive; how many points are at no positive x."""
    window = window or (0.0, -1.0)
    ((values, places),) = cursor.execute(_HIDDEN.format(logged=source.sql), [*window, *source.parameters]).fetchall()
    return values, places


_QUARTERS = """
select quantile_cont(y, 0.25), quantile_cont(y, 0.75)
from (select {y} as y from ({logged}) where hash(line) % ?::ubigint = 0 and {which})
"""
_WITHIN = """
select min(value) filter (inside), max(value) filter (inside), count(*) filter (not inside)
from (select value, {y} between ? and ? as inside from ({logged}) where {which})
"""


def clip(cursor: duckdb.DuckDBPyConnection, source: Logged, points: int, window: Window, *, log_y: bool) -> Clip | None:
    """What `clip.clip` gives, by the hinges of a sample where there are as many `points`.

    The sample is of lines, the same each time, picked by a hash: a metric may be logged at every nth line only.
    """
    y = "ln(value)" if log_y else "value"
    which = "x between ? and ? and isfinite(value)" + " and value > 0" * log_y
    parameters = [*source.parameters, *window]
    nth = [*source.parameters, max(points // _SAMPLE, 1), *window]
    ((lower, upper),) = cursor.execute(_QUARTERS.format(y=y, logged=source.sql, which=which), nth).fetchall()
    if lower is None:
        return None
    distance = FAR_OUT * (upper / 2 - lower / 2) * 2
    sql = _WITHIN.format(y=y, logged=source.sql, which=which)
    ((low, high, outside),) = cursor.execute(sql, [lower - distance, upper + distance, *parameters]).fetchall()
    return Clip(low, high, outside) if outside and low is not None else None
