"""Facts: what the person chose and what the store answered, each a reactive, and the actions that change only them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from textual.reactive import reactive
from textual.screen import Screen

from labtop.store.model import Activity, Aggregate, Column, Goal, Outline, Run, RunTable, SortKey
from labtop.tui.charts.settings import ChartSettings
from labtop.tui.pages import resized
from labtop.tui.session.session import TABLE_AGGREGATES, Places
from labtop.tui.shown import Shown, ShownRun
from labtop.tui.table_columns import (
    DEFAULT_SORT,
    first_direction,
    new_aggregate,
    sorted_first_by,
)
from labtop.tui.table_question import FIRST_ROWS, Order

MOST_MARKED = 2000
"""Runs that can be marked: what is shown of marked runs is no use of more."""
_Item = TypeVar("_Item")


class Facts(Screen[None]):
    """Every fact that a view shows. Views get them by `data_bind`; messages and screen actions change them."""

    activity: reactive[Activity] = reactive(Activity(), repaint=False)
    revision: reactive[int] = reactive(0, repaint=False)
    outline: reactive[Outline] = reactive(Outline(0, (), ()), repaint=False)
    table: reactive[RunTable | None] = reactive[RunTable | None](None, repaint=False)
    diverged: reactive[frozenset[int]] = reactive[frozenset[int]](frozenset(), repaint=False)
    now: reactive[float] = reactive(0.0, repaint=False)
    pinned: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)
    shown: reactive[Shown] = reactive(Shown(), repaint=False)

    pins: reactive[tuple[str, ...] | None] = reactive[tuple[str, ...] | None](None, repaint=False)
    marks: reactive[tuple[int, ...]] = reactive[tuple[int, ...]]((), repaint=False)
    baseline: reactive[int | None] = reactive[int | None](None, repaint=False)
    filter_text: reactive[str] = reactive("", repaint=False)
    applied: reactive[str] = reactive("", repaint=False)
    seen_keys: reactive[frozenset[str] | None] = reactive[frozenset[str] | None](None, repaint=False)
    ordered_by: reactive[Order | None] = reactive[Order | None](None, repaint=False)
    metric_filter: reactive[str] = reactive("", repaint=False)
    key_filter: reactive[str] = reactive("", repaint=False)
    sort: reactive[tuple[SortKey, ...]] = reactive(DEFAULT_SORT, repaint=False)
    columns: reactive[tuple[Column, ...] | None] = reactive[tuple[Column, ...] | None](None, repaint=False)
    widths: reactive[tuple[tuple[str, int], ...]] = reactive[tuple[tuple[str, int], ...]]((), repaint=False)
    frozen: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)
    table_groups: reactive[tuple[Column, ...]] = reactive[tuple[Column, ...]]((), repaint=False)
    unfolded: reactive[frozenset[str]] = reactive[frozenset[str]](frozenset(), repaint=False)
    window: reactive[tuple[int, int]] = reactive((0, FIRST_ROWS), repaint=False)
    filters: reactive[tuple[tuple[str, str], ...]] = reactive[tuple[tuple[str, str], ...]]((), repaint=False)
    history: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)
    ignored: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)
    places: reactive[Places] = reactive[Places]((), repaint=False)
    tolerance: reactive[float] = reactive(0.001, repaint=False)
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
        """The runs that are shown anywhere, by number: marked ones too, whatever the filter hides."""

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
        """Pin a metric, or take the pin off. It has a chart and, with the columns that a person chose, a column."""
        pinned = metric in self.pinned
        kept = tuple(pin for pin in self.pinned if pin != metric)
        self.pins = kept if pinned else (*self.pinned, metric)
        if self.columns is not None:
            others = tuple(column for column in self.columns if (column.kind, column.key) != ("metric", metric))
            new = Column("metric", metric, self.aggregate)
            self.columns = others if pinned else (new, *others)

    def toggle_ignored(self, pattern: str) -> None:
        """Leave keys out of comparisons, or take the pattern back."""
        kept = tuple(each for each in self.ignored if each != pattern)
        self.ignored = kept if pattern in self.ignored else (*self.ignored, pattern)
        self.say(
            f"ignored: {pattern}; x shows it, I there takes that back"
            if pattern in self.ignored
            else f"no longer ignored: {pattern}"
        )

    def sort_by(self, column: Column) -> None:
        """Sort by a column; the other way round if that is so already."""
        if column == self.sort[0].column:
            self.action_reverse()
        else:
            self.sort = sorted_first_by(first_direction(column, self.goal(column)), self.sort)

    def action_reverse(self) -> None:
        """The other way round."""
        first, *others = self.sort
        self.sort = (SortKey(first.column, not first.descending), *others)

    def action_mark_all(self) -> None:
        """Mark every run that passes the filter, after those marked before; where all are, take their marks off."""
        listed = frozenset(self.listed)
        if not listed <= set(self.marks) and len(self.marks) < MOST_MARKED:
            self.mark(self.listed)
            return
        self.marks = tuple(run for run in self.marks if run not in listed)
        if self.marks:
            self.say(f"{len(self.marks)} marked still, which the filter hides")

    def mark(self, runs: Sequence[int]) -> None:
        """Mark these too, after those marked before, up to MOST_MARKED."""
        marked = tuple(dict.fromkeys((*self.marks, *runs)))
        self.marks = marked[:MOST_MARKED]
        if len(marked) > MOST_MARKED:
            self.say(f"{MOST_MARKED} are marked, and no more can be")

    @property
    def listed(self) -> tuple[int, ...]:
        """The runs of the table that passed its filter, in its order; of folded groups too."""
        return self.table.listed.runs if self.table else ()

    def action_aggregate(self) -> None:
        """The next of last, best, min, max, mean in the columns of metrics."""
        before, self.aggregate = self.aggregate, _after(TABLE_AGGREGATES, self.aggregate)
        chosen = self.columns or ()
        changed = {column: new_aggregate(column, chosen, self.aggregate) for column in chosen}
        if self.columns is not None:
            self.columns = tuple(changed.values())
        self.sort = tuple(
            replace(key, column=replace(key.column, aggregate=self.aggregate))
            if key.column.kind == "metric" and key.column.aggregate == before and key.column not in changed
            else replace(key, column=changed.get(key.column, key.column))
            for key in self.sort
        )
        self.say(f"metric columns show the {self.aggregate} value")

    def action_grid(self, more: int) -> None:
        """More and smaller charts on a page of Plots, or fewer and larger."""
        self.shape = resized(self.shape, more)

    def _show(self) -> None:
        """Charts show the marked runs, while none is marked some of the table."""
        total = self.table.matched if self.table else 0
        marked = tuple(run for run in self.marks if run in self.known)
        runs = marked or tuple(run for run in (self.table.leading if self.table else ()) if run in self.known)
        if self.baseline in self.known and self.baseline not in runs:
            runs = (*runs, self.baseline)
        self.shown = Shown(
            tuple(ShownRun.of(self.known[run]) for run in runs),
            bool(marked),
            total,
            self.baseline,
            self.hidden,
            marked or self.listed,
            self.applied,
            self.aggregate,
        )

    watch_table = watch_marks = watch_hidden = watch_baseline = _show


def _after(items: tuple[_Item, ...], item: _Item) -> _Item:
    return items[(items.index(item) + 1) % len(items)]
