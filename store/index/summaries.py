"""Summaries per (run, metric), kept up with every batch of points."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

# Two levels: within a file the last line is the last value, between files the later time is.
_AGGREGATE = """
    select run, metric,
        sum(count)::ubigint as count, sum(nan)::ubigint as nan, sum(total) as total,
        arg_min(first, first_time) as first,
        arg_max(last, last_time) as last, arg_max(last_step, last_time) as last_step, max(last_time) as last_time,
        arg_max(file, last_time) as last_file,
        min(low.v) as min, arg_min(low.s, low) as min_step, max(high.v) as max, arg_max(high.s, high) as max_step
    from (
        select run, metric, file,
            count(*) as count,
            count(*) filter (not isfinite(value)) as nan,
            sum(value) filter (isfinite(value)) as total,
            arg_min(value, line) as first, arg_min(time, line) as first_time,
            arg_max(value, line) as last, arg_max(step, line) as last_step, arg_max(time, line) as last_time,
            min({'v': value, 'l': line::bigint, 's': step}) filter (isfinite(value)) as low,
            max({'v': value, 'l': -line::bigint, 's': step}) filter (isfinite(value)) as high
        from %s
        group by run, metric, file
    ) group by run, metric
"""

_LATER = "(b.last_file = s.last_file or b.last_time >= s.last_time)"

_MERGE = f"""
merge into summaries as s using ({_AGGREGATE % "batch"}) as b on s.run = b.run and s.metric = b.metric
when matched then update set
    count = s.count + b.count,
    nan = s.nan + b.nan,
    total = coalesce(s.total + b.total, s.total, b.total),
    last = case when {_LATER} then b.last else s.last end,
    last_step = case when {_LATER} then b.last_step else s.last_step end,
    last_time = case when {_LATER} then b.last_time else s.last_time end,
    last_file = case when {_LATER} then b.last_file else s.last_file end,
    min_step = case when s.min is null or b.min < s.min then b.min_step else s.min_step end,
    min = least(s.min, b.min),
    max_step = case when s.max is null or b.max > s.max then b.max_step else s.max_step end,
    max = greatest(s.max, b.max)
when not matched then insert by name
"""

_FORGET = "delete from summaries where run in (select unnest(?::integer[]))"

# Of the same attempt and step the last pass counts: what a resume wrote again replaces what was there.
_RECOUNT = f"""
insert into summaries by name {
    _AGGREGATE
    % '''(
    select * from points where run in (select unnest(?::integer[]))
    qualify pass = max(pass) over (partition by run, metric, attempt, step)
)'''
}
"""


def merge_batch(cursor: duckdb.DuckDBPyConnection) -> None:
    """Add the points of the registered relation `batch`, none of which is in the summaries yet."""
    cursor.execute(_MERGE)


def recount(cursor: duckdb.DuckDBPyConnection, runs: Iterable[int]) -> None:
    """Make the summaries of these runs anew from their points."""
    numbers = list(runs)
    cursor.execute(_FORGET, [numbers])
    cursor.execute(_RECOUNT, [numbers])
