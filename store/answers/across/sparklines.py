"""Sparklines: the course of a metric in few values a run, for many runs at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.rows import marks
from labtop.store.index.schema import SLOTS
from labtop.store.model import Floats

_METRIC: Final = "select metric from known_metrics where name = ?"
_RESUMED: Final = "select 1 from shares where resumed and run in ({runs}) limit 1"
# Where a file wrote steps twice the later pass counts.
_LAST_PASS: Final = "qualify pass = max(pass) over (partition by run, file, attempt, step)"
# A sum of huge values passes through infinity: their mean is that of smaller ones.
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
select run, part, avg(value) as mean, avg(value / 1048576) * 1048576 as mean_of_huge
from placed group by run, part
"""


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
    found = cursor.execute(sql, [octet, 1 << slot, *numbers, known[0][0], cells, cells - 1]).fetchnumpy()
    return _carried(found, cells)


def _carried(found: dict[str, NDArray[Any]], cells: int) -> dict[int, tuple[float, ...]]:
    """Means by run and part as full rows."""
    there, place = np.unique(found["run"], return_inverse=True)
    mean, of_huge = (np.ma.filled(found[name], np.nan) for name in ("mean", "mean_of_huge"))
    rows: Floats = np.full((len(there), cells), np.nan)
    rows[place, found["part"]] = np.where(np.isinf(mean), of_huge, mean)
    has = np.isfinite(rows)
    before = np.maximum.accumulate(np.where(has, np.arange(cells), -1), axis=1)
    nearest = np.where(before < 0, has.argmax(axis=1)[:, None], before)
    carried = np.take_along_axis(rows, nearest, axis=1).tolist()
    return {run: tuple(row) if row[0] == row[0] else () for run, row in zip(there.tolist(), carried, strict=True)}
