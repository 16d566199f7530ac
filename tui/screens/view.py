"""What the views have in common: charts with their keys, panes, and the messages they send upward."""

from __future__ import annotations

from typing import ClassVar, Literal

from rich.text import Text
from textual.containers import Container
from textual.events import DescendantFocus, Hide, Show
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from labtop.store.model import Column
from labtop.tui.keys import bindings
from labtop.tui.widgets.chart_grid import ChartGrid

Filtered = Literal["runs", "metrics", "keys"]
RunAct = Literal["mark", "baseline", "open", "traceback"]


class RunAsked(Message):
    """A key was pressed that does something with one run."""

    def __init__(self, act: RunAct, run: int) -> None:
        super().__init__()
        self.act = act
        self.run = run


class SortAsked(Message):
    """The table shall be sorted by this column, or the other way round if it already is."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.column = column


class LogAsked(Message):
    """The y axes of these metrics shall change between linear and logarithmic."""

    def __init__(self, metrics: tuple[str, ...]) -> None:
        super().__init__()
        self.metrics = metrics


class PinAsked(Message):
    """A metric shall be pinned, or its pin taken off; None: the person shall choose one."""

    def __init__(self, metric: str | None) -> None:
        super().__init__()
        self.metric = metric


class View(Container):
    """One of the views that the workspace switches between. `FILTERED` is what `/` filters there."""

    FILTERED: ClassVar[Filtered] = "runs"
    _in_sight = False

    def on_show(self, _: Show) -> None:
        """Catch up with what happened while out of sight."""
        self._in_sight = True
        self._ask()

    def on_hide(self, _: Hide) -> None:
        """Ask nothing while out of sight."""
        self._in_sight = False

    def _ask(self) -> None:
        """Ask the store for what the view shows, where it is in sight."""

    def enter(self) -> None:
        """Take the focus to where this view begins."""

    @property
    def has_inner_layer(self) -> bool:
        """Whether there is something to step out of before the view itself."""
        return False

    def step_out(self) -> bool:
        """Leave one inner layer; False when there is none left."""
        return False

    def next_pane(self, direction: int) -> bool:
        """Bring another pane into sight and focus it; False leaves Tab to what is in sight."""
        return False

    def run_under_cursor(self) -> int | None:
        """The run that keys would act on here."""
        return None


class ChartedView(View):
    """A view with a grid of charts; it may show one chart alone."""

    BINDINGS = bindings("charts")

    @property
    def charts(self) -> ChartGrid:
        """The view's grid of charts."""
        return self.query_one(ChartGrid)

    @property
    def has_inner_layer(self) -> bool:
        """Whether one chart is alone."""
        return any(charts.alone for charts in self.query(ChartGrid))  # there are none before it is mounted

    def action_log_y(self) -> None:
        """Linear or logarithmic y for the focused chart, without one for all."""
        metric = self.charts.focused_metric()
        self.post_message(LogAsked(self.charts.metrics if metric is None else (metric,)))

    def action_pin(self) -> None:
        """Pin the metric of the focused chart, without one ask which."""
        self.post_message(PinAsked(self.charts.focused_metric()))

    def action_maximise(self) -> None:
        """The focused chart alone; again: all."""
        self._maximise(not self.charts.alone)

    def action_next_page(self) -> None:
        """The next page of charts."""
        self.charts.action_page(1)

    def action_previous_page(self) -> None:
        """The page of charts before."""
        self.charts.action_page(-1)

    def step_out(self) -> bool:
        """All charts again, when one is alone."""
        if not self.has_inner_layer:
            return False
        self._maximise(False)
        return True

    def _maximise(self, on: bool) -> None:
        self.charts.maximise(on)
        self.screen.refresh_bindings()


class PanedView(ChartedView):
    """A view of two panes, one of them charts: side by side, stacked, or one at a time, as the width allows.

    Keys act on the run under the cursor.

    `on_charts` tells the pane that has, or last had, the focus. It is the one that is shown where only one has room,
    and the one that is shown where a person wants it `whole`.
    """

    FIRST_TAB = "Table"

    on_charts: reactive[bool] = reactive(False, repaint=False, init=False)
    whole: reactive[bool] = reactive(False, repaint=False, init=False)

    @property
    def first_pane(self) -> Widget:
        """The pane that is not the charts."""
        raise NotImplementedError

    @property
    def has_inner_layer(self) -> bool:
        """Whether one pane is shown whole."""
        return self.whole

    def on_mount(self) -> None:
        """Begin with the first pane."""
        self._show_panes()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The pane with the focus is the one that counts."""
        self.on_charts = self.charts in event.widget.ancestors_with_self

    def enter(self) -> None:
        """The focus to the first pane, or to the charts where those are shown whole."""
        self._go_to(charts=self.on_charts and self.whole)

    def action_mark(self) -> None:
        """Mark the run, or take the mark off."""
        self._act("mark")

    def action_baseline(self) -> None:
        """Make it the baseline."""
        self._act("baseline")

    def action_traceback(self) -> None:
        """Read its traceback."""
        self._act("traceback")

    def _act(self, act: RunAct) -> None:
        run = self.run_under_cursor()
        if run is not None:
            self.post_message(RunAsked(act, run))

    def next_pane(self, direction: int) -> bool:
        """Where there is room for one pane only: to the charts, and back after the last of them."""
        if not self.screen.has_class("-tiny") or (self.on_charts and not self.charts.at_edge(direction)):
            return False
        self.whole = self.charts.alone = False
        self._go_to(charts=not self.on_charts)
        self.screen.refresh_bindings()
        return True

    def _maximise(self, on: bool) -> None:
        self.whole = on
        self.charts.alone = on and self.on_charts
        self._go_to(charts=self.on_charts)
        self.screen.refresh_bindings()

    def action_maximise(self) -> None:
        """The focused pane alone, of charts the focused one; again: both panes."""
        self._maximise(not self.whole)

    def _go_to(self, *, charts: bool) -> None:
        self.on_charts = charts
        if charts:
            self.charts.take_focus()
        else:
            self.charts.leave_focus()
            self.screen.set_focus(self.first_pane, scroll_visible=False)

    def _show_panes(self) -> None:
        self.set_class(self.on_charts, "-on-charts")
        self.set_class(self.whole, "-whole")
        tabs = Text(" ")
        tabs.append(f" {self.FIRST_TAB} ", "" if self.on_charts else "bold reverse").append(" ")
        tabs.append(" Charts ", "bold reverse" if self.on_charts else "").append("  Tab", "dim")
        self.query_one(".tabs", Static).update(tabs)

    def watch_on_charts(self) -> None:
        """Another pane counts."""
        self._show_panes()

    def watch_whole(self) -> None:
        """One pane is shown whole, or both are."""
        self._show_panes()
