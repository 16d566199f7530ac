"""The charts of a report: the curves of its metrics."""

from __future__ import annotations

from typing import Final

from labtop.cli.charts import Having, Wish, line_charts
from labtop.cli.report.document import Block, Chart, Section
from labtop.cli.report.listing import Listing
from labtop.cli.report.picture import WIDTH
from labtop.store import Store
from labtop.tui.charts.spec import ChartSpec
from labtop.tui.format import clean, cut, number

_LONGEST: Final = 48  # cells of a name in words
_BUCKETS: Final = WIDTH // 4  # pixels, for up to four points


def curves(store: Store, listing: Listing) -> Section:
    """A chart of each metric: its curves in the first of the report's runs that have it."""
    having = [Having(metric.key, listing.having(metric)) for metric in listing.metrics]
    shown = [each for each in having if each.runs]
    specs = line_charts(store, Wish(tuple(each.metric for each in shown), buckets=_BUCKETS, clip=True), shown)
    charts: tuple[Block, ...] = tuple(Chart(spec, _in_words(spec)) for spec in specs)
    return Section("Charts", charts or ("No run has a metric to draw.",))


def _in_words(spec: ChartSpec) -> str:
    """Which metric, and the newest value of each run."""
    ends = (
        f"{cut(clean(curve.label), _LONGEST)} {number(curve.newest, 7)}"
        for curve in spec.curves
        if curve.newest is not None
    )
    return f"Curves of {spec.title} by step; last values: {', '.join(ends) or 'none'}"
