"""Runs of a group as one line with a band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labtop.store.model.series import Clip, Window, XAxis
from labtop.store.model.values import Floats

Spread = Literal["std", "range"]
"""What a band shows around the mean: the sample standard deviation, or smallest to largest."""


@dataclass(frozen=True, slots=True)
class Group:
    """Runs by number that have the same value of what they are grouped by; `label` names it."""

    label: str
    runs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """One metric of a group: arrays of one length, in x order. NaN where no run of the group has a value.

    `count` is the number of runs behind each point; where it is 1 a band of "std" has no width. `runs` is how many have
    the metric at all, `lost` of how many of these the newest value is NaN or infinite: they count no more from there.
    """

    x: Floats
    mean: Floats
    low: Floats
    high: Floats
    count: NDArray[np.int64]
    runs: int
    lost: int = 0


@dataclass(frozen=True, slots=True)
class BandQuery:
    """Which bands: one for each of the groups, of one metric, over `window` of x (None: all), at `buckets` points.

    `clip` asks for the range without outliers, of logarithms where `log_y`. `smoothing`, 0 to 0.999, is that of each
    run before it becomes a part of the mean.
    """

    groups: tuple[Group, ...]
    metric: str
    x: XAxis = "step"
    window: Window | None = None
    buckets: int = 200
    log_x: bool = False
    spread: Spread = "std"
    log_y: bool = False
    clip: bool = False
    smoothing: float = 0.0


@dataclass(frozen=True, slots=True)
class Bands:
    """The answer to a BandQuery: a band for each of its groups, in its order; `extent` and `clip` as in `Curves`, the
    values being the means.
    """

    bands: tuple[Band, ...]
    extent: Window | None = None
    clip: Clip | None = None
