"""The two groups of runs that are compared, and what they have of the metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np

from labtop.store.answers.across.figures import figures
from labtop.store.answers.across.meaning import printable, shortened
from labtop.store.answers.across.numbers import judged, numbers_of, unfinished
from labtop.store.answers.known import Known
from labtop.store.model import BetterQuery, Column, Floats, Goal, Sample, StoreError


@dataclass(frozen=True, slots=True)
class Side:
    """A group of runs: its figures, and its finite values."""

    sample: Sample
    values: Floats


@dataclass(frozen=True, slots=True)
class Sides:
    """What a BetterQuery compares."""

    metric: Column
    goal: Goal | None
    runs: Side
    against: Side


def sides(cursor: duckdb.DuckDBPyConnection, queries: Sequence[BetterQuery], known: Known) -> list[Sides]:
    """What these queries compare. Runs that are not there are left out.

    Raises `StoreError` for a run in both groups and for what is no metric.
    """
    known.lay(cursor)
    return [_sides(cursor, query, known) for query in queries]


def _sides(cursor: duckdb.DuckDBPyConnection, query: BetterQuery, known: Known) -> Sides:
    metric, goal = judged(cursor, query.metric, known)
    _refuse_shared(cursor, query)
    runs, against = (_side(cursor, metric, group, known) for group in (query.runs, query.against))
    return Sides(metric, goal, runs, against)


def _side(cursor: duckdb.DuckDBPyConnection, metric: Column, runs: Sequence[int], known: Known) -> Side:
    there, (found,) = numbers_of(cursor, [metric], runs, known)
    values = found.value[found.has]
    (summary,) = figures(np.zeros(len(values), np.int64), values, 1).summaries(None)
    finite = values[np.isfinite(values)]
    lost, lacking = len(values) - len(finite), int((~found.has).sum())
    mean, std = (None, None) if summary is None else (summary.mean, summary.std)
    counted = unfinished(cursor, there[found.has & np.isfinite(found.value)])
    return Side(Sample(len(finite), mean, std, lost, lacking, counted), finite)


_SHARED: Final = "select short_name from sheet.names where run = ?"


def _refuse_shared(cursor: duckdb.DuckDBPyConnection, query: BetterQuery) -> None:
    """Raise StoreError where a run is in both groups: it cannot be better than itself."""
    shared = sorted(set(query.runs).intersection(query.against))
    if shared:
        named = cursor.execute(_SHARED, [shared[0]]).fetchall()
        name = shortened(printable(named[0][0])) if named else str(shared[0])
        others = f" and {len(shared) - 1} more are" if len(shared) > 1 else " is"
        raise StoreError(f"{name}{others} in both groups: name each run in one of them")
