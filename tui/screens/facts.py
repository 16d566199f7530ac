"""Facts: what the person chose and what the store answered, each a reactive, and the actions that change only them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from textual.reactive import reactive
from textual.screen import Screen

from labtop.store.model import Activity, Aggregate, Column, Goal, Outline, Run, RunTable, SortKey
from labtop.tui.charts.settings import ChartSettings
from labtop.tui.pages import resized
from labtop.tui.rows import DEFAULT_SORT, first_direction
from labtop.tui.shown import Shown, ShownRun

AGGREGATES: tuple[Aggregate, ...] = ("last", "best", "min", "max")
_Item = TypeVar("_Item")


class Facts(Screen[None]):
    """Every fact that a view shows. Views get them by `data_bind`; messages and screen actions change them."""

    activity: reactive[Activity] = reactive(Activity(), repaint=False)
    revision: reactive[int] = reactive(0, repaint=False)
    outline: reactive[Outline] = reactive(Outline(0, (), ()), repaint=False)
    table: reactive[RunTable | None] = reactive[RunTable | None](None, repaint=False)
    diverged: reactive[frozenset[int]] = reactive[frozenset[int]](frozenset(), repaint=False)
    first: reactive[tuple[int, ...]] = reactive[tuple[int, ...]]((), repaint=False)
    now: reactive[float] = reactive(0.0, repaint=False)
    pinned: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)
    shown: reactive[Shown] = reactive(Shown(), repaint=False)

    pins: reactive[tuple[str, ...] | None] = reactive[tuple[str, ...] | None](None, repaint=False)
    marks: reactive[tuple[int, ...]] = reactive[tuple[int, ...]]((), repaint=False)
    baseline: reactive[int | None] = reactive[int | None](None, repaint=False)
    filter_text: reactive[str] = reactive("", repaint=False)
    metric_filter: reactive[str] = reactive("", repaint=False)
    key_filter: reactive[str] = reactive("", repaint=False)
    sort: reactive[SortKey] = reactive(DEFAULT_SORT, repaint=False)
    aggregate: reactive[Aggregate] = reactive[Aggregate]("last", repaint=False)
    settings: reactive[ChartSettings] = reactive(ChartSettings(), repaint=False)
    hidden: reactive[frozenset[int]] = reactive[frozenset[int]](frozenset(), repaint=False)
    goals: reactive[Mapping[str, Goal]] = reactive[Mapping[str, Goal]]({}, repaint=False)
    shape: reactive[tuple[int, int]] = reactive((2, 2), repaint=False)
    view: reactive[str] = reactive("runs", repaint=False)
    opened: reactive[int | None] = reactive[int | None](None, repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[int, Run] = {}
        """All runs, by number: marked runs keep their names when a filter hides them, until they are gone."""

    def say(self, text: str) -> None:
        """Tell the person at the screen what was done, in a line."""
        raise NotImplementedError

    def goal(self, column: Column) -> Goal | None:
        """In which direction a column of the table gets better."""
        return next(
            (info.goal for info in self.outline.metrics if (column.kind, info.name) == ("metric", column.key)), None
        )

    def toggle_mark(self, run: int) -> None:
        """Mark a run, or take its mark off; the order of marking is kept."""
        kept = tuple(mark for mark in self.marks if mark != run)
        self.marks = kept if run in self.marks else (*self.marks, run)

    def toggle_baseline(self, run: int) -> None:
        """Make a run the baseline; again: none is."""
        self.baseline = None if self.baseline == run else run
        name = self.known[run].name if run in self.known else str(run)
        self.say(f"baseline: {name}" if self.baseline == run else "no baseline")

    def toggle_pin(self, metric: str) -> None:
        """Pin a metric, or take the pin off."""
        kept = tuple(pin for pin in self.pinned if pin != metric)
        self.pins = kept if metric in self.pinned else (*self.pinned, metric)

    def sort_by(self, column: Column) -> None:
        """Sort by a column; the other way round if that is so already."""
        if column == self.sort.column:
            self.action_reverse()
        else:
            self.sort = first_direction(column, self.goal(column))

    def action_reverse(self) -> None:
        """The other way round."""
        self.sort = SortKey(self.sort.column, not self.sort.descending)

    def action_mark_all(self) -> None:
        """Mark every run that passes the filter, after those marked before; where all are, take their marks off."""
        rows = tuple(run.number for run in self.table.runs) if self.table else ()
        marked, listed = frozenset(self.marks), frozenset(rows)
        more = tuple(run for run in rows if run not in marked)
        self.marks = (*self.marks, *more) if more else tuple(run for run in self.marks if run not in listed)
        if self.marks and not more:
            self.say(f"{len(self.marks)} marked still, which the filter hides")

    def action_aggregate(self) -> None:
        """The next of last, best, min, max in the columns of metrics."""
        self.aggregate = _after(AGGREGATES, self.aggregate)
        column = self.sort.column
        if column.kind == "metric":
            self.sort = SortKey(Column("metric", column.key, self.aggregate), self.sort.descending)
        self.say(f"metric columns show the {self.aggregate} value")

    def action_grid(self, more: int) -> None:
        """More and smaller charts on a page of Plots, or fewer and larger."""
        self.shape = resized(self.shape, more)

    def _show(self) -> None:
        """Charts show the marked runs, while none is marked some of the table."""
        total = self.table.matched if self.table else 0
        marked = tuple(run for run in self.marks if run in self.known)
        runs = marked or tuple(run for run in self.first if run in self.known)
        if self.baseline in self.known and self.baseline not in runs:
            runs = (*runs, self.baseline)
        rows = self.table.runs if self.table else ()
        self.shown = Shown(
            tuple(ShownRun.of(self.known[run]) for run in runs),
            bool(marked),
            total,
            self.baseline,
            self.hidden,
            marked or tuple(run.number for run in rows),
            self.filter_text,
            self.aggregate,
        )

    watch_table = watch_first = watch_marks = watch_hidden = watch_baseline = _show


def _after(items: tuple[_Item, ...], item: _Item) -> _Item:
    return items[(items.index(item) + 1) % len(items)]
