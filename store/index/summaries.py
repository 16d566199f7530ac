"""Summaries per (run, metric), kept up with every batch of points: for each file, and over the files of a run."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from labtop.store.index.points import Columns

# Structs compare field by field: the line decides, and within a line that holds two objects the step.
_OF_POINTS = """
    select run, metric, file,
        count(*) as count,
        count(*) filter (not isfinite(value)) as nan,
        sum(value) filter (isfinite(value)) as total,
        min({'l': line, 's': step, 'v': value, 't': time}) as head,
        max({'l': line, 's': step, 'v': value, 't': time}) as tail,
        min({'v': value, 'l': line::bigint, 's': step}) filter (isfinite(value)) as low,
        max({'v': value, 'l': -line::bigint, 's': -step}) filter (isfinite(value)) as high
    from %s
    group by run, metric, file
"""
_COLUMNS = """
    select run, metric, file, count, nan, total,
        head.v as first, head.t as first_time, tail.v as last, tail.s as last_step, tail.t as last_time,
        low.v as min, low.s as min_step, high.v as max, -high.s as max_step
    from (%s)
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

_PAIRS = "(run, file) in (select unnest(?::integer[]), unnest(?::integer[]))"
_FORGET = f"delete from file_summaries where {_PAIRS}"

# Of the same attempt and step the last pass counts: what a resume wrote again replaces what was there.
_LAST_PASS = f"""(
    select * from points where {_PAIRS}
    qualify pass = max(pass) over (partition by run, file, metric, attempt, step)
)"""
_RECOUNT = f"insert into file_summaries by name {_COLUMNS % (_OF_POINTS % _LAST_PASS)}"


def merge(cursor: duckdb.DuckDBPyConnection, added: Columns, but: Collection[tuple[int, int]]) -> None:
    """Add what new points sum up to, except for these (run, file): none of them is in the summaries yet."""
    for run, file in but:
        others = (added["run"] != run) | (added["file"] != file)
        added = {name: column[others] for name, column in added.items()}
    if len(added["run"]):
        cursor.register("added", added)
        cursor.execute(_MERGE)
        cursor.unregister("added")


def recount(cursor: duckdb.DuckDBPyConnection, pairs: Collection[tuple[int, int]]) -> None:
    """Make the summaries of these (run, file) anew from their points."""
    if not pairs:
        return
    columns = [[run for run, _ in pairs], [file for _, file in pairs]]
    cursor.execute(_FORGET, columns)
    cursor.execute(_RECOUNT, columns)


_RANKED = """
select distinct run from shares semi join files on shares.file = files.file and files.rank > 0
where run in (select unnest(?::integer[]))
union select run from shadowed where run in (select unnest(?::integer[]))
"""
_FORGET_SHADOWED = "delete from shadowed where run in (select unnest(?::integer[]))"

# Of documents that are written whole at each checkpoint only the newest counts, and of it what no other kind has.
_SHADOW = """
insert into shadowed
with sources as (
    select f.run, f.metric, f.file, files.rank,
        case when files.kind = 'trainer_state' then
            f.file <> arg_max(f.file, {'s': s.step, 't': files.mtime, 'f': f.file})
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

# Of files with the same time the one found first comes first.
_UNITE = """
merge into summaries as s using (
    select run, metric,
        sum(count)::ubigint as count, sum(nan)::ubigint as nan, sum(total) as total,
        arg_min(first, {'t': first_time, 'f': file}) as first,
        arg_max(last, {'t': last_time, 'f': file}) as last,
        arg_max(last_step, {'t': last_time, 'f': file}) as last_step,
        min(min) as min, arg_min(min_step, {'v': min, 't': first_time, 'f': file}) filter (min is not null) as min_step,
        max(max) as max, arg_min(max_step, {'v': -max, 't': first_time, 'f': file}) filter (max is not null) as max_step
    from file_summaries as f anti join shadowed as d on d.run = f.run and d.metric = f.metric and d.file = f.file
    where run in (select unnest(?::integer[])) group by run, metric
) as b on s.run = b.run and s.metric = b.metric
when matched then update set
    count = b.count, nan = b.nan, total = b.total, first = b.first, last = b.last, last_step = b.last_step,
    min = b.min, min_step = b.min_step, max = b.max, max_step = b.max_step
when not matched then insert by name
"""


def unite(cursor: duckdb.DuckDBPyConnection, runs: Collection[int], forgotten: Collection[int]) -> None:
    """Bring the summaries of these runs up to date with those of their files; some `forgotten` runs lost some."""
    if not runs:
        return
    ranked = [run for (run,) in cursor.execute(_RANKED, [list(runs), list(runs)]).fetchall()]
    if ranked:
        cursor.execute(_FORGET_SHADOWED, [ranked])
        cursor.execute(_SHADOW, [ranked])
    if forgotten or ranked:
        cursor.execute(_DROP, [[*forgotten, *ranked]])
    cursor.execute(_UNITE, [list(runs)])
