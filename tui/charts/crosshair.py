"""The crosshair: which values the curves have at an x, how they and the x are written, and where it moves to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from labtop.store.model import Floats, Window, XMetric
from labtop.tui import format
from labtop.tui.charts.points import Points
from labtop.tui.charts.scale import Scale
from labtop.tui.charts.spec import Curve

VALUE_CELLS = 7
_NAME_CELLS = 24
_DAY = 86400
_CALENDAR = (-6e10, 2.5e11)  # seconds of the years 68 to 9892, well inside what datetime holds


@dataclass(frozen=True, slots=True)
class Reading:
    """A curve's logged value at the crosshair, None where it has none there, and its difference to the baseline's."""

    value: float | None
    delta: str = ""

    @property
    def is_lost(self) -> bool:
        """Whether the value is NaN or infinite."""
        return self.value is not None and not math.isfinite(self.value)

    def __str__(self) -> str:
        return "–" if self.value is None else format.number(self.value, VALUE_CELLS)


class Readings:
    """The logged values of some curves, ready to be read at any x; those of hidden curves are not there to be read."""

    def __init__(self, curves: Sequence[Curve], baseline: int | None) -> None:
        self._curves = [[] if curve.hidden else _attempts(curve) for curve in curves]
        self._numbers = [curve.number for curve in curves]
        places = [place for place, curve in enumerate(curves) if curve.number == baseline and not curve.hidden]
        self._baseline = places[0] if places else None

    def at(self, x: float, logged: Mapping[int, float | None]) -> list[Reading]:
        """What each curve is at x: what is `logged` for its run, else its last point at or before x, in its range."""
        values = [
            logged[number] if attempts and number in logged else _value(attempts, x)
            for number, attempts in zip(self._numbers, self._curves, strict=True)
        ]
        base = None if self._baseline is None else values[self._baseline]
        return [
            Reading(value, "" if place == self._baseline else format.delta(value, base))
            for place, value in enumerate(values)
        ]


def _attempts(curve: Curve) -> list[tuple[Floats, Floats]]:
    """x, ascending, and value of each attempt, the latest first."""
    attempts = []
    bounds = [0, *(np.flatnonzero(np.diff(curve.attempt)) + 1).tolist(), len(curve.x)]
    for start, end in zip(bounds[-2::-1], bounds[:0:-1], strict=True):
        x, value = curve.x[start:end], curve.value[start:end]
        if np.isnan(x).any() or (x[1:] < x[:-1]).any():
            order = np.argsort(x, kind="stable")
            order = order[~np.isnan(x[order])]
            x, value = x[order], value[order]
        if x.size:
            attempts.append((x, value))
    return attempts


def _value(attempts: Sequence[tuple[Floats, Floats]], at: float) -> float | None:
    for x, value in attempts:
        if x[0] <= at <= x[-1]:
            return float(value[int(np.searchsorted(x, at, "right")) - 1])
    return None


class Stops:
    """The x at which a crosshair can stop: those of all logged points in sight, ascending."""

    def __init__(self, points: Points, scale: Scale, dots: int) -> None:
        self._x = np.unique(points.x[points.in_window & points.logged])
        self._place = scale.place(self._x) * (dots - 1)

    def next(self, x: float | None, by: int) -> float | None:
        """The stop nearest to `by` dots from x, at least the next one in that direction; x itself where none is there.

        Without an x the last stop; None where there are none.
        """
        if not self._x.size:
            return None
        if x is None or not math.isfinite(x):
            return float(self._x[-1])
        here = int(np.searchsorted(self._x, x))
        if not by:
            return float(self._x[self._nearest(float(np.interp(x, self._x, self._place)))])
        goal = self._nearest(float(np.interp(x, self._x, self._place)) + by)
        goal = max(goal, int(np.searchsorted(self._x, x, "right"))) if by > 0 else min(goal, here - 1)
        return float(self._x[goal]) if 0 <= goal < self._x.size else x

    def within(self, low: float, high: float) -> float | None:
        """The last stop from one x to another."""
        last = int(np.searchsorted(self._x, high, "right")) - 1
        return float(self._x[last]) if last >= 0 and self._x[last] >= low else None

    def _nearest(self, place: float) -> int:
        """The stop nearest to a place in dots."""
        after = int(np.searchsorted(self._place, place))
        near = [stop for stop in (after - 1, after) if 0 <= stop < self._x.size]
        return min(near, key=lambda stop: abs(float(self._place[stop]) - place))


def x_text(x: float, points: Points, window: Window) -> str:
    """An x as the title says it: step 1,234, 12m30s, the local time, epoch=3.2."""
    axis = points.spec.x
    if isinstance(axis, XMetric):
        return f"{format.cut(format.clean(axis.name), _NAME_CELLS)}={format.number(x)}"
    if axis == "relative":
        span = window[1] - window[0]
        return f"{x:.{1 if span > 5 else 3}f}s" if span < 60 and abs(x) < 60 else format.duration(x)
    if axis == "wall" and _CALENDAR[0] < x < _CALENDAR[1]:
        moment = datetime.fromtimestamp(x)
        day = f"{moment.day} {moment:%b} " if window[1] - window[0] >= _DAY else ""
        return day + f"{moment:%H:%M:%S}"
    if abs(x) >= 1e15:
        return f"step {x:.6g}"
    return f"step {x:,.0f}" if points.has_whole_x else f"step {x:,.6g}"
