"""One value a run: a metric against a parameter or another metric, and how a metric is distributed over runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labtop.store.model.table import Column
from labtop.store.model.values import Floats


@dataclass(frozen=True, slots=True)
class ScatterQuery:
    """`y`, a metric, against `x`, a metric or a param, in all runs that a table with this filter lists.

    `x` None takes the param that has the strongest rank correlation with `y`. Where `runs` are named it is of these,
    hidden ones too, and `where` is not looked at.
    """

    y: Column
    x: Column | None = None
    where: str = ""
    runs: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Scatter:
    """A point a run: arrays of one length, finite.

    `runs` are numbers of runs. Where `x` is a param whose values are no numbers, they are places in `categories`.
    `rank` is Spearman's correlation of the numbers, None for categories and where fewer than three runs, or no two
    values, differ. `lacking` counts runs that have one of the two and not the other.
    """

    x_column: Column | None
    runs: NDArray[np.int32]
    x: Floats
    y: Floats
    categories: tuple[str, ...] = ()
    rank: float | None = None
    lacking: int = 0


@dataclass(frozen=True, slots=True)
class HistogramQuery:
    """How a metric is distributed over all runs that a table with this filter lists, in about `bins` bins."""

    column: Column
    where: str = ""
    bins: int = 20


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many runs have a value between two edges: one edge more than counts, round numbers, all bins equally wide.

    A value on an edge belongs to the bin above it, on the last edge to the last bin. `values` are the runs' own, by
    number. `lost` counts runs whose value is NaN or infinite.
    """

    edges: Floats
    counts: NDArray[np.int64]
    values: dict[int, float]
    lost: int = 0
