"""Source: the points of metrics in some runs, over one x axis, from memory where they are kept."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from labtop.store.answers.curves.against import against
from labtop.store.answers.curves.asked import Metric, metrics_of, runs_of
from labtop.store.answers.curves.block import NO_POINTS, Points
from labtop.store.answers.curves.kept import Kept
from labtop.store.answers.curves.load import Base
from labtop.store.answers.curves.logged import Logged, fetch, logged
from labtop.store.model import Window, XAxis, XMetric

_HUGE, _HUGE_RUN = 1_200_000, 300_000
"""Points of a metric, and of one of its runs, that are not kept: the database works out what is drawn."""


class Source:
    """The points of `names` in the runs `numbers`, over `axis`; `best` asks for the best values too."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        kept: Kept,
        numbers: tuple[int, ...],
        axis: XAxis,
        names: Sequence[str],
        *,
        best: bool = False,
    ) -> None:
        self.cursor = cursor
        self._kept = kept
        self._axis = axis
        self._beside = (axis.name,) if isinstance(axis, XMetric) else ()
        asked = [*names, *self._beside]
        self.runs = runs_of(cursor, numbers, starts=axis == "relative")
        self.metrics: dict[str, Metric] = metrics_of(cursor, kept.names, asked, self.runs, best=best)
        self._base: Base = "time" if axis in ("relative", "wall") else "step"
        self._octets: dict[int, dict[int, dict[int, Points]]] = {}
        self._odd_ones: dict[int, dict[int, Points]] = {}

    def state(self, metric: Metric) -> object:
        """Equal for two answers about the metric that are the same; None where numbers do not tell.

        Where steps are written again, or files hide each other's values, points may change and stay as many.
        """
        asked = [metric, *(self.metrics[name] for name in self._beside if name in self.metrics)]
        if self.runs.resumed or any(each.shadowed for each in asked):
            return None
        counts = tuple(tuple(sorted(each.counts.items())) for each in asked)
        return counts, [self.runs.mark(run) for run in self.runs.numbers], metric.best, self.runs.starts

    def is_huge(self, metric: Metric) -> bool:
        """Whether its points are too many to be looked at one by one."""
        many = metric.points > _HUGE or max(metric.counts.values()) > _HUGE_RUN
        return many and not isinstance(self._axis, XMetric)

    def logged(self, metric: Metric) -> Logged:
        """Its points as a SELECT."""
        return logged(metric, self.runs, tuple(metric.counts), str(self._axis))

    def points(self, metric: Metric) -> dict[int, Points]:
        """All its points over the axis, of each run that has it."""
        found = self._over_base(metric)
        if isinstance(self._axis, XMetric):
            other = self._over_base(self.metrics[self._axis.name]) if self._axis.name in self.metrics else {}
            return {run: against(points, other.get(run, NO_POINTS)) for run, points in found.items()}
        if self._axis == "relative":
            return {run: self._since_start(run, points) for run, points in found.items()}
        return found

    def newest(self, metric: Metric) -> dict[int, float]:
        """Its value logged last, of each run that has it."""
        found = self._over_base(metric)
        return {run: float(points.value[-1]) for run, points in found.items() if len(points.value)}

    def _since_start(self, run: int, points: Points) -> Points:
        start = self.runs.starts.get(run)
        return NO_POINTS if start is None else points._replace(x=points.x - start)

    def _over_base(self, metric: Metric) -> dict[int, Points]:
        plain = self._together(metric.octet)[metric.slot]
        odd = [run for run in metric.counts if run not in plain]
        if odd and metric.number not in self._odd_ones:
            source = logged(metric, self.runs, odd, "wall" if self._base == "time" else "step")
            self._odd_ones[metric.number] = fetch(self.cursor, source, self.runs)
        return plain | self._odd_ones.get(metric.number, {})

    def _together(self, octet: int) -> dict[int, dict[int, Points]]:
        """By slot and run the points of all metrics that stand in the same rows, where all points of a run count."""
        if octet not in self._octets:
            asked = [each for each in self.metrics.values() if each.octet == octet and not self.is_huge(each)]
            counted = [_only(each, [run for run in each.counts if self._is_plain(each, run)]) for each in asked]
            blocks = self._kept.blocks(self.cursor, self.runs, counted, self._base)
            self._octets[octet] = {
                each.slot: {run: blocks[run].points(each.slot) for run in each.counts if run in blocks}
                for each in counted
            }
        return self._octets[octet]

    def _is_plain(self, metric: Metric, run: int) -> bool:
        """Whether all points of the metric in this run count, whatever others do."""
        return run not in self.runs.resumed and not metric.is_shadowed(run)


def _only(metric: Metric, runs: Sequence[int]) -> Metric:
    return Metric(metric.number, {run: metric.counts[run] for run in runs}, metric.odd)


def extent_of(points: Sequence[Points]) -> tuple[float, float] | None:
    """The first and last x of some curves; None without any point."""
    ends = [(float(each.x.min()), float(each.x.max())) for each in points if len(each.x)]
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None


def positive(points: Points) -> Points:
    """What a logarithmic axis can show."""
    return points.at(points.x > 0) if (points.x <= 0).any() else points


def in_sight(window: Window | None, extent: Window | None, *, log: bool) -> Window | None:
    """The window, or the extent where there is none; of a logarithmic axis the part that has points, which are all
    positive. None where nothing can be in it.
    """
    if window is None or extent is None or not log or window[0] > 0:
        return extent if window is None or extent is None else window
    return (min(extent[0], window[1]), window[1]) if window[1] > 0 else None
