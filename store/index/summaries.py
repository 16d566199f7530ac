"""Summaries per (run, metric), kept up with every batch of points: for each file, and over the files of a run."""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.index.points import Columns

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
_MERGE = """
merge into file_summaries as s using (
    select * replace (coalesce(first, 'nan'::double) as first, coalesce(last, 'nan'::double) as last) from added
) as b
on s.run = b.run and s.metric = b.metric and s.file = b.file
when matched then update set
    count = s.count + b.count,
    nan = s.nan + b.nan,
    total = coalesce(s.total + b.total, s.total, b.total),
    last = b.last, last_step = b.last_step, last_time = b.last_time,
    min_step = case when s.min is null or b.min < s.min then b.min_step else s.min_step end,
    min = least(s.min, b.min),
    max_step = case when s.max is null or b.max > s.max then b.max_step else s.max_step end,
    max = greatest(s.max, b.max)
when not matched then insert by name
"""


def merge(cursor: duckdb.DuckDBPyConnection, added: Columns, but: Collection[Pair]) -> None:
    """Add what new points sum up to, except for these (run, file): none of them is in the summaries yet."""
    if but:
        others = ~np.isin(_as_one(added["run"], added["file"]), _as_one(*np.array(list(but), np.int64).T))
        added = {name: column[others] for name, column in added.items()}
    if len(added["run"]):
        cursor.register("added", added)
        cursor.execute(_MERGE)
        cursor.unregister("added")


def _as_one(run: NDArray[np.int64], file: NDArray[np.int64]) -> NDArray[np.int64]:
    return (run.astype(np.int64) << 32) | file.astype(np.int64)


# Runs with several files, and those of which files may hold the same metric in two formats.
_MERGED = """
select run, bool_or(coalesce(rank, 0) > 0) or run in (select run from shadowed) as ranked
from shares left join files using (file)
where run in (select unnest(?::integer[])) group by run having count(*) > 1 or ranked
union
select run, true from shadowed where run in (select unnest(?::integer[]))
"""
_FORGET_SHADOWED = "delete from shadowed where run in (select unnest(?::integer[]))"

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

_DROP = """
delete from summaries where run in (select unnest(?::integer[]))
and not exists (
    from file_summaries as f anti join shadowed as d on d.run = f.run and d.metric = f.metric and d.file = f.file
    where f.run = summaries.run and f.metric = summaries.metric
)
"""

_STORE = """
merge into summaries as s using ({source}) as b on s.run = b.run and s.metric = b.metric
when matched then update set
    count = b.count, nan = b.nan, total = b.total, first = b.first, last = b.last, last_step = b.last_step,
    min = b.min, min_step = b.min_step, max = b.max, max_step = b.max_step
when not matched then insert by name
"""

# Most runs have one file, whose summaries are theirs.
_UNITE_LONE = _STORE.format(
    source="""
    select run, metric, count, nan, total, first, last, last_step, min, min_step, max, max_step
    from file_summaries where run in (select unnest(?::integer[]))
"""
)

# Of files with the same time that of the first path comes first.
_UNITE = _STORE.format(
    source="""
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
)


def unite(cursor: duckdb.DuckDBPyConnection, runs: Collection[int], forgotten: Collection[int]) -> None:
    """Bring the summaries of these runs up to date with those of their files; some `forgotten` runs lost some."""
    if not runs:
        return
    several = dict(cursor.execute(_MERGED, [list(runs), list(runs)]).fetchall())
    ranked = [run for run, is_ranked in several.items() if is_ranked]
    if ranked:
        cursor.execute(_FORGET_SHADOWED, [ranked])
        cursor.execute(_SHADOW, [ranked])
    if forgotten or ranked:
        cursor.execute(_DROP, [[*forgotten, *ranked]])
    lone = [run for run in runs if run not in several]
    if lone:
        cursor.execute(_UNITE_LONE, [lone])
    if several:
        cursor.execute(_UNITE, [list(several)])
