"""Scales: which range of values an axis shows, and where on it a value stands. No value overflows, however large."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np

from labtop.store.model import Floats

_SMALLEST = 5e-324
_SMALL_STEP, _LARGE_STEP = 1e-300, 1e300  # between which round steps can be counted
_ROUNDING = 1e-9  # of a step: what division makes of a value that is round already
_FLAT = 1e-9  # a range smaller than this share of its values is rounding noise, not a curve


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` to `high`, low < high, both positive where `log`. `flat` is the value of a constant series."""

    low: float
    high: float
    log: bool = False
    flat: float | None = None

    def place(self, values: Floats) -> Floats:
        """Where values stand: 0 at `low`, 1 at `high`, beyond outside. Not finite, or not positive where `log`: NaN."""
        with np.errstate(all="ignore"):
            if self.log:
                low, high = math.log10(self.low), math.log10(self.high)
                placed = (np.log10(values) - low) / (high - low)
            else:
                unit = max(abs(self.low), abs(self.high))
                low, high = self.low / unit, self.high / unit
                placed = (values / unit - low) / (high - low)
        return np.where(np.isfinite(values), placed, np.nan)

    def place_one(self, value: float) -> float:
        """`place` of a single value."""
        return float(self.place(np.array([value]))[0])


def end_with_room(low: float, high: float) -> float:
    """The end of an axis from low that shows high: a round value (1-2-5), a twentieth of the range further at most.

    So the axis, and with it all of a growing curve, stays where it is while a few more points come.
    """
    rough = (high / 20 - low / 20) or math.inf
    if not _SMALL_STEP < rough < _LARGE_STEP:
        return high
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * max(factor for factor in (1, 2, 5) if factor * power <= rough or factor == 1)
    return max(high, step * math.ceil(high / step - _ROUNDING))


def fit(low: float, high: float, *, log: bool = False) -> Scale:
    """The scale that shows low to high; a constant series gets room on both sides and stands in the middle."""
    largest = max(abs(low), abs(high))
    if high / 2 - low / 2 > _FLAT * largest / 2:
        return Scale(low, high, log)
    if log:
        return Scale(max(low / 10, _SMALLEST), min(high * 10, sys.float_info.max), log, flat=high)
    room = largest / 2 if largest > sys.float_info.min else 1.0
    limit = sys.float_info.max
    return Scale(max(low - room, -limit), min(high + room, limit), log, flat=high)
