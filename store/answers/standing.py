"""Standing: how runs compare with those that began before them, and which repeat the params of an earlier one.

Three plain queries and arithmetic in numpy: the database takes longer to plan the one query that has it all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.known import Known
from labtop.store.answers.values import metric_value
from labtop.store.model import Change, Column, Goal, Standing, StandingQuery

_Runs = NDArray[np.int32]
_BEGAN: Final = """
select run, coalesce(hidden, false) as hidden from sheet.runs
order by started nulls last, run
"""
_NAMES: Final = """
select run, name from sheet.runs
where run between ? and ? and run in (select unnest(?::bigint[]))
"""


class _Began(NamedTuple):
    """All runs in the order in which they began, whether each is hidden, and the place in this order by run."""

    runs: _Runs
    hidden: NDArray[np.bool_]
    place: NDArray[np.int64]


def standing(cursor: duckdb.DuckDBPyConnection, query: StandingQuery, known: Known) -> dict[int, Standing]:
    """For each of the query's runs how it stands; one that is not there stands beside none.

    Runs stand in the order in which they began, those that did not after all others, by number. None is measured
    against a hidden run, yet it may repeat the params of one.
    Raises `StoreError` for an aggregate that there is none.
    """
    if not query.runs:
        return {}
    known.lay_configs(cursor)
    began = _began(cursor)
    goal = known.goals(cursor).get(query.column.key) if _has_way(query.column) else None
    changes = _changes(cursor, query, goal, began)
    repeated = _repeated(cursor, query.runs, began)
    names = _names(cursor, sorted({first for first, _ in repeated.values()}))
    found = {}
    for run in query.runs:
        last, best = changes.get(run, (None, None))
        repeats, same_seed = repeated.get(run, (None, False))
        found[run] = Standing(last, best, repeats, "" if repeats is None else names[repeats], same_seed)
    return found


def _has_way(column: Column) -> bool:
    """Whether what the column shows may get better: a count does not."""
    return column.kind == "metric" and column.aggregate != "count"


def _began(cursor: duckdb.DuckDBPyConnection) -> _Began:
    found = cursor.execute(_BEGAN).fetchnumpy()
    runs = found["run"]
    place = np.full(int(runs.max(initial=-1)) + 1, -1)
    place[runs] = np.arange(len(runs))
    return _Began(runs, found["hidden"], place)


def _names(cursor: duckdb.DuckDBPyConnection, runs: Sequence[int]) -> dict[int, str]:
    if not runs:
        return {}
    return dict(cursor.execute(_NAMES, [runs[0], runs[-1], runs]).fetchall())


_VALUES: Final = """
select run, {value} as value from summaries
where metric = (select metric from known_metrics where name = ?) and isfinite({value})
"""


def _changes(
    cursor: duckdb.DuckDBPyConnection, query: StandingQuery, goal: Goal | None, began: _Began
) -> dict[int, tuple[Change | None, Change | None]]:
    """The runs with a finite value: how it differs from the one before, and from the best before."""
    sql = _VALUES.format(value=metric_value(query.column, goal))
    if goal is None:
        return {}
    found = cursor.execute(sql, [query.column.key]).fetchnumpy()
    value = np.full(len(began.runs), np.nan)
    there = np.isin(found["run"], began.runs)
    value[began.place[found["run"][there]]] = found["value"][there]
    seen = np.isfinite(value) & ~began.hidden
    # What was seen up to each place; one place on, that is what was seen before a run.
    lately = np.maximum.accumulate(np.where(seen, np.arange(len(seen)), -1))
    worst, accumulate = (np.inf, np.minimum.accumulate) if goal == "min" else (-np.inf, np.maximum.accumulate)
    best = accumulate(np.where(seen, value, worst))
    changes: dict[int, tuple[Change | None, Change | None]] = {}
    for run in query.runs:
        at = int(began.place[run]) if 0 <= run < len(began.place) else -1
        if at > 0 and math.isfinite(value[at]) and lately[at - 1] >= 0:
            others = value[lately[at - 1]], best[at - 1]
            last, ever = (_change(float(value[at]), float(other), goal, query.tolerance) for other in others)
            changes[run] = last, ever
    return changes


def _change(value: float, other: float, goal: Goal, tolerance: float) -> Change:
    if math.isclose(value, other, rel_tol=tolerance):
        return "same"
    return "better" if (value < other) == (goal == "min") else "worse"


_ALIKE: Final = """
select run, config, whole from sheet.configs
where config in (select config from sheet.configs where run in (select unnest(?::bigint[])))
"""


def _repeated(cursor: duckdb.DuckDBPyConnection, runs: Sequence[int], began: _Began) -> dict[int, tuple[int, bool]]:
    """The runs with the params of an earlier one: the first with the same seed too, where there is one, else the first;
    and which of the two."""
    found = cursor.execute(_ALIKE, [list(runs)]).fetchnumpy()
    order = np.argsort(began.place[found["run"]])
    run = found["run"][order]
    first = run[_first_alike(found["config"][order])]
    same = run[_first_alike(found["whole"][order])]
    repeats = np.where(same != run, same, first)
    later = (repeats != run) & np.isin(run, np.array(runs, np.int64))
    each = zip(run[later].tolist(), repeats[later].tolist(), (same != run)[later].tolist(), strict=True)
    return {number: (of, again) for number, of, again in each}


def _first_alike(keys: NDArray[Any]) -> NDArray[np.int64]:
    """For each place the first that has the same key."""
    _, first, kind = np.unique(keys, return_index=True, return_inverse=True)
    return first[kind]
