"""Params and a metric as parallel axes."""

from __future__ import annotations

from typing import Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.across.categories import categories
from labtop.store.answers.across.numbers import Numbers, judged
from labtop.store.answers.known import Known
from labtop.store.answers.why.why import values_of
from labtop.store.model import Axis, Column, Floats, Goal, Parallel, ParallelQuery

_DECADES: Final = 2
_BEST_OF: Final = 10  # runs the best one is marked


def parallel(cursor: duckdb.DuckDBPyConnection, query: ParallelQuery, known: Known) -> Parallel:
    """An axis for each key, as often as it is asked for, and the last for the metric; a place a run on each.

    Raises `StoreError` for what is no metric, `FilterError`.
    """
    metric, goal = judged(cursor, query.metric, known)
    columns = [*(Column("param", key) for key in query.keys), metric]
    runs, found = values_of(cursor, columns, query, known)
    y = found[-1].value
    has_y = np.isfinite(y)
    axes, places = [], []
    for column, values in zip(columns, found, strict=True):
        axis, place = _on_axis(column.key, values, has_y)
        axes.append(axis)
        places.append(place)
    return Parallel(tuple(axes), runs[has_y], np.stack(places, 1, dtype=np.float32), _best(y[has_y], goal))


def _on_axis(key: str, values: Numbers, rows: NDArray[np.bool_]) -> tuple[Axis, Floats]:
    """The axis, and for each of these rows the place on it."""
    value, has, is_number = values.value[rows], values.has[rows], values.is_number[rows]
    if values.text is None or is_number[has].all():
        return _of_numbers(key, value)
    labels, at = categories(value[has], is_number[has], values.text[rows][has])
    place = np.full(len(value), np.nan)
    place[has] = at / (len(labels) - 1) if len(labels) > 1 else 0.5
    return Axis(key, labels[0], labels[-1], labels), place


def _of_numbers(key: str, value: Floats) -> tuple[Axis, Floats]:
    """Numbers that are not finite are lacking. Halves are subtracted: their difference never overflows."""
    place = np.where(np.isfinite(value), value, np.nan)
    there = place[~np.isnan(place)]
    if not len(there):
        return Axis(key, "", ""), place
    low, high = float(there.min()), float(there.max())
    log = low > 0 and np.log10(high) - np.log10(low) > _DECADES
    digits = next((digits for digits in range(5, 17) if _label(low, digits) != _label(high, digits)), 17)
    axis = Axis(key, _label(low, digits), _label(high, digits), log=bool(log))
    scaled = np.log10(place) if log else place / 2
    first, last = (np.log10(low), np.log10(high)) if log else (low / 2, high / 2)
    if first == last:
        return axis, np.where(np.isnan(place), np.nan, 0.5)
    return axis, np.clip((scaled - first) / (last - first), 0, 1)


def _label(value: float, digits: int) -> str:
    """Whole numbers in full, others in so many digits: five, or more where both ends would look the same."""
    return str(int(value)) if value == int(value) and abs(value) < 1e12 else f"{value:.{digits}g}"


def _best(y: Floats, goal: Goal | None) -> NDArray[np.bool_]:
    """Whether a run is as good as the last one of the best tenth."""
    if not len(y):
        return np.zeros(0, np.bool_)
    good = -y if goal == "min" else y
    most = max(1, len(y) // _BEST_OF)
    last_of_best: NDArray[np.bool_] = good >= np.partition(good, -most)[-most]
    return last_of_best
