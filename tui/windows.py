"""Windows: which part of x is in sight after a zoom, a pan, or new points. Pure functions."""

from __future__ import annotations

import math

from labtop.store.model import Window

_ZOOM = 2.0
_PAN = 0.25
_NARROWEST = 1e-12
"""Of a window's place: narrower ones are rounding noise."""
_ALL_BUT = 1e-6
"""Of a window's width: what lacks no more than so much of the extent shows all of it, however zooming has rounded."""
_AHEAD = 0.125
"""Of its width: so far a window that follows jumps at a time, so that a chart is not drawn anew with every point."""


def zoomed(window: Window, extent: Window, at: float | None, direction: int, *, log: bool = False) -> Window | None:
    """The window half as wide (`direction` 1) or twice as wide (-1); the x `at`, else the middle, stays where it is.

    Beyond the ends of the extent the end stays, so that no zoom leads to where nothing is. None where all of the extent
    would be in sight.
    """
    (low, high), (first, last) = _axis(window, log), _axis(extent, log)
    middle = low / 2 + high / 2
    if at is not None and window[0] <= at <= window[1] and (at > 0 or not log):
        middle = math.log(at) if log else at
    end = min(max(middle, first), last)
    if direction > 0 or low <= end <= high:
        middle = end
    factor = 1 / _ZOOM if direction > 0 else _ZOOM
    low, high = middle - (middle - low) * factor, middle + (high - middle) * factor
    noise = _NARROWEST * max(abs(low), abs(high), float(log))  # a logarithm is as exact as the x that it is of
    if high - low <= noise:
        return window
    slack = _ALL_BUT * (high - low) + noise
    if low <= first + slack and high >= last - slack:
        return None
    return _back((low, high), log) or window


def panned(window: Window, extent: Window, direction: int, *, log: bool = False) -> Window:
    """The window moved by a quarter of its width, as far as there is anything to see."""
    (low, high), (first, last) = _axis(window, log), _axis(extent, log)
    width = high - low
    room = max(last - high if direction > 0 else low - first, 0.0)
    move = direction * min(_PAN * width, room)
    return _back((low + move, high + move), log) or window


def followed(window: Window, extent: Window, *, log: bool = False) -> Window:
    """The window moved on so that the newest point is in it, with some room for those to come."""
    (low, high), (_, last) = _axis(window, log), _axis(extent, log)
    width = high - low
    if low <= last <= high or width <= 0:
        return window
    high = last + _AHEAD * width
    return _back((high - width, high), log) or window


def newest(extent: Window, *, log: bool = False) -> Window:
    """The last quarter of the extent: where following begins when all was in sight."""
    low, high = _axis(extent, log)
    width = (high - low) / 4
    return _back((high - (1 - _AHEAD) * width, high + _AHEAD * width), log) or extent


def _axis(window: Window, log: bool) -> Window:
    return (math.log(max(window[0], 5e-324)), math.log(max(window[1], 5e-324))) if log else window


def _back(ends: Window, log: bool) -> Window | None:
    """The ends as x; None where that is no window that floats can hold."""
    try:
        low, high = (math.exp(end) for end in ends) if log else ends
    except OverflowError:
        return None
    return (low, high) if (0 if log else -math.inf) < low < high < math.inf else None
