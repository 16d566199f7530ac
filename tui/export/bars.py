"""Histograms as vectors: a bar for each bin, and the values of runs that are named."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from labtop.tui.charts.scale import Scale
from labtop.tui.charts.spec import HistogramSpec
from labtop.tui.export.elements import Paper, element, pixels
from labtop.tui.export.frame import Axis, Content, Drawing, Head, Plot, framed, nothing
from labtop.tui.export.legend import Entry
from labtop.tui.export.marks import marker
from labtop.tui.format import number

_BETWEEN = 1.0  # two bars
_OPACITY = 0.75
_ABOVE_HIGHEST = 1.06


def histogram(spec: HistogramSpec, size: tuple[float, float], paper: Paper, key: str) -> Drawing:
    """The bars of a spec, framed; named runs stand on the axis."""
    head = Head(spec.title, ", ".join(filter(None, ("number of runs", spec.note))))
    if not spec.counts.size or not spec.counts.any():
        return nothing(head, "no data", size, paper)
    x = Axis(Scale(float(spec.edges[0]), float(spec.edges[-1])), spec.title)
    y = Axis(Scale(0.0, float(spec.counts.max()) * _ABOVE_HIGHEST), whole=True, pad=0.0)

    def draw(plot: Plot) -> Content:
        return Content("\n".join(_bars(spec, plot, paper)), "\n".join(_runs(spec, plot, paper)))

    return framed(head, x, y, size, paper, draw, key)


def entries(spec: HistogramSpec) -> list[Entry]:
    """The legend: the runs that are named, with their values."""
    values = dict(spec.values)
    return [
        Entry(run, label, number(values[run], 7) if run in values else "", line=False) for run, label in spec.labels
    ]


def _bars(spec: HistogramSpec, plot: Plot, paper: Paper) -> Iterator[str]:
    edges = plot.across(spec.edges)
    tops = plot.down(spec.counts.astype(np.float64))
    for left, right, top, count in zip(edges[:-1], edges[1:], tops, spec.counts.tolist(), strict=True):
        if count:
            x, y = pixels(np.array([left + _BETWEEN / 2, top]))
            width, height = pixels(np.array([max(right - left - _BETWEEN, 0.5), plot.bottom - top]))
            yield element("rect", x=x, y=y, width=width, height=height, fill=paper.quiet, fill_opacity=_OPACITY)


def _runs(spec: HistogramSpec, plot: Plot, paper: Paper) -> Iterator[str]:
    values = dict(spec.values)
    for run, _ in spec.labels:
        if run in values and np.isfinite(values[run]):
            yield marker(run, float(plot.across(np.array([values[run]]))[0]), plot.bottom, paper)
