"""What in the params tells good runs from bad ones: how much each explains of a metric, and all of them as lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labtop.store.model.table import Column
from labtop.store.model.values import Goal


@dataclass(frozen=True, slots=True)
class WhyQuery:
    """Why some runs are better by `metric`, Column("metric", ...): among these runs, or None: a table with this filter.

    `best` of a metric without a goal means its last value. `where` is not looked at where `runs` are named.
    """

    metric: Column
    runs: tuple[int, ...] | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Influence:
    """How much a param tells of the metric, among the `runs` that have both; docs/statistics.md has the formulas.

    `explained` is the share of the variance of the metric's ranks, 0 to 1, adjusted for how many values there are; None
    where it cannot be told, and `note` says why. `rank` is Spearman's correlation of numbers, -1 to 1. `values` counts
    the distinct ones. `note`, one printable line, also names the value at which the metric is best, where that is one.
    """

    key: str
    kind: Literal["number", "category"]
    explained: float | None
    rank: float | None
    runs: int
    values: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """The answer to a WhyQuery: the strongest influences first, equal ones by name, last those of which none is known.

    `metric` is what was compared, with the aggregate that it came to. `runs` have a finite value of it, `lost` others
    one that is not. `constant` counts params of which all these runs that have them have the same value. `unfinished`
    of the `runs` still go on, or failed, crashed or were killed.
    """

    metric: Column
    goal: Goal | None
    runs: int
    lost: int
    influences: tuple[Influence, ...]
    constant: int
    unfinished: int = 0


@dataclass(frozen=True, slots=True)
class ParallelQuery:
    """These params of the runs of a WhyQuery, for a line a run through parallel axes."""

    metric: Column
    keys: tuple[str, ...]
    runs: tuple[int, ...] | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """What a place on an axis means: 0 is `low`, 1 is `high`, both labels; empty where no run has a value.

    Numbers lie linearly between, or where they are a `log` axis by their logarithm. `categories`, all labels, stand at
    equal distances, the first at 0; none on an axis of numbers. A lone value is at 0.5.
    """

    key: str
    low: str
    high: str
    categories: tuple[str, ...] = ()
    log: bool = False


@dataclass(frozen=True, slots=True)
class Parallel:
    """The runs with a finite metric, by number; the last axis is the metric.

    `place`, a row a run and a column an axis, is 0 to 1, NaN where the run has no value. `best` marks the best tenth by
    the goal, without one the tenth with the largest values: one run at least, and all that are as good as its last.
    """

    axes: tuple[Axis, ...]
    runs: NDArray[np.int32]
    place: NDArray[np.float32]
    best: NDArray[np.bool_]
