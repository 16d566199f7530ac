"""Summaries per (run, metric), kept up with every batch of points: for each file, and over the files of a run that has
several."""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.index.points import Columns
from labtop.store.index.rows import delete, insert, parsed

Pair = tuple[int, int]
"""A run and one of its files."""

# Structs compare field by field: the line decides, and within a line that holds two objects the step.
OF_POINTS = """
    select {keys},
        count(*) as count,
        count(*) filter (not isfinite(value)) as nan,
        sum(value) filter (isfinite(value)) as total,
        min({{'l': line, 's': step, 'v': value, 't': time}}) as head,
        max({{'l': line, 's': step, 'v': value, 't': time}}) as tail,
        min({{'v': value, 'l': line::bigint, 's': step}}) filter (isfinite(value)) as low,
        max({{'v': value, 'l': -line::bigint, 's': -step}}) filter (isfinite(value)) as high
    from ({points})
    group by {keys}
"""
COLUMNS = """
    select run, metric, file, count, nan, total,
        head.v as first, head.t as first_time, tail.v as last, tail.s as last_step, tail.t as last_time,
        low.v as min, low.s as min_step, high.v as max,
        case when high.s = 0 then 0 else -high.s end as max_step
    from ({sums})
"""

# DuckDB reads a NaN in a numpy array as null: so it stands for what there is none of, but first and last are values.
_UPDATE = """
update file_summaries as s set
    count = s.count + b.count,
    nan = s.nan + b.nan,
    total = coalesce(s.total + b.total, s.total, b.total),
    last = coalesce(b.last, 'nan'::double), last_step = b.last_step, last_time = b.last_time,
    min_step = case when s.min is null or b.min < s.min then b.min_step else s.min_step end,
    min = least(s.min, b.min),
    max_step = case when s.max is null or b.max > s.max then b.max_step else s.max_step end,
    max = greatest(s.max, b.max)
from added as b where s.run = b.run and s.metric = b.metric and s.file = b.file
"""
_INSERT = """
insert into file_summaries by name
select * replace (coalesce(first, 'nan'::double) as first, coalesce(last, 'nan'::double) as last)
from added anti join file_summaries using (run, metric, file)
"""


def merge(cursor: duckdb.DuckDBPyConnection, added: Columns, but: Collection[Pair]) -> None:
    """Add what new points sum up to, except for these (run, file): none of them is in the summaries yet."""
    if but:
        others = ~np.isin(_as_one(added["run"], added["file"]), _as_one(*np.array(list(but), np.int64).T))
        added = {name: column[others] for name, column in added.items()}
    metrics = len(added["run"])
    if not metrics:
        return
    ((updated,),) = cursor.execute(parsed(cursor, _UPDATE)).fetchall()
    if updated < metrics:
        cursor.execute(parsed(cursor, _INSERT))


def _as_one(run: NDArray[np.int64], file: NDArray[np.int64]) -> NDArray[np.int64]:
    return (run.astype(np.int64) << 32) | file.astype(np.int64)


_UNITED = "from united"
_SEVERAL = """
select run, bool_or(coalesce(rank, 0) > 0) from shares left join files using (file)
where run in (select unnest(?::integer[])) group by run having count(*) > 1
"""

# Of documents that are written whole at each checkpoint only the newest counts, and of it what no other kind has.
_SHADOW = """
insert into shadowed
with sources as (
    select f.run, f.metric, f.file, files.rank,
        case when files.kind = 'trainer_state' then
            f.file <> arg_max(f.file, {'s': s.step, 't': files.mtime, 'p': files.path})
                filter (where files.kind = 'trainer_state') over (partition by f.run)
        else false end as old
    from file_summaries as f join files using (file) join shares as s on s.run = f.run and s.file = f.file
    where f.run in (select unnest(?::integer[]))
)
select run, metric, file from sources
qualify old or rank > min(rank) filter (where not old) over (partition by run, metric)
"""

# Of files with the same time that of the first path comes first.
_UNITE = """
insert into united_summaries by name
with mine as (
    select f.* from file_summaries as f
        anti join shadowed as d on d.run = f.run and d.metric = f.metric and d.file = f.file
    where run in (select unnest(?::integer[]))
),
paths as (select file, path from files semi join mine using (file))
select run, metric, sum(count)::ubigint as count, sum(nan)::ubigint as nan, sum(total) as total,
    arg_min(first, {'t': first_time, 'p': path}) as first,
    arg_max(last, {'t': last_time, 'p': path}) as last,
    arg_max(last_step, {'t': last_time, 'p': path}) as last_step,
    min(min) as min, arg_min(min_step, {'v': min, 't': first_time, 'p': path}) filter (min is not null) as min_step,
    max(max) as max, arg_min(max_step, {'v': -max, 't': first_time, 'p': path}) filter (max is not null) as max_step
from mine join paths using (file) group by run, metric
"""


def unite(cursor: duckdb.DuckDBPyConnection, grown: Collection[int], changed: Collection[int]) -> None:
    """Bring the summaries of runs of several files up to date, where these have `grown` or were renamed, and of runs
    whose files may have `changed`: some came or went."""
    united = dict(cursor.execute(parsed(cursor, _UNITED)).fetchall())
    stale = {run: united[run] for run in grown if run in united and run not in changed}
    if changed:
        _forget(cursor, [run for run in changed if run in united])
        several = cursor.execute(parsed(cursor, _SEVERAL), [list(changed)]).fetchall()
        insert(cursor, "united", {"run": "integer", "ranked": "boolean"}, several)
        stale |= dict(several)
    ranked = [run for run, is_ranked in stale.items() if is_ranked]
    if ranked:
        delete(cursor, "shadowed", "run", ranked)
        cursor.execute(parsed(cursor, _SHADOW), [ranked])
    if stale:
        delete(cursor, "united_summaries", "run", stale)
        cursor.execute(parsed(cursor, _UNITE), [list(stale)])


def _forget(cursor: duckdb.DuckDBPyConnection, runs: Collection[int]) -> None:
    for table in ("united", "united_summaries", "shadowed"):
        delete(cursor, table, "run", runs)
