"""What a person has set on the screen, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from labtop.store.model import Aggregate, SortKey
from labtop.tui.charts.settings import ChartSettings
from labtop.tui.rows import DEFAULT_SORT

ViewName = Literal["runs", "plots", "compare", "run"]


@dataclass(frozen=True, slots=True)
class Session:
    """What a person has chosen; the defaults are what is shown to somebody who has chosen nothing.

    Runs are named by id, for their numbers change when an index is built anew; some may be gone by now. `marks` are in
    the order of marking. `pins` None and `theme` None: nobody has chosen. `opened` is the run on the page of one run,
    always there where that is the `view`. `shape` is rows and columns of charts.
    """

    marks: tuple[str, ...] = ()
    baseline: str | None = None
    hidden: frozenset[str] = frozenset()
    filter_text: str = ""
    metric_filter: str = ""
    key_filter: str = ""
    sort: SortKey = DEFAULT_SORT
    aggregate: Aggregate = "last"
    pins: tuple[str, ...] | None = None
    view: ViewName = "runs"
    opened: str | None = None
    shape: tuple[int, int] = (2, 2)
    charts: ChartSettings = field(default_factory=ChartSettings)
    theme: str | None = None
