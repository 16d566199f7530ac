"""Runs: the table of runs, and the pinned charts of the marked ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.reactive import reactive
from textual.widgets import Static

from labtop.store.model import Column, Goal, Run, RunGroup, RunTable, SortKey
from labtop.store.questions import Questions
from labtop.tui.chart_specs import column_words
from labtop.tui.charts.settings import ChartSettings
from labtop.tui.inquiry import Said
from labtop.tui.keys import bindings
from labtop.tui.refreshed import once_refreshed
from labtop.tui.rows import RowMaker
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.paned import PanedView
from labtop.tui.screens.view import ON_ITS_WAY, GroupAsked, RowsAsked, RunAct, SortAsked
from labtop.tui.session.session import Place
from labtop.tui.shown import Shown
from labtop.tui.standings import Standings
from labtop.tui.table_columns import DEFAULT_SORT, column_keys
from labtop.tui.table_look import TREND, TableLook, table_columns
from labtop.tui.table_question import Order
from labtop.tui.trends import Trends
from labtop.tui.widgets.chart_grid import ChartGrid
from labtop.tui.widgets.grid import Grid
from labtop.tui.widgets.runs_table import RunsTable

_NO_RUN = "no run passes the filter"
LEAST_ROWS = 5
"""A table above the charts is as high as its rows, and at least this."""


class RunsView(PanedView):
    """The table beside the charts; above them below 100 columns; either of them below 60."""

    BINDINGS = bindings("runs", "table")

    table: reactive[RunTable | None] = reactive[RunTable | None](None, repaint=False)
    diverged: reactive[frozenset[int]] = reactive[frozenset[int]](frozenset(), repaint=False)
    marks: reactive[tuple[int, ...]] = reactive[tuple[int, ...]]((), repaint=False)
    baseline: reactive[int | None] = reactive[int | None](None, repaint=False)
    sort: reactive[tuple[SortKey, ...]] = reactive(DEFAULT_SORT, repaint=False)
    widths: reactive[tuple[tuple[str, int], ...]] = reactive[tuple[tuple[str, int], ...]]((), repaint=False)
    frozen: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)
    table_groups: reactive[tuple[Column, ...]] = reactive[tuple[Column, ...]]((), repaint=False)
    tolerance: reactive[float] = reactive(0.001, repaint=False)
    ordered_by: reactive[Order | None] = reactive[Order | None](None, repaint=False)
    now: reactive[float] = reactive(0.0, repaint=False)
    pinned: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)
    shown: reactive[Shown] = reactive(Shown(), repaint=False)
    settings: reactive[ChartSettings] = reactive(ChartSettings(), repaint=False)
    goals: reactive[Mapping[str, Goal]] = reactive[Mapping[str, Goal]]({}, repaint=False)
    revision: reactive[int] = reactive(0, repaint=False)

    def __init__(self, store: Questions, *, id: str) -> None:
        super().__init__(id=id)
        self._store = store
        self._filling = self._from_top = self._wondering = False
        self._most_rows: int | None = None
        self._rows = RowMaker()
        self._charset = terminal_charset()
        self._trends = Trends(self, store, self._charset, self._renew)
        self._standings = Standings(self, store, self._renew)

    def compose(self) -> ComposeResult:
        """Table and charts, and the tabs that name them where there is room for one only."""
        yield Static(classes="tabs", markup=False)
        yield RunsTable(classes="first", ascii_only=self._charset == "ascii", with_columns=True)
        charts = ChartGrid(self._store, id="pinned", nothing="no metric is pinned: P pins one")
        yield charts.data_bind(
            RunsView.shown, RunsView.settings, RunsView.goals, RunsView.revision, metrics=RunsView.pinned
        )

    @property
    def first_pane(self) -> RunsTable:
        """The table."""
        return self.query_one(RunsTable)

    def _place(self) -> Place:
        table = self.first_pane
        return replace(super()._place(), row=table.row_gone_to, column=table.column_gone_to)

    def return_to(self, place: Place) -> None:
        """The same pane, chart, row and column."""
        super().return_to(place)
        self.first_pane.return_to(place.row, place.column)

    def return_to_row(self, key: str) -> None:
        """The cursor of the table to this run."""
        self.first_pane.return_to(key, None)

    def stay(self) -> None:
        """The cursor of the table stays too."""
        super().stay()
        self.first_pane.stay()

    def run_under_cursor(self) -> int | None:
        """The run of the table's cursor, where the table is in sight."""
        key = self.first_pane.cursor_key
        return int(key) if key is not None and key.isdecimal() and self.first_pane.is_on_screen else None

    def _group_under_cursor(self) -> RunGroup | None:
        key = self.first_pane.cursor_key
        rows = self.table.rows if self.table and self.first_pane.is_on_screen else ()
        return next((row for row in rows if isinstance(row, RunGroup) and row.id == key), None)

    def _act(self, act: RunAct) -> None:
        group = self._group_under_cursor()
        if group is not None:
            self.post_message(GroupAsked(act, group))
        elif (key := self.first_pane.cursor_key) and not key.isdecimal() and self.first_pane.is_on_screen:
            self.post_message(Said(ON_ITS_WAY))
        else:
            super()._act(act)

    @on(Grid.Chosen)
    def _chosen(self, event: Grid.Chosen) -> None:
        event.stop()
        self._act("open")

    @on(Grid.HeaderClicked)
    def _header_clicked(self, event: Grid.HeaderClicked) -> None:
        event.stop()
        columns = self.table.columns if self.table else ()
        for key, column in zip(column_keys(columns), columns, strict=True):
            if key == event.column_key:
                self.post_message(SortAsked(column))
                return
        kind, _, field = event.column_key.partition(":")
        if kind == "run" and field:
            self.post_message(SortAsked(Column("run", field)))

    @on(RunsTable.Resized)
    def _resized(self, event: RunsTable.Resized) -> None:
        event.stop()
        self._renew()

    @on(RunsTable.Moved)
    def _moved(self, event: RunsTable.Moved) -> None:
        event.stop()
        self._ask()

    def _ask(self) -> None:
        """For rows that come into sight; then for what is told of those in sight."""
        grid, table = self.first_pane, self.table
        if not self._in_sight or table is None or not grid.is_on_screen:
            return
        columns = dict(zip(column_keys(table.columns), table.columns, strict=True))
        keys = grid.keys_in_sight
        seen = tuple([columns[key] for key in keys if key in columns])
        self.post_message(RowsAsked(grid.lines_in_sight, seen, frozenset(keys)))
        if not self._wondering:
            self._wondering = True
            once_refreshed(self, self._wonder)  # the table is drawn first

    def _wonder(self) -> None:
        """How the runs in sight stand."""
        self._wondering = False
        grid, table = self.first_pane, self.table
        if table is None:
            return
        seen = grid.lines_in_sight
        page = max(len(seen), 1)
        first = max(seen.start - page - table.first, 0)
        near = [row for row in table.rows[first : max(seen.stop + page - table.first, 0)] if isinstance(row, Run)]
        if self.pinned and TREND in grid.keys_in_sight:
            self._trends.ask(self.pinned[0], near)
        self._standings.ask(self._measure(table), table.runs, self.tolerance, self.revision)

    def _measure(self, table: RunTable) -> Column | None:
        """The metric by which runs are better or worse: the first pinned one that has a goal."""
        with_goal = (column for column, goal in zip(table.columns, table.goals, strict=True) if goal)
        return next((column for column in with_goal if column.key in self.pinned), None)

    def _renew(self) -> None:
        """Fill the table once, however many facts change together."""
        if not self._filling:
            self._filling = True
            self.call_next(self._fill_once)

    def catch_up(self) -> None:
        """Fill the table, where that is due."""
        if self.is_mounted:
            self._fill_once()

    def _fill_once(self) -> None:
        if self._filling:
            self._fill()

    def _fill(self) -> None:
        self._filling = False
        grid, table = self.first_pane, self.table
        if table is None or not grid.size:  # it tells when it has one
            return
        look = self._look(grid.size.width)
        columns = table_columns(table, look)
        rows = self._rows.rows(table, columns, look)
        frozen = 1 + sum(column.grid.key in self.frozen for column in columns)
        shown = [column.grid for column in columns]
        from_top, self._from_top = self._from_top, False
        before = self._rows.before
        grid.set_window(
            shown,
            table.lines,
            table.first,
            rows,
            frozen,
            before,
            from_top=from_top,
            nothing=_NO_RUN if table.total else "",
        )
        stacked = self.screen.has_class("-stacked") and not self.whole
        self.set_class(not self.pinned, "-bare")  # then the charts need no more room than to say so
        limited = stacked and bool(self.pinned)
        self._limit_height(max(len(table.lines) + 1, LEAST_ROWS) if limited else None)
        self._ask()

    def _look(self, width: int) -> TableLook:
        return TableLook(
            self.marks,
            self.baseline,
            self.sort,
            self.now,
            width,
            self._charset,
            self.diverged,
            self._trends.texts,
            self.screen.has_class("-wide"),
            self._standings.known,
            dict(self.widths),
            self.frozen,
            ", ".join(map(column_words, self.ordered_by[1] if self.ordered_by else self.table_groups)),
        )

    def _limit_height(self, most: int | None) -> None:
        """Only another limit is set: setting one lays out the whole screen."""
        if most != self._most_rows:
            self._most_rows = most
            self.first_pane.styles.max_height = most

    def watch_whole(self) -> None:
        """A table alone has all the room."""
        super().watch_whole()
        self._renew()

    def watch_ordered_by(self, before: Order | None, after: Order | None) -> None:
        """Rows in an order that a person has just asked for are looked at from the top; other groups are measured anew.

        Columns stay where they are when runs are sorted: of those out of sight more is known later.
        """
        if before is not None and after is not None:
            self._from_top = True
            if before[1] != after[1]:
                self.first_pane.measure_anew()
            self._renew()

    watch_table = watch_pinned = watch_diverged = watch_marks = watch_baseline = _renew
    watch_now = watch_widths = watch_frozen = _renew
