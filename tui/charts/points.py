"""The points of all curves of a chart in one piece, what of them can be seen, and the scales that show them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from labtop.store.model import Floats, XAxis
from labtop.tui.charts.raster import Bools, Ints, Lines
from labtop.tui.charts.scale import Scale, end_with_room, fit
from labtop.tui.charts.spec import ChartSpec, Curve

_ROOM: dict[XAxis, float] = {"relative": 60.0, "wall": 60.0}
"""What the axis shows to the right of a run that has one point so far: one step, one minute."""


@dataclass(frozen=True)
class Points:
    """All points, one curve after the other. `curve` is the place of the curve in the spec, `older` marks the points of
    earlier attempts, `follows` those with a point of the same curve and attempt before them.
    """

    spec: ChartSpec
    x: Floats
    value: Floats
    curve: Ints
    older: Bools
    follows: Bools

    @cached_property
    def placed(self) -> Bools:
        """Points that have an x to stand at."""
        return np.isfinite(self.x)

    @cached_property
    def drawn(self) -> Bools:
        """Points that can be drawn: finite and, on a logarithmic axis, positive."""
        drawn: Bools = self.placed & np.isfinite(self.value)
        return drawn & (self.value > 0) if self.spec.log_y else drawn

    @cached_property
    def in_window(self) -> Bools:
        """Points with an x within the window."""
        window = self.window
        return self.placed if window is None else self.placed & (self.x >= window[0]) & (self.x <= window[1])

    @property
    def window(self) -> tuple[float, float] | None:
        """The spec's window, where it is one."""
        window = self.spec.window
        return window if window and -np.inf < window[0] < window[1] < np.inf else None

    @cached_property
    def not_positive(self) -> int:
        """How many values in the window a logarithmic axis cannot show."""
        return int(np.count_nonzero(self.in_window & (self.value <= 0) & np.isfinite(self.value)))

    @cached_property
    def lost(self) -> Ints:
        """Which points in the window are NaN or infinite, of several in a row the first."""
        lost: Bools = self.in_window & ~np.isfinite(self.value)
        begins = lost.copy()
        begins[1:] &= ~(lost[:-1] & self.follows[1:])
        return np.flatnonzero(begins)

    @cached_property
    def has_whole_x(self) -> bool:
        """Whether x only takes whole values."""
        x = self.x[self.placed]
        return bool(np.array_equal(x, np.floor(x)))

    @cached_property
    def has_older(self) -> bool:
        """Whether any curve has an earlier attempt."""
        return bool(self.older.any())

    def x_scale(self) -> Scale:
        """The scale of x: the window, else all points and some room to the right."""
        if self.window:
            return Scale(*self.window)
        if not self.placed.any():
            return Scale(0.0, _ROOM.get(self.spec.x, 1.0))
        x = self.x[self.placed]
        low, high = float(x.min()), float(x.max())
        if low == high:
            high = min(low + max(_ROOM.get(self.spec.x, 1.0), abs(low) / 1e9), np.finfo(np.float64).max)
            low = low if low < high else low - abs(low) / 1e9
            return Scale(low, high)
        return Scale(low, end_with_room(low, high))

    def y_scale(self) -> Scale | None:
        """The scale of the values in the window, or where there are none of all around it; None without any."""
        values = self.value[self.drawn & self.in_window]
        if not values.size:
            values = self.value[self.drawn]
        if not values.size:
            return None
        return fit(float(values.min()), float(values.max()), log=self.spec.log_y)

    def lines(self, x: Scale, y: Scale, columns: int, rows: int) -> Lines:
        """The points in dots of a raster. Earlier attempts are layers of their own, below those of the latest."""
        layer = np.where(self.older, self.curve, self.curve + len(self.spec.curves)) if self.has_older else self.curve
        joined = self.follows & self.drawn
        joined[1:] &= self.drawn[:-1]
        with np.errstate(over="ignore"):  # a point that far outside counts as infinitely far
            across = x.place(self.x) * (columns - 1)
            down = (1 - y.place(self.value)) * (rows - 1)
        return Lines(across, down, layer, self.drawn, joined)


def gather(spec: ChartSpec) -> Points:
    """The points of a spec's curves."""
    parts = [_part(curve) for curve in spec.curves] or [_part(_NOTHING)]
    x, value, older, follows = (np.concatenate(column) for column in zip(*parts, strict=True))
    curve = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    return Points(spec, x, value, curve, older, follows)


def _part(curve: Curve) -> tuple[Floats, Floats, Bools, Bools]:
    attempt = curve.attempt
    follows = np.zeros(len(attempt), np.bool_)
    if not attempt.size:
        return curve.x, curve.value, follows, follows
    follows[1:] = attempt[1:] == attempt[:-1]
    return curve.x, curve.value, attempt < attempt.max(), follows


_NOTHING = Curve("", 0, np.zeros(0), np.zeros(0), np.zeros(0, np.int32))
