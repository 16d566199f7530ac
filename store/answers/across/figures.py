"""Figures of groups: mean, spread and extremes of a value over the members of each. Pure functions of numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats, Goal, Summary


@dataclass(frozen=True, slots=True)
class Figures:
    """A place a group. `count` values, of which `finite` are; of these the others, NaN where there are none.

    `std` is the sample standard deviation, NaN for one value, and infinite where no float holds it.
    """

    count: NDArray[np.int64]
    finite: NDArray[np.int64]
    mean: Floats
    std: Floats
    min: Floats
    max: Floats

    def best(self, goal: Goal | None) -> Floats:
        """The best by the goal, NaN without one."""
        return self.min if goal == "min" else self.max if goal == "max" else np.full(len(self.count), np.nan)

    def summaries(self, goal: Goal | None) -> list[Summary | None]:
        """A Summary for each group, None for one without any value."""
        figures = [_known(each) for each in (self.mean, self.std, self.min, self.max, self.best(goal))]
        counts, lost = self.count.tolist(), (self.count - self.finite).tolist()
        made = map(Summary, counts, *figures, lost)
        return [summary if count else None for summary, count in zip(made, counts, strict=True)]


def _known(values: Floats) -> list[float | None]:
    """The values, None for those that are none."""
    found: list[float | None] = values.tolist()
    for place in np.flatnonzero(~np.isfinite(values)).tolist():
        found[place] = None
    return found


def figures(group: NDArray[np.int64], value: Floats, groups: int) -> Figures:
    """Of values, each of which is of the group at its place, the figures of so many groups.

    Sums are those of values divided by a power of two near the largest of their group: they never overflow.
    """
    count = np.bincount(group, minlength=groups)
    known = np.isfinite(value)
    group, value = group[known], value[known]
    finite = np.bincount(group, minlength=groups)
    low, high = np.full(groups, np.inf), np.full(groups, -np.inf)
    np.minimum.at(low, group, value)
    np.maximum.at(high, group, value)
    low[finite == 0] = high[finite == 0] = np.nan
    scale = np.ldexp(1.0, np.frexp(np.fmax(np.abs(low), np.abs(high)))[1] - 1)
    small = value / scale[group]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        mean = np.bincount(group, small, groups) / finite
        mean = np.clip(mean, low / scale, high / scale)  # rounding may lead out of a float's range
        squares = np.bincount(group, (small - mean[group]) ** 2, groups)
        std = np.sqrt(squares / np.where(finite > 1, finite - 1, np.nan)) * scale
    return Figures(count, finite, mean * scale, std, low, high)
