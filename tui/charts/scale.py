"""Scales: which range of values an axis shows, and where on it a value stands. No value overflows, however large."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np

from labtop.store.model import Floats

_SMALLEST = 5e-324
_SMALL_STEP, _LARGE_STEP = 1e-300, 1e300  # between which round steps can be counted
_SMALLEST_POWER, _LARGEST_POWER = -307.0, 308.2  # of ten, between which a power is a float
TIGHT, ROOMY = 1 / 20, 1 / 10
"""Shares of its range that an axis may have beyond its values: of a finished chart, of one that grows."""
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
        return np.where(np.isfinite(values) & ((values > 0) | (not self.log)), placed, np.nan)

    def place_one(self, value: float) -> float:
        """`place` of a single finite value, positive where `log`."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return (math.log10(value) - low) / ((high - low) or 1.0)
        unit = max(abs(self.low), abs(self.high))
        low, high = self.low / unit, self.high / unit
        return (value / unit - low) / ((high - low) or 1.0)

    def at(self, place: float) -> float:
        """The value that stands at a place from 0 to 1: the inverse of `place_one`."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            value = math.pow(10.0, min(low + (high - low) * place, _LARGEST_POWER))
        else:
            value = self.low * (1 - place) + self.high * place
        return min(max(value, self.low), self.high)


def end_with_room(low: float, high: float, share: float = TIGHT) -> float:
    """The end of an axis from low that shows high: a round value (1-2-5), this share of the range further at most.

    So the axis, and with it all of a growing curve, stays where it is while a few more points come.
    """
    step = _step(low, high, share)
    return max(high, step * math.ceil(high / step - _ROUNDING)) if step else high


def with_room(scale: Scale, share: float = TIGHT) -> Scale:
    """The scale with both ends moved out to round values (on a logarithmic one: round powers), each by this share of
    the range at most, so that it stays while values grow a little. That of a constant series is as it was.
    """
    low, high = (math.log10(scale.low), math.log10(scale.high)) if scale.log else (scale.low, scale.high)
    step = _step(low, high, share)
    if scale.flat is not None or not step:
        return scale
    low = step * math.floor(low / step + _ROUNDING)
    high = step * math.ceil(high / step - _ROUNDING)
    if scale.log:
        if not _SMALLEST_POWER < low < high < _LARGEST_POWER:
            return scale
        low, high = math.pow(10.0, low), math.pow(10.0, high)
    return Scale(min(low, scale.low), max(high, scale.high), scale.log)


def _step(low: float, high: float, share: float) -> float:
    """The largest round step (1-2-5) of at most this share of a range; 0 where it is too small or large to count."""
    rough = (high * share - low * share) or math.inf
    if not _SMALL_STEP < rough < _LARGE_STEP:
        return 0.0
    power = 10.0 ** math.floor(math.log10(rough))
    return power * max(factor for factor in (1, 2, 5) if factor * power <= rough or factor == 1)


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
