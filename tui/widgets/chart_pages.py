"""ChartPages: charts in rows and columns, in pages; which of them is the current one, and where the focus is."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import DescendantFocus, Hide, Resize, Show
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from labtop.tui import format as fmt
from labtop.tui.pages import best_shape
from labtop.tui.pins import group_of
from labtop.tui.place_changed import PlaceChanged
from labtop.tui.shown import Shown
from labtop.tui.widgets.chart import Chart


class ChartPages(Container):
    """Charts of `metrics` for the `shown` runs in rows and columns; `shape` None takes what suits the room.

    The page in sight is the one of the `current` metric, so that no new metric takes the cursor away. `nothing` is said
    where there is no metric.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "move(-1, 0)", show=False),
        Binding("l", "move(1, 0)", show=False),
        Binding("up,k", "move(0, -1)", show=False),
        Binding("down,j", "move(0, 1)", show=False),
        Binding("g,home", "go(0)", show=False),
        Binding("G,end", "go(-1)", show=False),
        Binding("ctrl+d", "page(1)", show=False),
        Binding("ctrl+u", "page(-1)", show=False),
    ]

    metrics: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)
    shown: reactive[Shown] = reactive(Shown(), repaint=False)
    shape: reactive[tuple[int, int] | None] = reactive[tuple[int, int] | None](None, repaint=False)
    alone: reactive[bool] = reactive(False, repaint=False)
    current: reactive[str | None] = reactive[str | None](None, repaint=False)
    nothing: reactive[str] = reactive("", repaint=False)

    def __init__(self, *, id: str | None = None, nothing: str = "") -> None:
        super().__init__(id=id)
        self.set_reactive(ChartPages.nothing, nothing)
        self._in_sight = self._renewing = self._wants_focus = False
        self._wanted: str | None = None  # the metric to which it is to return
        self._returns = True  # nobody has done anything yet
        self._drawn: dict[Widget, str] = {}
        """The metric of each chart."""

    def _ask(self, on_page: tuple[str, ...], columns: int) -> None:
        """Have the charts of these metrics drawn, in this many columns."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The charts' room, and below it where we are."""
        yield Container(id="cells")
        yield Static(id="where", markup=False)

    def on_show(self, _: Show) -> None:
        """Catch up with what happened while out of sight."""
        self._in_sight = True
        self._renew()

    def on_hide(self, _: Hide) -> None:
        """Ask nothing, and take no focus, while out of sight."""
        self._in_sight = self._wants_focus = False

    def on_resize(self, _: Resize) -> None:
        """Another room, maybe other rows and columns."""
        self._in_sight = True
        self._renew()

    @property
    def has_cursor(self) -> bool:
        """Whether one of the charts has the focus."""
        return self.screen.focused in list(self.query(Chart))

    def focused_metric(self) -> str | None:
        """The metric of the chart that has the focus."""
        return self.metrics[self._index()] if self.has_cursor and self.metrics else None

    @property
    def gone_to(self) -> str | None:
        """The current metric, unless it is the first; one that is still to come where it is to be that again."""
        return self._wanted or (self.current if self._index() else None)

    def return_to(self, metric: str | None) -> None:
        """Make this metric the current one as soon as it is there, unless `stay` comes before."""
        self._wanted = metric
        self._return()

    def stay(self) -> None:
        """A person has begun to do something: what comes from now on leaves the current metric as it is."""
        self._returns = False

    def _return(self) -> None:
        if self._returns and self._wanted in self.metrics:
            self.current, self._wanted = self._wanted, None

    def at_edge(self, direction: int) -> bool:
        """Whether Tab in this direction would leave the page: the focus is on its last chart, or its first."""
        last = min(self._first_index() + self._per_page(), len(self.metrics)) - 1
        return not self.has_cursor or self._index() == (last if direction > 0 else self._first_index())

    def maximise(self, on: bool) -> None:
        """Show the current chart alone, or all again."""
        self.alone = on
        self.take_focus()

    def take_focus(self) -> None:
        """The focus to the current chart, now or as soon as it is in sight."""
        self._wants_focus = True
        self._renew()

    def leave_focus(self) -> None:
        """Take it no longer, if it was still to come."""
        self._wants_focus = False

    def action_move(self, right: int, down: int) -> None:
        """The focus to the next chart in a direction, over page ends."""
        index = self._index() + right + down * self._rows_and_columns()[1]
        if 0 <= index < len(self.metrics):
            self.action_go(index)

    def action_go(self, index: int) -> None:
        """The focus to the chart of a place among all metrics; -1 is the last."""
        if self.metrics:
            self.current = self.metrics[index]
            self.take_focus()

    def action_page(self, pages: int) -> None:
        """Turn pages; the place on the page stays."""
        last_page = max(0, len(self.metrics) - 1) // self._per_page()
        page = min(max(self._index() // self._per_page() + pages, 0), last_page)
        if self.metrics:
            self.current = self.metrics[
                min(page * self._per_page() + self._index() % self._per_page(), len(self.metrics) - 1)
            ]

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The chart with the focus is the current one, however it got the focus; keys may have moved on meanwhile."""
        metric = self._drawn.get(event.widget)
        if metric in self.metrics and event.widget is self.screen.focused:
            self._wanted = self._wanted if self._returns else None
            self.current = metric

    def watch_metrics(self, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        """The current metric stays while it is there; else the one in its place takes over."""
        if self.current is not None and new and self.current not in new:
            self.current = new[min(old.index(self.current) if self.current in old else 0, len(new) - 1)]
        self._return()
        self._renew()

    def _index(self) -> int:
        """The place of the current metric, of the first while there is none."""
        return self.metrics.index(self.current) if self.current in self.metrics else 0

    def _first_index(self) -> int:
        """The place of the page's first metric."""
        return self._index() // self._per_page() * self._per_page()

    def _per_page(self) -> int:
        rows, columns = self._rows_and_columns()
        return rows * columns

    def _rows_and_columns(self) -> tuple[int, int]:
        if self.alone:
            return 1, 1
        if self.shape is not None:
            return self.shape
        return best_shape(max(1, len(self.metrics)), self.size.width, self.size.height)

    def _renew(self) -> None:
        """Arrange once, however many facts change together."""
        if not self._renewing:
            self._renewing = True
            self.call_next(self._arrange)

    def _arrange(self) -> None:
        """As many charts as the page has places, filled from the page's first metric on."""
        self._renewing = False
        # Two panes that go and come at once may tell that they went last.
        self._in_sight = self._in_sight or (self.is_attached and self.is_on_screen)
        if not self.is_attached or not self._in_sight or not self.size:
            return
        had_focus = self.has_cursor
        rows, columns = self._rows_and_columns()
        on_page = self.metrics[self._first_index() :][: rows * columns] if self.shown.numbers else ()
        cells = self.query_one("#cells", Container)
        cells.styles.grid_size_rows, cells.styles.grid_size_columns = rows, columns
        charts = list(cells.query(Chart))
        if len(on_page) > len(charts):
            more = [Chart() for _ in range(len(on_page) - len(charts))]
            cells.mount(*more)
            charts += more
        for place, chart in enumerate(charts):
            chart.display = place < len(on_page)
        self._drawn.update(zip(charts, on_page, strict=False))
        if charts and on_page and (had_focus or self._wants_focus):
            self._wants_focus = False
            self.screen.set_focus(charts[self._index() - self._first_index()], scroll_visible=False)
        self._say_where(on_page)
        self._ask(on_page, columns)

    def _say_where(self, on_page: tuple[str, ...]) -> None:
        where = self.query_one("#where", Static)
        first = self._first_index()
        groups = ", ".join(dict.fromkeys(group_of(metric) for metric in on_page if group_of(metric)))
        place = f"{first + 1}–{first + len(on_page)}" if len(on_page) > 1 else f"{first + 1}"
        text = f"{fmt.clean(groups)}  {place} of {len(self.metrics)}, PgUp PgDn".strip() if on_page else self.nothing
        if self.metrics and not self.shown.numbers:
            text = "no run passes the filter"
        elif len(on_page) == len(self.metrics) > 0:
            text = ""
        where.display = bool(text)
        if where.content != text:
            where.update(text)

    def _go_elsewhere(self) -> None:
        self.post_message(PlaceChanged())
        self._renew()

    watch_current = watch_alone = _go_elsewhere
    watch_shown = watch_shape = watch_nothing = _renew
