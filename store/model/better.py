"""Whether one group of runs is better than another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from labtop.store.model.table import Column
from labtop.store.model.values import Goal

Judgement = Literal["better", "worse", "higher", "lower", "no evidence", "too few"]


@dataclass(frozen=True, slots=True)
class BetterQuery:
    """Whether `runs` are better than those they stand `against`, by `metric`, Column("metric", ...).

    `best` of a metric without a goal means its last value.
    """

    metric: Column
    runs: tuple[int, ...]
    against: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A group of runs: so many have a finite value. Mean, None of none, and sample standard deviation, None below two.

    `lost` are runs whose value is NaN or infinite, `lacking` those without any; neither counts in the figures.
    `unfinished` of the `runs` still go on, or failed, crashed or were killed: these do count, with what they have.
    """

    runs: int
    mean: float | None
    std: float | None
    lost: int = 0
    lacking: int = 0
    unfinished: int = 0


@dataclass(frozen=True, slots=True)
class Better:
    """The answer to a BetterQuery; docs/statistics.md has the formulas.

    `difference` is the mean of `runs` minus that of `against`, None where one has none. `interval` are the ends of its
    95 % confidence interval, None where the verdict is "too few": below two runs on a side. The verdict is "better" or
    "worse" by the goal, "higher" or "lower" without one, where the interval lies on one side of 0, else "no evidence".
    `remark` is a plain sentence on how far this can be trusted, or empty.
    """

    metric: Column
    goal: Goal | None
    runs: Sample
    against: Sample
    difference: float | None
    interval: tuple[float, float] | None
    verdict: Judgement
    remark: str = ""
