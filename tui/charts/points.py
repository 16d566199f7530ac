"""The points of all curves of a chart in one piece, what of them can be seen, and the scales that show them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats, Window, XAxis
from labtop.tui.charts.raster import Bools, Ints, Lines
from labtop.tui.charts.scale import ROOMY, TIGHT, Scale, end_with_room, fit, with_room
from labtop.tui.charts.spec import ChartSpec, Curve

_ROOM: dict[XAxis, float] = {"relative": 60.0, "wall": 60.0}
"""What the axis shows to the right of a run that has one point so far: one step, one minute."""
_DECADES = 1000.0  # below its end where a logarithmic axis begins that no value gives a beginning


@dataclass(frozen=True)
class Points:
    """All points of the `curves` that are not hidden, one line after the other: of each curve the logged values, then
    the smoothed line where there is one.

    `curve` is the place of the curve, `quiet` marks earlier attempts and the values under a smoothed line, `follows`
    those with a point of the same line and attempt before them. `logged` are values, `kept` the points of lines that
    are to be drawn.
    """

    spec: ChartSpec
    curves: tuple[Curve, ...]
    x: Floats
    value: Floats
    curve: Ints
    quiet: Bools
    follows: Bools
    logged: Bools
    kept: Bools

    @cached_property
    def placed(self) -> Bools:
        """Points that have an x to stand at."""
        placed: Bools = np.isfinite(self.x)
        return placed & (self.x > 0) if self.spec.log_x else placed

    @cached_property
    def drawn(self) -> Bools:
        """Points that can be drawn: finite and, on a logarithmic axis, positive."""
        drawn: Bools = self.kept & self.placed & np.isfinite(self.value)
        return drawn & (self.value > 0) if self.spec.log_y else drawn

    @cached_property
    def in_window(self) -> Bools:
        """Points with an x within the window."""
        return self.placed & _within(self.x, self.window)

    @cached_property
    def window(self) -> Window | None:
        """The spec's window, where it is one; on a logarithmic axis the positive part of it."""
        window = self.spec.window
        if not (window and -np.inf < window[0] < window[1] < np.inf):
            return None
        if not self.spec.log_x or window[0] > 0:
            return window
        seen = self.x[self.placed & (self.x < window[1])]
        low = float(seen.min()) if seen.size else window[1] / _DECADES
        return (low, window[1]) if 0 < low < window[1] else None

    @cached_property
    def not_positive(self) -> int:
        """How many values in the window a logarithmic y axis cannot show."""
        return int(np.count_nonzero(self.in_window & self.logged & (self.value <= 0) & np.isfinite(self.value)))

    @cached_property
    def without_place(self) -> int:
        """How many points a logarithmic x axis cannot show, that would be in the window."""
        if not self.spec.log_x:
            return 0
        asked = self.spec.window if self.window else None
        return int(np.count_nonzero(self.logged & (self.x <= 0) & np.isfinite(self.x) & _within(self.x, asked)))

    @property
    def hidden_values(self) -> int:
        """The same of all logged values, where that is told: long curves are given by their outline."""
        return self.not_positive if self.spec.not_positive is None else self.spec.not_positive

    @property
    def hidden_places(self) -> int:
        """How many of all logged points a logarithmic x axis cannot show, where that is told, else of those given."""
        told = self.spec.without_place if self.spec.log_x else 0
        return self.without_place if told is None else told

    @cached_property
    def lost(self) -> Ints:
        """Which values in the window are NaN or infinite, of several in a row the first."""
        lost: Bools = self.in_window & self.logged & ~np.isfinite(self.value)
        begins = lost.copy()
        begins[1:] &= ~(lost[:-1] & self.follows[1:])
        return np.flatnonzero(begins)

    @cached_property
    def has_whole_x(self) -> bool:
        """Whether x only takes whole values."""
        x = self.x[self.placed]
        return bool(np.array_equal(x, np.floor(x)))

    @cached_property
    def has_quiet(self) -> bool:
        """Whether any curve has an earlier attempt, or values under a smoothed line."""
        return bool(self.quiet.any())

    @cached_property
    def bands(self) -> tuple[int, ...]:
        """The places of curves with a band."""
        return tuple(place for place, curve in enumerate(self.curves) if curve.spread is not None)

    def x_scale(self) -> Scale:
        """The scale of x: the window, else all points and some room to the right."""
        log = self.spec.log_x
        if self.window:
            return Scale(*self.window, log)
        room = _ROOM.get(self.spec.x, 1.0)
        if not self.placed.any():
            return Scale(1.0, 10.0, log) if log else Scale(0.0, room)
        x = self.x[self.placed]
        low, high = float(x.min()), float(x.max())
        if low == high:
            high = min(low + max(room, abs(low) / 1e9), sys.float_info.max)
            low = low if low < high else low - abs(low) / 1e9
            return Scale(low, high, log)
        return Scale(low, end_with_room(low, high, ROOMY if self.spec.may_grow else TIGHT), log)

    def y_scale(self) -> Scale | None:
        """The scale of what is drawn in the window, or where that is nothing of all around it; None without any.

        The spec's clip goes before that. Where more values may come there is some room.
        """
        values = self.value[self.drawn & self.in_window]
        if not values.size:
            values = self.value[self.drawn]
        values = np.concatenate([values, *self._edges()]) if self.bands else values
        if not values.size:
            return None
        low, high = float(values.min()), float(values.max())
        if (clip := self.spec.clip) and -np.inf < clip[0] < clip[1] < np.inf and not (self.spec.log_y and clip[1] <= 0):
            return fit(
                clip[0] if clip[0] > 0 or not self.spec.log_y else min(low, clip[1]), clip[1], log=self.spec.log_y
            )
        scale = fit(low, high, log=self.spec.log_y)
        return with_room(scale) if self.spec.may_grow else scale

    def _edges(self) -> list[Floats]:
        """The values of the edges of bands that the scale has to show."""
        edges = []
        for place in self.bands:
            curve = self.curves[place]
            seen = np.isfinite(curve.x) & _within(curve.x, self.window)
            for edge in (curve.spread.low, curve.spread.high) if curve.spread else ():
                edges.append(edge[seen & np.isfinite(edge) & ((edge > 0) | (not self.spec.log_y))])
        return edges

    def lines(self, x: Scale, y: Scale, columns: int, rows: int) -> Lines:
        """The points in dots of a raster. Layers: the bands, then quiet lines where there are any, then the others."""
        first = len(self.bands)
        bright = self.curve + (first + len(self.curves) * self.has_quiet)
        layer = np.where(self.quiet, self.curve + first, bright) if self.has_quiet else bright
        if self.spec.joined:
            joined = self.follows & self.drawn
            joined[1:] &= self.drawn[:-1]
        else:
            joined = np.zeros(len(self.x), np.bool_)
        with np.errstate(over="ignore", invalid="ignore"):  # a point that far outside counts as infinitely far
            across = x.place(self.x) * (columns - 1)
            down = (1 - y.place(self.value)) * (rows - 1)
        return Lines(across, down, layer, self.drawn, joined)


def _within(x: Floats, window: Window | None) -> Bools:
    return np.ones(len(x), np.bool_) if window is None else (x >= window[0]) & (x <= window[1])


def gather(spec: ChartSpec) -> Points:
    """The points of a spec's curves."""
    curves = tuple(curve for curve in spec.curves if not curve.hidden)
    parts = [_logged(curve, place, spec.raw) for place, curve in enumerate(curves)]
    parts += [_smoothed(curve, place) for place, curve in enumerate(curves) if curve.smooth is not None]
    columns = zip(*(parts or [_logged(_NOTHING, 0, True)]), strict=True)
    x, value, curve, quiet, follows, logged, kept = (np.concatenate(column) for column in columns)
    return Points(spec, curves, x, value, curve, quiet, follows, logged, kept)


_Part = tuple[Floats, Floats, Ints, Bools, Bools, Bools, Bools]


def _logged(curve: Curve, place: int, raw: bool) -> _Part:
    """The columns of `Points` for a curve's values."""
    count = len(curve.x)
    is_under = curve.smooth is not None
    older, follows = _attempts(curve.attempt)
    kept = np.full(count, raw or not is_under)
    quiet = np.ones(count, np.bool_) if is_under else older
    return curve.x, curve.value, np.full(count, place), quiet, follows, np.ones(count, np.bool_), kept


def _smoothed(curve: Curve, place: int) -> _Part:
    """The columns of `Points` for a curve's smoothed line."""
    line = curve.smooth or _NOTHING
    count = len(line.x)
    older, follows = _attempts(line.attempt)
    ones = np.ones(count, np.bool_)
    return line.x, line.value, np.full(count, place), older, follows, ~ones, ones


def _attempts(attempt: NDArray[np.int32]) -> tuple[Bools, Bools]:
    """Which points are of earlier attempts, and which follow one of the same attempt."""
    follows = np.zeros(len(attempt), np.bool_)
    if not attempt.size:
        return follows, follows
    follows[1:] = attempt[1:] == attempt[:-1]
    return attempt < attempt.max(), follows


_NOTHING = Curve("", 0, np.zeros(0), np.zeros(0), np.zeros(0, np.int32))
