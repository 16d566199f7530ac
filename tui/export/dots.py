"""Scatter plots as vectors: a dot for each run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats
from labtop.tui.charts.scale import Scale, fit
from labtop.tui.charts.spec import ScatterSpec
from labtop.tui.export.elements import Paper, element
from labtop.tui.export.frame import Axis, Content, Drawing, Head, Plot, framed, nothing
from labtop.tui.export.legend import Entry
from labtop.tui.export.marks import marker
from labtop.tui.format import number

_Bools = NDArray[np.bool_]
_RADIUS = 2.6
_OPACITY = 0.65
_PAD = 14.0


def scatter(spec: ScatterSpec, size: tuple[float, float], paper: Paper, key: str) -> Drawing:
    """The dots of a spec, framed; those of runs that are named above the others."""
    shown = placed(spec)
    hidden = int(np.count_nonzero(~shown))
    head = Head(spec.title, ", ".join(filter(None, (spec.note, f"{hidden} hidden" if hidden else ""))))
    if not shown.any():
        return nothing(head, "no value above 0" if hidden else "no data", size, paper)
    count = len(spec.categories)
    across = Scale(-0.5, count - 0.5) if count else _fitted(spec.x[shown], log=spec.log_x)
    x = Axis(across, spec.x_name, categories=spec.categories, pad=_PAD)
    y = Axis(_fitted(spec.y[shown], log=spec.log_y), pad=_PAD)

    def draw(plot: Plot) -> Content:
        return Content("\n".join(_dots(spec, shown, plot, paper)))

    return framed(head, x, y, size, paper, draw, key)


def entries(spec: ScatterSpec) -> list[Entry]:
    """The legend: the runs that are named, with their values."""
    values = dict(zip(spec.runs.tolist(), spec.y.tolist(), strict=True))
    return [
        Entry(run, label, number(values[run], 7) if run in values else "", line=False) for run, label in spec.labels
    ]


def placed(spec: ScatterSpec) -> _Bools:
    """Which dots the scales can show."""
    shown: _Bools = np.isfinite(spec.x) & np.isfinite(spec.y)
    if spec.log_x and not spec.categories:
        shown &= spec.x > 0
    return shown & (spec.y > 0) if spec.log_y else shown


def _fitted(values: Floats, *, log: bool) -> Scale:
    return fit(float(values.min()), float(values.max()), log=log)


def _dots(spec: ScatterSpec, shown: _Bools, plot: Plot, paper: Paper) -> Iterator[str]:
    named = {run for run, _ in spec.labels}
    across, down = plot.across(spec.x), plot.down(spec.y)
    dots = [
        (run, x, y)
        for run, x, y, there in zip(spec.runs.tolist(), across.tolist(), down.tolist(), shown.tolist(), strict=True)
        if there
    ]
    for run, x, y in dots:
        if run not in named:
            yield element("circle", cx=x, cy=y, r=_RADIUS, fill=paper.quiet, opacity=_OPACITY)
    for run, x, y in dots:
        if run in named:
            yield marker(run, x, y, paper)
