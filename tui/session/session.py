"""What a person has set on the screen, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from labtop.store.model import Aggregate, Column, SortKey
from labtop.tui.charts.settings import ChartSettings

ViewName = Literal["runs", "plots", "compare", "run", "models"]
TABLE_AGGREGATES: tuple[Aggregate, ...] = ("last", "best", "min", "max", "mean")
"""What the columns of metrics can show all together, in the order of the key."""
MOST_SORTS = 8
MOST_FILTERS = 100
"""So many are kept, of saved filters and of those that were used."""
WIDTHS = 3, 200
"""Cells of a column whose width was chosen."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person was in a view.

    `whole`: one pane or chart had all the room. `on_charts`: the charts had the focus; `chart` is the metric of the
    current one, unless that was the first. `row` and `column` are those of the table's cursor, where a person moved it
    from the first: a run as "run:ID", a group as "group:ID"; a column by the grid's key. A comparison shows `all_keys`,
    not only those that differ, and `relative` deltas; the ids of its `folded` folders, and of the row that its runs are
    `ordered_by`, `descending` or not.
    """

    whole: bool = False
    on_charts: bool = False
    chart: str | None = None
    row: str | None = None
    column: str | None = None
    all_keys: bool = False
    relative: bool = False
    folded: tuple[str, ...] = ()
    ordered_by: str | None = None
    descending: bool = False


Places = tuple[tuple[ViewName, Place], ...]


@dataclass(frozen=True, slots=True)
class Session:
    """What a person has chosen; the defaults are what is shown to somebody who has chosen nothing.

    Runs are named by id, for their numbers change when an index is built anew; some may be gone by now. `marks` are in
    the order of marking. `opened` is the run on the page of one run, always there where that is the `view`. `shape` is
    rows and columns of charts, `places` where the person was in each view.

    Of the table: `columns` are those beside the fixed ones, in order, `widths` and `frozen` name columns by the grid's
    key ("kind:key"), `groups` are those by which runs are put together, `unfolded` the ids of groups whose runs are
    shown. `filters` are names and texts of saved ones, `history` those that were used, the newest last.

    `ignored` are patterns of keys that comparisons leave out.

    What is as it is in `Session()` has not been chosen by anybody, unless `chosen` names the field.
    """

    marks: tuple[str, ...] = ()
    baseline: str | None = None
    hidden: frozenset[str] = frozenset()
    filter_text: str = ""
    metric_filter: str = ""
    key_filter: str = ""
    sort: tuple[SortKey, ...] = ()
    aggregate: Aggregate = "last"
    pins: tuple[str, ...] | None = None
    view: ViewName = "runs"
    opened: str | None = None
    shape: tuple[int, int] = (2, 2)
    charts: ChartSettings = field(default_factory=ChartSettings)
    theme: str | None = None
    columns: tuple[Column, ...] | None = None
    widths: tuple[tuple[str, int], ...] = ()
    frozen: tuple[str, ...] = ()
    groups: tuple[Column, ...] = ()
    unfolded: frozenset[str] = frozenset()
    filters: tuple[tuple[str, str], ...] = ()
    history: tuple[str, ...] = ()
    places: Places = ()
    ignored: tuple[str, ...] = ()
    chosen: frozenset[str] = frozenset()
