"""Runs: the table of runs, and the pinned charts of the marked ones."""

from __future__ import annotations

from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from labtop.store.model import Column, Goal, RunTable, SortKey
from labtop.store.questions import Questions
from labtop.tui.charts.settings import ChartSettings
from labtop.tui.keys import bindings
from labtop.tui.rows import DEFAULT_SORT, TREND, RowMaker, TableLook, grid_columns
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.paned import PanedView
from labtop.tui.screens.view import RunAsked, SortAsked
from labtop.tui.shown import Shown
from labtop.tui.trends import Trends
from labtop.tui.widgets.chart_grid import ChartGrid
from labtop.tui.widgets.grid import Grid

LEAST_ROWS = 5
"""A table above the charts is as high as its rows, and at least this."""


class RunsTable(Grid):
    """The grid of runs; its words depend on its width, so it tells when that changes."""

    class Resized(Message):
        """The table has another width."""

    class Moved(Message):
        """Other rows or columns are in sight."""

        def can_replace(self, message: Message) -> bool:
            """Where they are now is all that counts."""
            return isinstance(message, RunsTable.Moved)

    def on_resize(self) -> None:
        """Pass it on."""
        self.post_message(self.Resized())

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Pass it on."""
        super().watch_scroll_x(old_value, new_value)
        self.post_message(self.Moved())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Pass it on."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Moved())

    def shows(self, column_key: str) -> bool:
        """Whether a column is in sight."""
        slots = self._shelf().layout(self.scroll_offset.x).slots
        return any(self._columns[slot.column].key == column_key for slot in slots)

    @property
    def pages_in_sight(self) -> slice:
        """The rows of the pages in sight, and of the page before and the one behind."""
        page = max(self._rows_in_sight, 1)
        first = self.scroll_offset.y // page
        return slice(max(first - 1, 0) * page, (first + 3) * page)


class RunsView(PanedView):
    """The table beside the charts; above them below 100 columns; either of them below 60."""

    BINDINGS = bindings("runs", "table")

    table: reactive[RunTable | None] = reactive[RunTable | None](None, repaint=False)
    diverged: reactive[frozenset[int]] = reactive[frozenset[int]](frozenset(), repaint=False)
    marks: reactive[tuple[int, ...]] = reactive[tuple[int, ...]]((), repaint=False)
    baseline: reactive[int | None] = reactive[int | None](None, repaint=False)
    sort: reactive[SortKey] = reactive(DEFAULT_SORT, repaint=False)
    now: reactive[float] = reactive(0.0, repaint=False)
    pinned: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)
    shown: reactive[Shown] = reactive(Shown(), repaint=False)
    settings: reactive[ChartSettings] = reactive(ChartSettings(), repaint=False)
    goals: reactive[Mapping[str, Goal]] = reactive[Mapping[str, Goal]]({}, repaint=False)
    revision: reactive[int] = reactive(0, repaint=False)

    def __init__(self, store: Questions, *, id: str) -> None:
        super().__init__(id=id)
        self._store = store
        self._filling = self._from_top = False
        self._most_rows: int | None = None
        self._sorted_by: SortKey | None = None
        self._rows = RowMaker()
        self._charset = terminal_charset()
        self._trends = Trends(self, store, self._charset, self._renew)

    def compose(self) -> ComposeResult:
        """Table and charts, and the tabs that name them where there is room for one only."""
        yield Static(classes="tabs", markup=False)
        yield RunsTable(classes="first", ascii_only=self._charset == "ascii")
        charts = ChartGrid(self._store, id="pinned", nothing="no metric is pinned: P pins one")
        yield charts.data_bind(
            RunsView.shown, RunsView.settings, RunsView.goals, RunsView.revision, metrics=RunsView.pinned
        )

    @property
    def first_pane(self) -> RunsTable:
        """The table."""
        return self.query_one(RunsTable)

    def run_under_cursor(self) -> int | None:
        """The run of the table's cursor, where the table is in sight."""
        key = self.first_pane.cursor_key
        return None if key is None or not self.first_pane.is_on_screen else int(key)

    @on(Grid.Chosen)
    def _chosen(self, event: Grid.Chosen) -> None:
        event.stop()
        self.post_message(RunAsked("open", int(event.key)))

    @on(Grid.HeaderClicked)
    def _header_clicked(self, event: Grid.HeaderClicked) -> None:
        event.stop()
        kind, _, key = event.column_key.partition(":")
        for column in (*(self.table.columns if self.table else ()), Column("run", key)):
            if (column.kind, column.key) == (kind, key):
                self.post_message(SortAsked(column))
                return

    @on(RunsTable.Resized)
    def _resized(self, event: RunsTable.Resized) -> None:
        event.stop()
        self._renew()

    @on(RunsTable.Moved)
    def _moved(self, event: RunsTable.Moved) -> None:
        event.stop()
        self._ask()

    def _ask(self) -> None:
        """The sparklines of the rows in sight, where their column is."""
        grid = self.first_pane
        if self._in_sight and self.table and self.pinned and grid.is_on_screen and grid.shows(TREND):
            self._trends.ask(self.pinned[0], self.table.runs[grid.pages_in_sight])

    def _renew(self) -> None:
        """Fill the table once, however many facts change together."""
        if not self._filling:
            self._filling = True
            self.call_next(self._fill)

    def _fill(self) -> None:
        self._filling = False
        grid = self.first_pane
        if self.table is None or not grid.size:  # it tells when it has one
            return
        look = TableLook(
            self.marks,
            self.baseline,
            self.sort,
            self.now,
            grid.size.width,
            self._charset,
            self.diverged,
            self._trends.texts,
            self.screen.has_class("-wide"),
        )
        grid.set_content(grid_columns(self.table, look), self._rows.rows(self.table, look))
        if self._from_top:
            self._from_top = False
            grid.action_edge(-1)
        stacked = self.screen.has_class("-stacked") and not self.whole
        self._limit_height(max(len(self.table.rows) + 1, LEAST_ROWS) if stacked else None)
        self.call_after_refresh(self._ask)  # the table is drawn first

    def _limit_height(self, most: int | None) -> None:
        """Only another limit is set: setting one lays out the whole screen."""
        if most != self._most_rows:
            self._most_rows = most
            self.first_pane.styles.max_height = most

    def watch_whole(self) -> None:
        """A table alone has all the room."""
        super().watch_whole()
        self._renew()

    def watch_table(self, old: RunTable | None) -> None:
        """Rows in an order that a person has just asked for are looked at from the top."""
        resorted = old is not None and self._sorted_by != self.sort
        self._from_top = self._from_top or resorted
        self._sorted_by = self.sort
        self._renew()

    watch_diverged = watch_marks = watch_baseline = watch_sort = watch_now = _renew
