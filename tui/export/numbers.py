"""A chart as numbers: CSV of exactly what is drawn, quoted as RFC 4180 says."""

from __future__ import annotations

import csv as table
import io
from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np

from labtop.store.answers.to_csv import literal
from labtop.store.model import Line, XAxis, XMetric
from labtop.tui.charts.spec import ChartSpec, Curve, HistogramSpec, ScatterSpec, Spec
from labtop.tui.format import clean

_X: dict[XAxis, str] = {"step": "step", "relative": "relative_s", "wall": "time"}
_WHOLE = 2**53

Cell = str | int | float | None


def csv(spec: Spec) -> str:
    """The points in sight, a line each, under a line of names; numbers with all digits, NaN and inf as such.

    Lines: run, x, value, smoothed, attempt. Bands: run, x, mean, low, high. Scatter plots: run, x, y. Histograms: low,
    high, count. Points that are not drawn have no line, but for values that a logarithmic axis cannot show.
    """
    file = io.StringIO()
    writer = table.writer(file, lineterminator="\n")
    for row in _rows(spec):
        writer.writerow([_cell(value) for value in row])
    return file.getvalue()


def _rows(spec: Spec) -> Iterator[Sequence[Cell]]:
    match spec:
        case ChartSpec():
            return _bands(spec) if any(curve.spread for curve in spec.curves) else _lines(spec)
        case ScatterSpec():
            return _dots(spec)
        case HistogramSpec():
            return _bins(spec)


def _lines(spec: ChartSpec) -> Iterator[Sequence[Cell]]:
    yield ("run", _x_name(spec.x), "value", "smoothed", "attempt")
    for curve in spec.curves:
        if curve.hidden:
            continue
        for attempt, x, value, smoothed in _points(curve, raw=spec.raw):
            if _in_sight(spec, x):
                yield (curve.label, x, value, smoothed, attempt)


def _points(curve: Curve, *, raw: bool) -> list[tuple[int, float, float | None, float | None]]:
    """Attempt, x, value, smoothed value of each point. A smoothed line may have points where no value is kept."""
    smoothed = {} if curve.smooth is None else _by_place(curve.smooth)
    rows: list[tuple[int, float, float | None, float | None]] = []
    if raw or curve.smooth is None:
        values = zip(curve.attempt.tolist(), curve.x.tolist(), curve.value.tolist(), strict=True)
        rows = [(attempt, x, value, smoothed.get((attempt, x))) for attempt, x, value in values]
    there = {(attempt, x) for attempt, x, _, _ in rows}
    more = [place for place in smoothed if place not in there]
    rows += [(attempt, x, None, smoothed[attempt, x]) for attempt, x in more]
    return sorted(rows, key=lambda row: row[:2]) if more else rows


def _by_place(line: Line) -> dict[tuple[int, float], float]:
    return dict(
        zip(zip(line.attempt.tolist(), line.x.tolist(), strict=True), line.value.tolist(), strict=True),
    )


def _bands(spec: ChartSpec) -> Iterator[Sequence[Cell]]:
    yield ("run", _x_name(spec.x), "mean", "low", "high")
    for curve in spec.curves:
        if curve.hidden:
            continue
        bare = np.full(len(curve.x), np.nan)
        low, high = (curve.spread.low, curve.spread.high) if curve.spread else (bare, bare)
        for x, *values in zip(*(column.tolist() for column in (curve.x, curve.value, low, high)), strict=True):
            if _in_sight(spec, x):
                yield (curve.label, x, *values)


def _dots(spec: ScatterSpec) -> Iterator[Sequence[Cell]]:
    names = dict(spec.labels)
    yield ("run", spec.x_name, spec.title)
    for run, x, y in zip(spec.runs.tolist(), spec.x.tolist(), spec.y.tolist(), strict=True):
        yield (names.get(run, run), spec.categories[int(x)] if spec.categories else x, y)


def _bins(spec: HistogramSpec) -> Iterator[Sequence[Cell]]:
    yield ("low", "high", "count")
    yield from zip(spec.edges[:-1].tolist(), spec.edges[1:].tolist(), spec.counts.tolist(), strict=True)


def _in_sight(spec: ChartSpec, x: float) -> bool:
    return spec.window is None or spec.window[0] <= x <= spec.window[1]


def _x_name(axis: XAxis) -> str:
    return axis.name if isinstance(axis, XMetric) else _X[axis]


def _cell(value: Cell) -> str:
    """Numbers so that reading them gives them back; texts on one line that no spreadsheet runs."""
    if value is None:
        return ""
    if isinstance(value, str):
        return literal(clean(value))
    if value != value:
        return "NaN"
    return str(int(value)) if abs(value) < _WHOLE and value == int(value) else repr(cast(float, value))
