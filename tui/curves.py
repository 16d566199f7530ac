"""From the store's series to a chart's curves, and whether anything changed that is drawn. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labtop.store.model import Run, Series, Status, XAxis
from labtop.tui.charts.spec import ChartSpec, Curve
from labtop.tui.format import clean

FIRST_RUNS = 8
"""So many runs are shown while none is marked."""

MAY_GROW = (Status.RUNNING, Status.STALE)
"""In these states more may come of a run, and time alone may change them."""


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run as charts name it."""

    number: int
    name: str
    estimated: bool = False  # its log has no clock
    may_grow: bool = True  # more may come of it

    @classmethod
    def of(cls, run: Run) -> ShownRun:
        """A run of the table."""
        return cls(run.number, run.name, run.estimated, run.status in MAY_GROW)


@dataclass(frozen=True, slots=True)
class Shown:
    """The runs that charts and Compare show: the marked ones, else some of the table, which has `total`."""

    runs: tuple[ShownRun, ...] = ()
    marked: bool = False
    total: int = 0

    @property
    def numbers(self) -> tuple[int, ...]:
        """The runs' numbers, in order."""
        return tuple(run.number for run in self.runs)

    def __str__(self) -> str:
        count = len(self.runs)
        if self.marked:
            return f"{count} marked"
        return f"{count} of {self.total} runs" if count < self.total else ""


@dataclass(frozen=True, slots=True)
class ChartQuestion:
    """What one chart shall show, in how many buckets of x."""

    metric: str
    shown: Shown
    x: XAxis
    log_y: bool
    buckets: int
    legend: bool = True


def chart_spec(question: ChartQuestion, series: Sequence[Series]) -> ChartSpec:
    """The chart of one metric; runs that have no value of it have no curve."""
    curves = tuple(
        Curve(run.name, run.number, one.x, one.value, one.attempt)
        for run, one in zip(question.shown.runs, series, strict=True)
        if len(one)
    )
    lacking = len(series) - len(curves)
    guessed = question.x != "step" and any(run.estimated for run in question.shown.runs)
    lost = sum(curve.is_lost for curve in curves)
    notes = (
        f"! {lost} not finite" if lost else "",
        str(question.shown),
        f"{lacking} without" if lacking and curves else "",
        "times estimated" * guessed,
    )
    return ChartSpec(
        clean(question.metric),
        curves,
        question.x,
        log_y=question.log_y,
        note=", ".join(filter(None, notes)),
        legend=question.legend,
        may_grow=any(run.may_grow for run in question.shown.runs),
    )


def same(old: ChartSpec | None, new: ChartSpec) -> bool:
    """Whether two charts would look the same."""
    if old is None or len(old.curves) != len(new.curves):
        return False
    heads = [
        (spec.title, spec.x, spec.window, spec.log_y, spec.note, spec.legend, spec.may_grow) for spec in (old, new)
    ]
    return heads[0] == heads[1] and all(map(_same_curve, old.curves, new.curves))


def _same_curve(old: Curve, new: Curve) -> bool:
    return (
        (old.label, old.number) == (new.label, new.number)
        and np.array_equal(old.x, new.x)
        and np.array_equal(old.value, new.value, equal_nan=True)
        and np.array_equal(old.attempt, new.attempt)
    )


def best_shape(count: int, width: int, height: int, *, min_width: int = 30, min_height: int = 8) -> tuple[int, int]:
    """Rows and columns of a grid for `count` charts: as many as fit, each as large as can be and wide (3:1)."""
    columns_fit, rows_fit = max(1, width // min_width), max(1, height // min_height)
    best, best_score = (1, 1), (0, 0.0)
    for columns in range(1, min(columns_fit, 4) + 1):
        rows = min(rows_fit, 4, -(-count // columns))
        size = min(width / columns, 3.0 * height / rows)
        score = (min(count, rows * columns), size)
        if score > best_score:
            best, best_score = (rows, columns), score
    return best
