"""How charts are drawn, as a person has chosen it: for all charts at once, and for one metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from labtop.store.model import Column, Spread, Window, XAxis

Kind = Literal["line", "scatter", "histogram"]
"""Lines of runs, a point a run against a param or another metric, or how the runs' values are distributed."""

NO_SMOOTHING = 0.0
MOST_SMOOTHING = 0.999


@dataclass(frozen=True, slots=True)
class ChartSettings:
    """What all charts share. `window` None shows all of x; `follow` moves it along with the newest point.

    `smoothing` is 0 to 0.999, `raw` draws the values under a smoothed line, `clip` leaves outliers out of sight.
    `group` draws runs that have the same value of this column as one line with a band of `spread`. `log_y` are the
    metrics whose y axis is logarithmic, `kinds` those that are no lines, `against` what a scatter of a metric has as x.
    """

    x: XAxis = "step"
    log_x: bool = False
    window: Window | None = None
    follow: bool = False
    smoothing: float = NO_SMOOTHING
    raw: bool = True
    clip: bool = False
    group: Column | None = None
    spread: Spread = "std"
    log_y: frozenset[str] = frozenset()
    kinds: tuple[tuple[str, Kind], ...] = ()
    against: tuple[tuple[str, Column], ...] = ()

    def kind(self, metric: str) -> Kind:
        """How the metric is drawn."""
        return dict(self.kinds).get(metric, "line")
