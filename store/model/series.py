"""Curves, as they are asked for and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labtop.store.model.values import Floats

Window = tuple[float, float]
"""The first and last x in sight, low < high."""


@dataclass(frozen=True, slots=True)
class XMetric:
    """Another metric as x axis: its value at the same step, else the one at the last step before."""

    name: str


XAxis = Literal["step", "relative", "wall"] | XMetric
"""Steps, seconds since the run began, seconds since the epoch, or what a metric was."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through a curve, smoothed: arrays of one length, in x order within each attempt. NaN is a gap."""

    x: Floats
    value: Floats
    attempt: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one run, ready to draw: arrays of the same length, in x order within each attempt.

    Where the run has more points than asked for, each bucket keeps its first, smallest, largest and last point;
    every point is one that was logged. `attempt` numbers the segments. `value` may be NaN or infinite. `smooth` is the
    smoothed line, where one was asked for. `newest` is the value logged last, told where x is a metric: the last point
    in x order is another then.
    """

    run: int
    x: Floats
    value: Floats
    attempt: NDArray[np.int32]
    points: int  # logged points in the window, before bucketing
    smooth: Line | None = None
    newest: float | None = None

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, slots=True)
class Clip:
    """The range of y that shows most values in the window, and how many of them lie `outside`."""

    low: float
    high: float
    outside: int


@dataclass(frozen=True, slots=True)
class Curves:
    """The answer to a SeriesQuery: a series for each of its runs, in its order.

    `extent` is the first and last x of all their points, also of those outside the window, with `log_x` of those above
    0; None without any. `clip` is there where it was asked for and any value is an outlier. `best` is the best value of
    the metric in any run of the directory, `bests` that of each run; None where the metric has no goal. `not_positive`
    are the logged values in the window that a logarithmic y axis cannot show, `without_place` the points that a
    logarithmic x axis cannot, 0 where the query has no such axis.
    """

    series: tuple[Series, ...]
    extent: Window | None = None
    clip: Clip | None = None
    best: float | None = None
    bests: tuple[float | None, ...] = ()
    not_positive: int = 0
    without_place: int = 0


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """Which curves: `runs` by number, one metric, over `window` of x (None: all), in at most `buckets` buckets.

    `log_x` makes the buckets equally wide on a logarithmic axis, `log_y` smoothes logarithms. `smoothing` is 0 (none)
    to 0.999; see `smoothing.py`. `clip` asks for the range without outliers.
    """

    runs: tuple[int, ...]
    metric: str
    x: XAxis = "step"
    window: Window | None = None
    buckets: int = 200
    log_x: bool = False
    log_y: bool = False
    smoothing: float = 0.0
    clip: bool = False


@dataclass(frozen=True, slots=True)
class AtQuery:
    """The logged values of some metrics in `runs`, by number, at one x."""

    runs: tuple[int, ...]
    metrics: tuple[str, ...]
    x: XAxis
    at: float
