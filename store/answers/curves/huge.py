"""Huge: curves of more points than can be looked at one by one, worked out by the database in one pass over them."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np

from labtop.store.answers.curves.asked import Runs
from labtop.store.answers.curves.block import NO_POINTS, Columns, Points
from labtop.store.answers.curves.cut import KEPT, Buckets, Cut
from labtop.store.answers.curves.logged import Logged, fetch
from labtop.store.answers.curves.smoothing import PARTS, Weighted, reach
from labtop.store.model import Clip, Window

_EXTENT = "select min(x), max(x) from ({logged}) where x > ?"


def extent(cursor: duckdb.DuckDBPyConnection, source: Logged, *, log: bool) -> Window | None:
    """The first and last x, of what is positive where `log`; None without any."""
    above = 0.0 if log else -np.inf
    low, high = cursor.execute(_EXTENT.format(logged=source.sql), [*source.parameters, above]).fetchall()[0]
    return None if low is None else (low, high)


_OUTLINE = """
select run, attempt, floor({x} / ?) as bucket, count(*) as points,
    min(x) as x0, arg_min(value, x) as y0, max(x) as x1, arg_max(value, x) as y1,
    arg_min(x, value) {finite} as x2, min(value) {finite} as y2,
    arg_max(x, value) {finite} as x3, max(value) {finite} as y3 {odd}
from ({logged}) where x between ? and ? group by run, attempt, bucket
"""
_FINITE = "filter (isfinite(value))"
_ODD = """,
    min(x) filter (isnan(value)) as x4, 'nan'::double as y4,
    min(x) filter (value = 'infinity') as x5, 'infinity'::double as y5,
    min(x) filter (value = '-infinity') as x6, '-infinity'::double as y6
"""
_BEFORE = "select run, attempt, max(x) as x0, arg_max(value, x) as y0 from ({logged}) where x < ? group by run, attempt"
_AFTER = "select run, attempt, min(x) as x0, arg_min(value, x) as y0 from ({logged}) where x > ? group by run, attempt"


def cuts(
    cursor: duckdb.DuckDBPyConnection, source: Logged, runs: Runs, window: Window, buckets: Buckets, *, odd: bool
) -> dict[int, Cut]:
    """What `cut.cut` gives of each run, a neighbour beyond each edge where few points lie in the window.

    `odd`: some values are NaN or infinite. Of several points at one x the database picks one.
    """
    sql = _OUTLINE.format(
        logged=source.sql,
        x="log2(x)" if buckets.log else "x",
        finite=_FINITE if odd else "",
        odd=_ODD if odd else "",
    )
    rows = _fetched(cursor, sql, [buckets.width, *source.parameters, *window])
    found = {}
    for run in np.unique(rows["run"]).tolist():
        mine = {name: column[rows["run"] == run] for name, column in rows.items()}
        if (inside := int(mine["points"].sum())) > KEPT * buckets.most:
            found[run] = Cut(_in_order([mine]), inside)
    if len(found) < len(runs.numbers):
        found |= _few(cursor, source, runs, window, [run for run in runs.numbers if run not in found])
    return found


def _few(
    cursor: duckdb.DuckDBPyConnection, source: Logged, runs: Runs, window: Window, few: Sequence[int]
) -> dict[int, Cut]:
    """All points in the window, and their neighbours."""
    exact = fetch(cursor, source, runs, window)
    beside = [
        _fetched(cursor, sql.format(logged=source.sql), [*source.parameters, end])
        for sql, end in ((_BEFORE, window[0]), (_AFTER, window[1]))
    ]
    found = {}
    for run in few:
        inside = exact.get(run, NO_POINTS)
        own = [{name: column[rows["run"] == run] for name, column in rows.items()} for rows in beside]
        both = Points.joined([_in_order(own), inside])
        found[run] = Cut(both.at(np.lexsort((both.x, both.attempt))), len(inside.x))
    return found


def _fetched(cursor: duckdb.DuckDBPyConnection, sql: str, parameters: list[object]) -> Columns:
    """Columns; what is null is NaN."""
    found = cursor.execute(sql, parameters).fetchnumpy()
    return {
        name: np.ma.filled(column, np.nan) if np.issubdtype(column.dtype, np.floating) else np.asarray(column)
        for name, column in found.items()
    }


def _in_order(parts: Sequence[Columns]) -> Points:
    """The points x0 y0, x1 y1 ... of rows, each once, by attempt and x."""
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
select run, attempt, floor({x} / ?) as part, max(x) as x, avg(value) filter (isfinite(value)) as value,
    count(*) filter (isfinite(value)) as weight
from ({logged}) where x between ? and ? group by run, attempt, part order by run, attempt, x
"""


def means(
    cursor: duckdb.DuckDBPyConnection,
    source: Logged,
    window: Window,
    smoothing: float = 0.0,
    *,
    log_x: bool = False,
    log_y: bool = False,
) -> dict[int, Weighted]:
    """Means of the values, or of logarithms where `log_y`, in small parts of the window, and as far before it as
    smoothing reaches.
    """
    logs = f"select * replace (case when value > 0 then ln(value) end as value) from ({source.sql})"
    sql = _MEANS.format(logged=logs if log_y else source.sql, x="log2(x)" if log_x else "x")
    low, high = np.log2(window).tolist() if log_x else window
    width = max((high - low) / PARTS, 5e-324)
    first = reach(window, smoothing, log=log_x) if smoothing else window[0]
    rows = _fetched(cursor, sql, [width, *source.parameters, first, window[1]])
    found = {}
    for run in np.unique(rows["run"]).tolist():
        mine = rows["run"] == run
        points = Points(rows["x"][mine], rows["value"][mine], rows["attempt"][mine].astype(np.int32))
        found[run] = Weighted(points, rows["weight"][mine].astype(np.float64))
    return found


_QUARTERS = """
select approx_quantile(y, 0.25), approx_quantile(y, 0.75) from (select {y} as y from ({logged}) where {which})
"""
_WITHIN = """
select min(value) filter (inside), max(value) filter (inside), count(*) filter (not inside)
from (select value, {y} between ? and ? as inside from ({logged}) where {which})
"""


def clip(cursor: duckdb.DuckDBPyConnection, source: Logged, window: Window, *, log_y: bool) -> Clip | None:
    """What `clip.clip` gives, by hinges that are estimated."""
    y = "ln(value)" if log_y else "value"
    which = "x between ? and ? and isfinite(value)" + " and value > 0" * log_y
    parameters = [*source.parameters, *window]
    ((lower, upper),) = cursor.execute(_QUARTERS.format(y=y, logged=source.sql, which=which), parameters).fetchall()
    if lower is None:
        return None
    distance = 3.0 * (upper - lower)
    sql = _WITHIN.format(y=y, logged=source.sql, which=which)
    ((low, high, outside),) = cursor.execute(sql, [lower - distance, upper + distance, *parameters]).fetchall()
    return Clip(low, high, outside) if outside else None
