"""Cut: of a curve the points in a window with their neighbours, and of a long one those that make its outline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.curves.block import Attempts, Points
from labtop.store.model import Floats, Window

KEPT = 4
"""Points a bucket keeps at least: first, smallest, largest, last."""

Places = NDArray[np.int64]
_NARROWEST, _WIDEST = -1021, 1023  # powers of two that a float holds in full


@dataclass(frozen=True, slots=True)
class Buckets:
    """Stretches of x of one width, of its logarithm to base 2 where `log`; at most `most` in the range they are for.

    They begin at multiples of the width, a power of two: so they stay where they are while a run grows.
    """

    width: float
    most: int
    log: bool = False

    @classmethod
    def of(cls, extent: Window, most: int, *, log: bool = False) -> Buckets:
        """Buckets for a range of x; only what is positive counts where `log`."""
        low, high = extent
        if log:
            low, high = (math.log2(max(end, 5e-324)) for end in extent)
        half = high / 2 - low / 2  # the whole may be more than a float holds
        if half <= 0:
            return cls(1.0, most, log)
        power = math.ceil(math.log2(half / most)) + 1 if half / most > 0 else _NARROWEST
        return cls(math.ldexp(1.0, min(max(power, _NARROWEST), _WIDEST)), most, log)

    def edges(self, x: Floats) -> Floats:
        """Where buckets begin after the first of some x, ascending, up to the last.

        On a logarithmic axis those that are not positive have no place: they have a bucket of their own, the first.
        """
        placed = x[int(np.searchsorted(x, 0.0, "right")) :] if self.log else x
        if not len(placed):
            return np.empty(0)
        low, high = (math.log2(end) if self.log else end for end in (float(placed[0]), float(placed[-1])))
        last = math.floor(high / self.width)
        first = math.floor(low / self.width) + (len(placed) == len(x))
        first = max(first, last - 20 * self.most - 39)  # a neighbour far outside would make thousands
        edges = np.arange(first, last + 1) * self.width
        return np.asarray(np.exp2(edges) if self.log else edges, np.float64)


class Cut(NamedTuple):
    """Which points are shown, arrays of their own, and how many lie in the window."""

    shown: Points
    inside: int


def cut(points: Points, window: Window | None, buckets: Buckets) -> Cut:
    """The points in the window, or their outline where they are many, and one neighbour beyond each edge a segment."""
    spans = [_span(points.x, begin, end, window) for begin, end in segments(points.attempt)]
    inside = sum(span.end - span.begin for span in spans)
    if inside <= KEPT * buckets.most:
        parts = [np.arange(span.begin, span.end) for span in spans]
    else:
        parts = [_outline(points, span, buckets) for span in spans]
    parts = [
        np.concatenate((_at_one_x(points, span.before, span.begin), part, _at_one_x(points, span.end, span.after)))
        for span, part in zip(spans, parts, strict=True)
    ]
    kept = np.concatenate(parts) if parts else np.empty(0, np.int64)
    return Cut(points.at(kept), inside)


def segments(attempt: Attempts) -> list[tuple[int, int]]:
    """Where each attempt begins and ends."""
    if not len(attempt):
        return []
    return list(pairwise([0, *(np.flatnonzero(attempt[1:] != attempt[:-1]) + 1).tolist(), len(attempt)]))


class _Span(NamedTuple):
    """Of a segment the points from `begin` to `end` in the window, and with neighbours from `before` to `after`."""

    before: int
    begin: int
    end: int
    after: int


def _span(x: Floats, first: int, last: int, window: Window | None) -> _Span:
    if window is None:
        return _Span(first, first, last, last)
    here = x[first:last]
    begin, end = first + int(np.searchsorted(here, window[0])), first + int(np.searchsorted(here, window[1], "right"))
    before = first + int(np.searchsorted(here, x[begin - 1])) if begin > first else begin
    after = first + int(np.searchsorted(here, x[end], "right")) if end < last else end
    return _Span(before, begin, end, after)


def _outline(points: Points, span: _Span, buckets: Buckets) -> Places:
    """Of each bucket the points that make its outline."""
    x = points.x[span.begin : span.end]
    if not len(x):
        return np.empty(0, np.int64)
    edges = np.searchsorted(x, buckets.edges(x))
    starts = np.unique(np.concatenate(([0], edges[edges < len(x)])))
    return span.begin + outline(points.value[span.begin : span.end], starts)


def _at_one_x(points: Points, begin: int, end: int) -> Places:
    """The points from begin to end, which are neighbours beyond an edge, or their outline where they are many."""
    if end - begin <= 2 * KEPT:
        return np.arange(begin, end)
    return begin + outline(points.value[begin:end], np.zeros(1, np.int64))


_MAY_OVERFLOW = 1e140
"""A sum of squares of many larger values may be more than a float holds."""


def scale_of(values: Floats) -> float:
    """What finite values are divided by so that sums of them do not overflow: 1 for all but absurd ones."""
    largest = max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))
    return largest if largest > _MAY_OVERFLOW else 1.0


def outline(value: Floats, starts: Places) -> Places:
    """Of each bucket, which begin at `starts`, the first point, the last, the first of the smallest, of the largest, of
    NaN and each infinity.

    Smallest and largest are finite ones: an infinity is marked, a curve goes through the others.
    """
    last = np.append(starts[1:], len(value)) - 1
    is_finite = np.isfinite(value)
    all_finite = bool(is_finite.all())
    kept = [starts, last]
    for reduce, none in ((np.minimum, np.inf), (np.maximum, -np.inf)):
        known = value if all_finite else np.where(is_finite, value, none)
        extreme = np.repeat(reduce.reduceat(known, starts), np.diff(np.append(starts, len(value))))
        kept.append(_firsts((value == extreme) & is_finite, starts, last))
    if not all_finite:
        kept += [_firsts(kind, starts, last) for kind in (np.isnan(value), value == np.inf, value == -np.inf)]
    return np.unique(np.concatenate(kept))


def _firsts(wanted: NDArray[np.bool_], starts: Places, last: Places) -> Places:
    """The first place in each bucket that is wanted; none where there is none."""
    places = np.flatnonzero(wanted)
    if not len(places):
        return places
    after = np.searchsorted(places, starts)
    found = places[np.minimum(after, len(places) - 1)]
    return found[(after < len(places)) & (found <= last)]
