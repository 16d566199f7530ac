"""A metric against a parameter or another metric, a point a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.across.categories import categories
from labtop.store.answers.across.numbers import Numbers, numbers, numbers_of
from labtop.store.answers.across.ranks import correlation, ranks, spearman
from labtop.store.answers.known import Known
from labtop.store.model import Column, Floats, Scatter, ScatterQuery, StoreError

Runs = NDArray[np.int32]


def scatter(cursor: duckdb.DuckDBPyConnection, query: ScatterQuery, known: Known) -> Scatter:
    """A point for each run that has both; a value that is null, NaN or infinite is lacking.

    Without an x it is the param with the strongest rank correlation, the first by name of equals; where none has one,
    the most telling of those that vary. Raises `StoreError` for a y that is no metric and an x that is a field of runs.
    """
    if query.y.kind != "metric":
        raise StoreError(f"{query.y.key!r} is no metric, and only a metric is set against others")
    x = query.x
    if x is None:
        runs, (y,) = _numbers(cursor, [query.y], query, known)
        params = list(_params(cursor, runs, known))
        strongest = _strongest(params, y.value)
        if strongest is not None:
            return _of_numbers(Column("param", strongest.key), runs, strongest.x, y.value)
        if not params:
            return Scatter(None, np.zeros(0, np.int32), np.zeros(0), np.zeros(0))
        x = Column("param", params[0].key)
    if x.kind == "run":
        raise StoreError(f"a metric is set against a param or another metric, not {x.key!r}")
    return _against(cursor, x, query, known)


def _numbers(
    cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column], query: ScatterQuery, known: Known
) -> tuple[Runs, list[Numbers]]:
    if query.runs is not None:
        return numbers_of(cursor, columns, query.runs, known)
    return numbers(cursor, columns, query.where, known)


def _against(cursor: duckdb.DuckDBPyConnection, column: Column, query: ScatterQuery, known: Known) -> Scatter:
    runs, (x, y) = _numbers(cursor, [column, query.y], query, known)
    has_y = np.isfinite(y.value)
    if x.text is None or x.is_number[x.has & has_y].all():
        return _of_numbers(column, runs, x, y.value)
    return _of_categories(column, runs, x, x.text, y.value)


def _of_numbers(column: Column, runs: Runs, x: Numbers, y: Floats) -> Scatter:
    has_y = np.isfinite(y)
    both = has_y & np.isfinite(x.value)
    lacking = int(((x.has & (np.isfinite(x.value) | ~x.is_number)) ^ has_y).sum())
    return Scatter(column, runs[both], x.value[both], y[both], rank=spearman(x.value[both], y[both]), lacking=lacking)


def _of_categories(column: Column, runs: Runs, x: Numbers, text: NDArray[np.object_], y: Floats) -> Scatter:
    """By what the values mean; `text` is that of x."""
    both = x.has & np.isfinite(y)
    labels, place = categories(x.value[both], x.is_number[both], text[both])
    return Scatter(
        x_column=column,
        runs=runs[both],
        x=place,
        y=y[both],
        categories=labels,
        lacking=int((x.has ^ np.isfinite(y)).sum()),
    )


@dataclass(frozen=True, slots=True)
class _Param:
    """What runs have as a param."""

    key: str
    x: Numbers


_PARAMS = """
with wanted as (select unnest(?::varchar[]) as key, unnest(range(?)) as place)
select place, run, json_number(value) as number from run_params join wanted using (key) where value <> 'null'
"""


def _params(cursor: duckdb.DuckDBPyConnection, runs: Runs, known: Known) -> Iterator[_Param]:
    """The varying params that any of these runs has, the most telling first."""
    keys = known.outline(cursor).varying_params
    if not keys or not len(runs):
        return
    found = cursor.execute(_PARAMS, [list(keys), len(keys)]).fetchnumpy()
    at = np.minimum(np.searchsorted(runs, found["run"]), len(runs) - 1)
    here = runs[at] == found["run"]
    order = np.argsort(found["place"][here], kind="stable")
    place, at, number = (column[here][order] for column in (found["place"], at, found["number"]))
    ends = np.searchsorted(place, np.arange(len(keys)), "right")
    for key, first, end in zip(keys, [0, *ends.tolist()], ends.tolist(), strict=False):
        if first < end:
            yield _Param(key, _spread(at[first:end], number[first:end], len(runs)))


def _spread(at: NDArray[np.int64], number: Floats, length: int) -> Numbers:
    """The numbers at their places, the others empty."""
    value, has, is_number = np.full(length, np.nan), np.zeros(length, np.bool_), np.zeros(length, np.bool_)
    value[at], has[at], is_number[at] = np.ma.filled(number, np.nan), True, ~np.ma.getmaskarray(number)
    return Numbers(value, has, is_number)


def _strongest(params: Iterable[_Param], y: Floats) -> _Param | None:
    """The param of numbers with the strongest rank correlation with y, the first by name of equals."""
    found: list[tuple[float, str, _Param]] = []
    has_y = np.isfinite(y)
    ranks_of_all = ranks(y[has_y])
    for param in params:
        if param.x.is_number[param.x.has & has_y].all():
            both = has_y & np.isfinite(param.x.value)
            up = ranks_of_all if both.sum() == len(ranks_of_all) else ranks(y[both])
            rank = correlation(ranks(param.x.value[both]), up)
            if rank is not None:
                found.append((-abs(rank), param.key, param))
    return min(found, key=lambda each: each[:2])[2] if found else None
