"""Curves, as they are asked for and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labtop.store.model.values import Floats

XAxis = Literal["step", "relative", "wall"]


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one run, ready to draw: arrays of the same length, in x order within each attempt.

    Where the run has more points than asked for, each bucket keeps its first, smallest, largest and last point;
    every point is one that was logged. `attempt` numbers the segments. `value` may be NaN or infinite.
    """

    run: int
    x: Floats
    value: Floats
    attempt: NDArray[np.int32]
    points: int  # logged points in the window, before bucketing

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """Which curves: `runs` by number, one metric, over `window` of x (None: all), in at most `buckets` buckets."""

    runs: tuple[int, ...]
    metric: str
    x: XAxis = "step"
    window: tuple[float, float] | None = None
    buckets: int = 200
