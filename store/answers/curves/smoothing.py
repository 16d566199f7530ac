"""Smoothing: a debiased exponential moving average whose memory is a part of all of x, not a number of points.

The formula is that of W&B's time-weighted exponential moving average (docs.wandb.ai, "Smooth line plots"): each point
counts once, and what came before loses `w ** d` of its weight over a distance d, where w is the square root of the
smoothing chosen, and a chart of all of x is 1000 wide:

    s[i] = s[i-1] * w ** d[i] + y[i]        c[i] = c[i-1] * w ** d[i] + 1        average[i] = s[i] / c[i]

The division by c takes away the bias of the beginning, as Adam does (Kingma and Ba 2015, section 3). So a series that
is logged every hundred steps is smoothed as much as one that is logged at every step. Other than there the width is
not that of the window, so a zoom changes nothing, and it is rounded up, so that it does not change with every point.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from labtop.store.answers.curves.block import Attempts, Points
from labtop.store.answers.curves.cut import Buckets, scale_of, segments
from labtop.store.model import Floats, Line, Window

CHART = 1000.0
"""Units that a chart of all of x is wide."""
_FORGOTTEN = 20.0  # e ** -20: what is left of a weight that need not be counted
_LARGEST = 300.0  # exponents that stay well within what floats hold
_STEPS_AN_OCTAVE = 4  # in which the width grows
_FEW = 16_384
PARTS = 8_192
"""Of the chart, in each of which points of a long series are averaged first."""


class Weighted(NamedTuple):
    """Points that stand for as many as their weight says; their value is the mean, of logarithms where asked for."""

    points: Points
    weight: Floats


@dataclass(frozen=True, slots=True)
class Smoother:
    """How much of a weight goes over a distance: `decay` of its logarithm over a `unit` of x, of the logarithm of x to
    base 2 where `log_x`. `log_y` averages logarithms; what is not positive counts as missing then.
    """

    decay: float
    unit: float
    log_x: bool = False
    log_y: bool = False

    @classmethod
    def of(cls, smoothing: float, extent: Window, *, log_x: bool = False, log_y: bool = False) -> Smoother:
        """For curves that extend so far; `smoothing` is above 0 and below 1."""
        low, high = _axis(np.array(extent), log_x).tolist()
        width = high / CHART - low / CHART
        steps = _STEPS_AN_OCTAVE
        unit = 2.0 ** min(math.ceil(steps * math.log2(width)) / steps, 1023) if width > 0 else 1.0
        return cls(-math.log(smoothing) / 2, unit, log_x, log_y)

    def at(self, x: Floats) -> Floats:
        """Places in units."""
        return _axis(x, self.log_x) / self.unit

    def reach(self, x: float) -> float:
        """The x before which nothing has any weight at x; finite, and positive where `log_x`."""
        first = float(_axis(np.array(x), self.log_x)) - _FORGOTTEN / self.decay * self.unit
        return float(max(2.0**first, 5e-324) if self.log_x else max(first, -sys.float_info.max))


def smoothed(points: Points, window: Window, smoother: Smoother, buckets: Buckets) -> Line:
    """The average at the points in the window, one neighbour beyond each edge included.

    NaN and infinities are gaps, as are values that are not positive where logarithms are averaged. At most about two
    points a bucket.
    """
    return smoothed_means(weighted(points, log_y=smoother.log_y), window, smoother, buckets)


def weighted(points: Points, *, log_y: bool) -> Weighted:
    """Points that stand for themselves."""
    value = points.value
    if log_y:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.where(value > 0, np.log(value), np.nan)
    return Weighted(points._replace(value=value), np.broadcast_to(1.0, len(value)))


def smoothed_means(means: Weighted, window: Window, smoother: Smoother, buckets: Buckets) -> Line:
    """`smoothed` of points that are means already, of logarithms where these are averaged."""
    points, weight = means
    parts = [
        _of_segment(Weighted(points.at(slice(begin, end)), weight[begin:end]), window, smoother, buckets)
        for begin, end in segments(points.attempt)
    ]
    if not parts:
        return Line(points.x, points.value, points.attempt)
    x, value, attempt = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Line(x, np.exp(value) if smoother.log_y else value, attempt)


def _of_segment(
    means: Weighted, window: Window, smoother: Smoother, buckets: Buckets
) -> tuple[Floats, Floats, Attempts]:
    points, weight = means
    begin = int(np.searchsorted(points.x, window[0]))
    oldest = float(points.x[begin - 1]) if begin else window[0]  # the neighbour before has an average of its own
    first = int(np.searchsorted(points.x, smoother.reach(min(oldest, window[0]))))
    near = slice(first, int(np.searchsorted(points.x, window[1], "right")) + 1)
    x, value, weight = points.x[near], points.value[near], weight[near]
    if len(x) > _FEW:
        x, value, weight = _averaged(x, value, weight, smoother)
    found = average(smoother.at(x), value, weight, smoother.decay)
    shown = _thinned(x, found, window, buckets)
    return x[shown], found[shown], np.full(len(shown), points.attempt[0] if len(shown) else 0, np.int32)


def average(at: Floats, value: Floats, weight: Floats, decay: float) -> Floats:
    """The average at each place, by exponents that are summed up: no loop over points. NaN where a value is not finite.

    Sums are of what lies between values and the first of them, so that a constant stays what it is.
    """
    finite = np.isfinite(value)
    if not finite.any():
        return np.full(len(value), np.nan)
    origin = value[finite][0]
    part = np.where(finite, value, origin) / 2 - origin / 2  # the difference may be more than a float holds
    weight = np.where(finite, weight, 0.0)
    found = np.empty(len(value))
    total = count = 0.0
    begin = 0
    while begin < len(value):
        end = int(np.searchsorted(at, at[begin] + _LARGEST / decay, "right"))
        growth = np.exp(decay * (at[begin:end] - at[begin]))
        faded = math.exp(-decay * (at[begin] - at[begin - 1])) if begin else 1.0
        scale = scale_of(part[begin:end])
        totals = total * faded / scale + np.cumsum(growth * weight[begin:end] * (part[begin:end] / scale))
        counts = count * faded + np.cumsum(growth * weight[begin:end])
        with np.errstate(invalid="ignore"):
            found[begin:end] = totals / counts * scale
        total, count = float(totals[-1] / growth[-1]) * scale, float(counts[-1] / growth[-1])
        begin = end
    return np.where(finite, np.where(found == 0, origin, (origin / 2 + found) * 2), np.nan)


def _axis(x: Floats, log: bool) -> Floats:
    """Places on the axis; on a logarithmic one what is not positive stands at its far left."""
    return np.log2(np.maximum(x, 5e-324)) if log else x


def _averaged(x: Floats, value: Floats, weight: Floats, smoother: Smoother) -> tuple[Floats, Floats, Floats]:
    """Points a small part of the chart wide, each with the mean of its finite values and their number.

    A part that holds none is not finite either.
    """
    starts = _part_starts(x, smoother)
    finite = np.isfinite(value)
    if once := bool(weight.strides == (0,) and finite.all()):  # as points that stand for themselves have it
        counts, known = np.diff(starts, append=len(x)).astype(np.float64), value
    else:
        weight = np.where(finite, weight, 0.0)
        counts, known = np.add.reduceat(weight, starts), np.where(finite, value, 0.0)
    scale = scale_of(known)
    known = known if scale == 1 else known / scale
    totals = np.add.reduceat(known if once else weight * known, starts)
    last = np.append(starts[1:], len(x)) - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return x[last], totals / counts * scale, counts


def _part_starts(x: Floats, smoother: Smoother) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Where the points of each part begin that has any."""
    first, last = np.floor(smoother.at(x[[0, -1]]) * (PARTS / CHART)).tolist()
    if not last - first < len(x):
        part = np.floor(smoother.at(x) * (PARTS / CHART))
        return np.concatenate(([0], np.flatnonzero(part[1:] != part[:-1]) + 1))
    edges = (first + 1 + np.arange(last - first)) * (smoother.unit * (CHART / PARTS))
    starts = np.searchsorted(x, np.exp2(edges) if smoother.log_x else edges)
    starts = np.concatenate(([0], starts[starts < len(x)]))
    return starts[np.diff(starts, prepend=-1) > 0]


def _thinned(x: Floats, found: Floats, window: Window, buckets: Buckets) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Places of the points to show: of many the last of each half bucket, and the first gap in it."""
    begin, end = np.searchsorted(x, window[0]), np.searchsorted(x, window[1], "right")
    before, after = max(int(begin) - 1, 0), min(int(end) + 1, len(x))
    places = np.arange(before, after)
    if len(places) <= 2 * buckets.most:
        return places
    half = Buckets(buckets.width / 2, 2 * buckets.most, buckets.log)
    edges = before + np.searchsorted(x[before:after], half.edges(x[before:after]))
    last = np.append(edges[edges > before] - 1, after - 1)
    gaps = before + np.flatnonzero(np.isnan(found[before:after]))
    gaps = gaps[np.diff(np.searchsorted(last, gaps), prepend=-1) != 0] if len(gaps) else gaps
    return np.unique(np.concatenate(([before], last, gaps)))
