"""Buckets: of a long curve the points that make its outline. Rows as columns of numpy, no database."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats, Series

Columns = dict[str, NDArray[Any]]

KEPT = 4
"""Points a bucket keeps at least: first, smallest, largest, last."""

_NARROWEST, _WIDEST = -1021, 1023  # powers of two that a float holds in full


def in_order(columns: Columns) -> Columns:
    """Rows by run, attempt, x, place and line."""
    keys = [columns[name] for name in ("run", "attempt", "x", "place", "line")]
    order = np.argsort(keys[0], kind="stable")
    if not _is_in_order([key[order] for key in keys]):
        order = np.lexsort(keys[::-1])
    return {name: column[order] for name, column in columns.items()}


def _is_in_order(keys: Sequence[NDArray[Any]]) -> bool:
    """Whether rows are sorted by these keys, which is mostly so and seen much sooner than sorted."""
    equal = np.ones(max(0, len(keys[0]) - 1), np.bool_)
    for key in keys:
        if (equal & (key[1:] < key[:-1])).any():
            return False
        equal &= key[1:] == key[:-1]
    return True


def with_buckets(columns: Columns, buckets: int) -> Columns:
    """The same with the bucket of each point and how many points its run has."""
    x, run = columns["x"], columns["run"]
    bucket = np.floor(x / width_of(float(x.min()), float(x.max()), buckets)) if len(x) else x
    _, place, sizes = np.unique(run, return_inverse=True, return_counts=True)
    return columns | {"bucket": bucket, "inside": sizes[place]}


def width_of(low: float, high: float, buckets: int) -> float:
    """The width of a bucket: a power of two, so that buckets stay where they are while a run grows."""
    half = high / 2 - low / 2  # the whole may be more than a float holds
    if half <= 0:
        return 1.0
    power = math.ceil(math.log2(half / buckets)) + 1 if half / buckets > 0 else _NARROWEST
    return math.ldexp(1.0, min(max(power, _NARROWEST), _WIDEST))


def split(columns: Columns, runs: Sequence[int], most: int) -> tuple[Series, ...]:
    """The series of each run from rows that are in order of run; at most `most` points, or the outline of more."""
    run = columns["run"]
    first, last = np.searchsorted(run, runs, "left"), np.searchsorted(run, runs, "right")
    return tuple(
        _one(number, {name: column[begin:end] for name, column in columns.items()}, most)
        for number, begin, end in zip(runs, first, last, strict=True)
    )


def _one(run: int, rows: Columns, most: int) -> Series:
    """The series of one run from its rows, in order."""
    if not len(rows["x"]):
        return empty(run)
    inside = int(rows["inside"][0]) if "inside" in rows else len(rows["x"])
    # A run may have grown since its points were counted: then all of them came, and are few too many.
    crowded = inside > most and "bucket" in rows
    kept = _thinned(rows["attempt"], rows["bucket"], rows["value"]) if crowded else slice(None)
    return Series(run, rows["x"][kept], rows["value"][kept], rows["attempt"][kept].astype(np.int32), inside)


def _thinned(attempt: NDArray[Any], bucket: Floats, value: Floats) -> NDArray[np.bool_]:
    """Of each bucket the first point, the last, the first of the smallest, of the largest, of NaN and each infinity.

    Smallest and largest are finite ones: an infinity is marked, a curve goes through the others. Rows are in order.
    """
    changes = (attempt[1:] != attempt[:-1]) | (bucket[1:] != bucket[:-1])
    starts = np.concatenate(([0], np.flatnonzero(changes) + 1))
    sizes = np.diff(np.concatenate((starts, [len(value)])))
    kept = np.zeros(len(value), dtype=np.bool_)
    kept[starts] = kept[starts + sizes - 1] = True
    finite = np.where(np.isfinite(value), value, np.nan)
    smallest = np.repeat(np.fmin.reduceat(finite, starts), sizes)
    largest = np.repeat(np.fmax.reduceat(finite, starts), sizes)
    place = np.repeat(np.arange(len(starts)), sizes)
    for wanted in (value == smallest, value == largest, np.isnan(value), value == np.inf, value == -np.inf):
        rows = np.flatnonzero(wanted)
        kept[rows[np.diff(place[rows], prepend=-1) != 0]] = True
    return kept


def empty(run: int) -> Series:
    """No point."""
    nothing = np.empty(0, dtype=np.float64)
    return Series(run, nothing, nothing, np.empty(0, dtype=np.int32), 0)
