"""Curves as vectors: raw values, smoothed lines, bands, attempts, values that are not finite."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats, Line, XAxis, XMetric
from labtop.tui.charts.points import Points, gather
from labtop.tui.charts.scale import Scale
from labtop.tui.charts.spec import ChartSpec, Curve
from labtop.tui.export.elements import Paper, element, pixels, words
from labtop.tui.export.frame import TEXT, Axis, Content, Drawing, Head, Plot, framed, nothing
from labtop.tui.export.legend import Entry
from labtop.tui.export.marks import cross, dashes, marker
from labtop.tui.format import number
from labtop.tui.run_style import run_color

_RAW, _FINE, _SMOOTH = 1.6, 1.0, 2.0  # widths of lines
_QUIET = 0.35  # opacity of what stands behind
_BAND = 0.18
_VALUE_CELLS = 7
_LONE = 2.2  # radius of a point that no line leads to
_Bools = NDArray[np.bool_]
_LABELS: dict[XAxis, str] = {"step": "step", "relative": "time since the start", "wall": "wall time"}


def chart(spec: ChartSpec, size: tuple[float, float], paper: Paper, key: str) -> Drawing:
    """The curves of a spec, framed; the legend is not part of it."""
    points = gather(spec)
    head = Head(spec.title, _note(spec, points))
    x, y = points.x_scale(), points.y_scale()
    if y is None:
        return nothing(head, _why_empty(spec, points), size, paper)
    axis = Axis(x, x_name(spec.x), _time(spec.x), points.has_whole_x)

    def draw(plot: Plot) -> Content:
        marks = [*_ends(spec, plot, paper), *_lost(spec, plot)]
        return Content("\n".join([*_curves(spec, plot), *_levels(spec, plot, paper)]), "\n".join(marks))

    return framed(head, axis, Axis(y), size, paper, draw, key)


def entries(spec: ChartSpec) -> list[Entry]:
    """The legend of a spec: nothing where it has none."""
    if not spec.legend:
        return []
    return [
        Entry(curve.number, curve.label, _last(curve), curve.is_lost, curve.hidden, spec.joined)
        for curve in spec.curves
    ]


def x_name(axis: XAxis) -> str:
    """What the x axis is called."""
    return axis.name if isinstance(axis, XMetric) else _LABELS[axis]


def _time(axis: XAxis) -> str:
    return axis if axis == "relative" or axis == "wall" else ""


def _last(curve: Curve) -> str:
    return "" if curve.newest is None else number(curve.newest, _VALUE_CELLS)


def _note(spec: ChartSpec, points: Points) -> str:
    """How many points logarithmic axes cannot show, the spec's note, the scales: what the screen says."""
    low, left = points.hidden_values if spec.log_y else 0, points.hidden_places
    hidden = f"{low} ≤ 0 hidden" if low else "", f"{left} at x ≤ 0 hidden" if left else ""
    return ", ".join(filter(None, (*hidden, spec.note, "log" * spec.log_y, "log x" * spec.log_x)))


def _why_empty(spec: ChartSpec, points: Points) -> str:
    if spec.log_y and points.not_positive:
        return "no value above 0"
    if spec.curves and all(curve.hidden for curve in spec.curves):
        return "all hidden"
    return "no finite value" if any(curve.x.size for curve in spec.curves) else "no data"


def _curves(spec: ChartSpec, plot: Plot) -> Iterator[str]:
    """Bands below all lines, values below smoothed lines."""
    broken = dashes([curve.number for curve in spec.curves])
    shown = [(curve, dash) for curve, dash in zip(spec.curves, broken, strict=True) if not curve.hidden]
    for curve, _ in shown:
        yield from _band(curve, plot)
    for curve, dash in shown:
        yield element("g", element("title", words(curve.label)) + "".join(_curve(spec, curve, dash, plot)))


def _curve(spec: ChartSpec, curve: Curve, dash: str | None, plot: Plot) -> Iterator[str]:
    if spec.raw or curve.smooth is None:
        raw = Line(curve.x, curve.value, curve.attempt)
        width, opacity = (_RAW, 1.0) if curve.smooth is None else (_FINE, _QUIET)
        yield from _line(spec, raw, plot, run_color(curve.number), width, opacity, dash)
    if curve.smooth is not None:
        yield from _line(spec, curve.smooth, plot, run_color(curve.number), _SMOOTH, 1.0, dash)


def _line(
    spec: ChartSpec, line: Line, plot: Plot, color: str, width: float, opacity: float, dash: str | None
) -> Iterator[str]:
    """The segments of a line, those of earlier attempts paler, and the points that stand alone."""
    latest = line.attempt.max(initial=0)
    x, y = pixels(plot.across(line.x)), pixels(plot.down(line.value))
    paths: dict[float, list[str]] = {}
    for start, end in _pieces(_drawn(spec, line.x, line.value), line.attempt):
        share = opacity * (_QUIET if line.attempt[start] < latest else 1.0)
        if end - start == 1 or not spec.joined:
            for place in range(start, end):
                yield element("circle", cx=x[place], cy=y[place], r=_LONE, fill=color, opacity=share)
        else:
            steps = "L".join(f"{a},{b}" for a, b in zip(x[start:end], y[start:end], strict=True))
            paths.setdefault(share, []).append(f"M{steps}")
    broken = {} if dash is None else {"stroke_dasharray": dash}
    for share, pieces in paths.items():
        stroke = {"stroke": color, "stroke_width": width, "stroke_linejoin": "round", **broken}
        yield element("path", d="".join(pieces), **stroke, opacity=share)


def _drawn(spec: ChartSpec, x: Floats, value: Floats) -> _Bools:
    drawn: _Bools = np.isfinite(x) & np.isfinite(value)
    if spec.log_y:
        drawn &= value > 0
    return drawn & (x > 0) if spec.log_x else drawn


def _pieces(drawn: _Bools, attempt: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Start and end of each row of points that a line joins: none missing, all of one attempt."""
    changes = np.flatnonzero((drawn[1:] != drawn[:-1]) | (np.diff(attempt) != 0)) + 1
    for start, end in pairwise([0, *changes.tolist(), len(drawn)]):
        if start < end and drawn[start]:
            yield start, end


def _band(curve: Curve, plot: Plot) -> Iterator[str]:
    if curve.spread is None:
        return
    low, high = plot.down(curve.spread.low), plot.down(curve.spread.high)
    across = plot.across(curve.x)
    there = np.isfinite(low) & np.isfinite(high) & np.isfinite(across)
    for start, end in _pieces(there, curve.attempt):
        x, up, down = across[start:end], high[start:end], low[start:end]
        around = zip(pixels(np.r_[x, x[::-1]]), pixels(np.r_[up, down[::-1]]), strict=True)
        corners = " ".join(f"{a},{b}" for a, b in around)
        yield element("polygon", points=corners, fill=run_color(curve.number), fill_opacity=_BAND)


def _ends(spec: ChartSpec, plot: Plot, paper: Paper) -> Iterator[str]:
    """A marker where each line ends, a cross where newer values are not finite."""
    for curve in spec.curves:
        if not curve.hidden and (end := _end(spec, curve, plot)) is not None:
            yield cross(*end, run_color(curve.number)) if curve.ends_lost else marker(curve.number, *end, paper)


def _end(spec: ChartSpec, curve: Curve, plot: Plot) -> tuple[float, float] | None:
    """Where the line that stands out ends, None where that is not in sight."""
    line = curve.smooth or Line(curve.x, curve.value, curve.attempt)
    places = np.flatnonzero(_drawn(spec, line.x, line.value) & (line.attempt == line.attempt.max(initial=0)))
    if not places.size:
        return None
    x, y = line.x[places[-1:]], line.value[places[-1:]]
    if not all(0 <= scale.place(at)[0] <= 1 for scale, at in ((plot.x.scale, x), (plot.y.scale, y))):
        return None
    return float(plot.across(x)[0]), float(plot.down(y)[0])


def _lost(spec: ChartSpec, plot: Plot) -> Iterator[str]:
    """A cross on the axis below each place where values became NaN or infinite."""
    low, high = spec.window or (-np.inf, np.inf)
    for curve in spec.curves:
        if not curve.hidden:
            seen = np.isfinite(curve.x) & (curve.x >= low) & (curve.x <= high) & ((curve.x > 0) | (not spec.log_x))
            begins = [start for start, _ in _pieces(seen & ~np.isfinite(curve.value), curve.attempt)]
            for x in sorted(set(np.round(plot.across(curve.x[begins])).tolist())):
                yield cross(x, plot.bottom, run_color(curve.number))


def _levels(spec: ChartSpec, plot: Plot, paper: Paper) -> Iterator[str]:
    """Lines to compare with, each with its name above its left end, which is where curves are not."""
    right = plot.left + plot.width
    for level in spec.levels:
        place = Scale.place_one(plot.y.scale, level.value)
        if not 0 <= place <= 1:
            continue
        y = float(plot.down(np.array([level.value]))[0])
        color = paper.quiet if level.number is None else run_color(level.number)
        label = f"{level.kind} {number(level.value, _VALUE_CELLS)}"
        yield element("path", d=f"M{plot.left:.2f},{y:.2f}H{right:.2f}", stroke=color, stroke_dasharray="2 3")
        top = y - 4 if y - plot.top > TEXT + 4 else y + TEXT + 2
        halo = {"stroke": paper.background, "stroke_width": 3, "paint_order": "stroke"}
        yield element("text", words(label), x=plot.left + 8, y=top, fill=color, **halo)
