"""What the views have in common: charts with their keys, panes, and the messages they send upward."""

from __future__ import annotations

from typing import Literal

from rich.text import Text
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from labtop.store.model import Column
from labtop.tui.keys import bindings
from labtop.tui.widgets.chart_grid import ChartGrid

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


class View(Container):
    """One of the views that the workspace switches between."""

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
    """A view with a grid of charts; it may show one chart, or one pane, alone."""

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

    def action_maximise(self) -> None:
        """The focused chart alone; again: all."""
        self.charts.maximise(not self.charts.alone)
        self.screen.refresh_bindings()

    def action_next_page(self) -> None:
        """The next page of charts."""
        self.charts.action_page(1)

    def action_previous_page(self) -> None:
        """The page of charts before."""
        self.charts.action_page(-1)

    def step_out(self) -> bool:
        """All charts again, when one is alone."""
        if not self.charts.alone:
            return False
        self.charts.maximise(False)
        self.screen.refresh_bindings()
        return True


class PanedView(ChartedView):
    """A view of two panes, one of them charts: side by side, stacked, or one at a time, as the width allows."""

    FIRST_TAB = "Table"

    @property
    def first_pane(self) -> Widget:
        """The pane that is not the charts."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Begin with the first pane."""
        self._show_tab(charts=False)

    def enter(self) -> None:
        """The focus to the first pane."""
        self._show_tab(charts=False)
        self.screen.set_focus(self.first_pane, scroll_visible=False)

    @property
    def has_inner_layer(self) -> bool:
        """Whether one pane or chart is alone."""
        return self.has_class("-first-alone") or super().has_inner_layer

    def action_maximise(self) -> None:
        """The focused pane alone: the first one, or one chart."""
        if self.first_pane.has_focus:
            self.toggle_class("-first-alone")
            self.screen.refresh_bindings()
        else:
            super().action_maximise()
            self.set_class(self.charts.alone, "-charts-alone")

    def step_out(self) -> bool:
        """Both panes again."""
        if self.has_class("-first-alone"):
            self.remove_class("-first-alone")
            self.screen.refresh_bindings()
            return True
        stepped = super().step_out()
        self.set_class(self.charts.alone, "-charts-alone")
        return stepped

    def next_pane(self, direction: int) -> bool:
        """Where there is room for one pane only: to the charts, and back after the last of them."""
        if not self.screen.has_class("-tiny"):
            return False
        on_charts = self.has_class("-charts-tab")
        if on_charts and not self.charts.at_edge(direction):
            return False
        if on_charts:
            self.enter()
        else:
            self._show_tab(charts=True)
            self.charts.action_go(0 if direction > 0 else -1)
        return True

    def _show_tab(self, *, charts: bool) -> None:
        self.set_class(charts, "-charts-tab")
        tabs = Text(" ")
        tabs.append(f" {self.FIRST_TAB} ", "" if charts else "bold reverse").append(" ")
        tabs.append(" Charts ", "bold reverse" if charts else "").append("  Tab", "dim")
        self.query_one(".tabs", Static).update(tabs)
