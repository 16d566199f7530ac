"""The outline of a directory: its metrics and the parameters that tell its runs apart."""

from __future__ import annotations

import duckdb

from labtop.store.model import MetricInfo, Outline

_COUNT = "select count(distinct run) from shares"

_METRICS = """
select name, goal, unit, count(*) as runs, bool_or(min < max or (nan > 0 and nan < count)) as varies
from summaries join metric_names using (metric)
group by metric, name, goal, unit
order by runs desc, goal is null, name
"""

# In a telling parameter two runs picked at random differ (Gini-Simpson index: 1 - sum of squared shares), and yet its
# values are few for so many runs. Less telling: that some runs lack it; least: texts that no two runs share, such as
# paths and ids, and what a name only repeats of a logged parameter.
_VARYING = """
with said as materialized (
    select run, key, from_name, number is not null as numeric, hash(number, text) as meaning from sheet.params
),
held as (
    select key, meaning, bool_and(numeric) as numeric, bool_and(from_name) as from_name, count(*) as runs
    from said group by key, meaning
),
counted as (
    select key, count(*) as kinds, bool_and(numeric) as numeric, bool_and(from_name) as from_name,
        sum(runs) as holders, sum(runs ** 2) as squares
    from held group by key
),
coded as materialized (select run, key, meaning from said where from_name),
logged as (
    select run, key, meaning from said where not from_name and meaning in (select meaning from coded)
),
matches as (
    select coded.key, logged.key as other, count(*) as runs from coded join logged using (run, meaning)
    group by coded.key, other
),
repeats as (select distinct key from counted join matches using (key) where runs = holders),
judged as (
    select *, 1 - (squares + (total - holders) ** 2) / total ** 2 as differs
    from counted, (select ?::double as total)
)
select key from judged where kinds > 1 or holders < total
order by differs * (1 - (kinds - 1) / total) * case
    when kinds = 1 then 0.5 when kinds >= total and not numeric or key in (from repeats) then 0.1 else 1 end desc, key
"""


def outline(cursor: duckdb.DuckDBPyConnection) -> Outline:
    """What there is over all runs, from the sheet."""
    ((runs,),) = cursor.execute(_COUNT).fetchall()
    metrics = tuple(
        MetricInfo(name, goal, unit, count, bool(varies))
        for name, goal, unit, count, varies in cursor.execute(_METRICS).fetchall()
    )
    varying = cursor.execute(_VARYING, [runs]).fetchall() if runs > 1 else []
    return Outline(runs, metrics, tuple(key for (key,) in varying))
