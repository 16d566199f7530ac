"""Sparklines: the course of a metric in few values a run, for many runs at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import duckdb
import numpy as np

from labtop.store.answers.rows import marks
from labtop.store.index.schema import SLOTS
from labtop.store.model import Floats

_METRIC: Final = "select metric from known_metrics where name = ?"
_RESUMED: Final = "select 1 from shares where resumed and run in ({runs}) limit 1"
# Where a file wrote steps twice the later pass counts.
_LAST_PASS: Final = "qualify pass = max(pass) over (partition by run, file, attempt, step)"
_PARTS: Final = """
with logged as (
    select run, attempt, step, case when isfinite(v{slot}) then v{slot} end as value from point_rows
    where octet = ? and has & ? <> 0 and run in ({runs}) and isfinite(step)
        and (run, file) not in (select (run, file) from shadowed where metric = ?)
    {but}
),
attempts as (select run, attempt, min(step) as first, max(step) as last from logged group by run, attempt),
newest as (select run, max(attempt) as attempt, arg_max((first, last), attempt) as ends from attempts group by run),
spans as (select run, attempt, ends[1] as first, ends[2] / 2 - ends[1] / 2 as half from newest),
placed as (
    select run, value,
        case when half > 0 then least(floor((step / 2 - first / 2) / half * ?), ?) else 0 end::integer as part
    from logged join spans using (run, attempt)
)
select run, part, avg(value / ?) * ? as mean from placed group by run, part
"""
_HUGE: Final = 2.0**30


def sparklines(
    cursor: duckdb.DuckDBPyConnection, runs: Sequence[int], metric: str, cells: int
) -> dict[int, tuple[float, ...]]:
    """For each of these runs that has the metric `cells` values, from its first step to its last in its newest attempt.

    Each is the mean of the finite values in an equal part of these steps; a part without any has the value of the part
    before, at the beginning that of the first that has one. A run without any finite value has an empty tuple.
    """
    numbers = list(dict.fromkeys(runs))
    known = cursor.execute(_METRIC, [metric]).fetchall()
    if not known or not numbers or cells < 1:
        return {}
    octet, slot = divmod(known[0][0], SLOTS)
    resumed = cursor.execute(_RESUMED.format(runs=marks(len(numbers))), numbers).fetchall()
    sql = _PARTS.format(slot=slot, runs=marks(len(numbers)), but=_LAST_PASS if resumed else "")
    asked = [octet, 1 << slot, *numbers, known[0][0], cells, cells - 1]
    means = _means(cursor, sql, asked, cells, 1.0)
    lost = {run: np.isinf(row) for run, row in means.items()}
    if any(row.any() for row in lost.values()):  # sums passed through infinity
        of_huge = _means(cursor, sql, asked, cells, _HUGE)
        means = {run: np.where(lost[run], of_huge[run], row) for run, row in means.items()}
    return {run: _carried(row) for run, row in means.items()}


def _means(
    cursor: duckdb.DuckDBPyConnection, sql: str, asked: list[Any], cells: int, scale: float
) -> dict[int, Floats]:
    """The means of the parts of each run that has the metric, NaN where there are none; `scale` divides the sums."""
    found = cursor.execute(sql, [*asked, scale, scale]).fetchnumpy()
    there, place = np.unique(found["run"], return_inverse=True)
    rows: Floats = np.full((len(there), cells), np.nan)
    known = ~np.ma.getmaskarray(found["mean"])
    mean = np.nan_to_num(np.ma.getdata(found["mean"]), nan=np.inf, posinf=np.inf, neginf=-np.inf)  # NaN: inf - inf
    rows[place[known], found["part"][known]] = mean[known]
    return dict(zip(there.tolist(), rows, strict=True))


def _carried(row: Floats) -> tuple[float, ...]:
    """The row with its holes filled by the value before, at the beginning by that after; empty where all are holes."""
    has = np.isfinite(row)
    if not has.any():
        return ()
    nearest = np.maximum.accumulate(np.where(has, np.arange(len(row)), has.argmax()))
    return tuple(row[nearest].tolist())
