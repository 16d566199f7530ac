"""Plots: every metric of the shown runs, a chart each, in pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.app import ComposeResult
from textual.reactive import reactive

from labtop.store.model import Goal, Outline
from labtop.store.questions import Questions
from labtop.tui.charts.settings import ChartSettings
from labtop.tui.inquiry import Inquiry
from labtop.tui.keys import bindings
from labtop.tui.pins import in_groups, matches
from labtop.tui.refreshed import once_refreshed
from labtop.tui.screens.view import ChartedView
from labtop.tui.shown import Shown
from labtop.tui.widgets.chart_grid import ChartGrid

RunNumbers = tuple[int, ...]


class PlotsView(ChartedView):
    """A grid of charts, grouped by prefix; metrics that never vary come last."""

    BINDINGS = bindings("plots")
    FILTERED = "metrics"

    outline: reactive[Outline] = reactive(Outline(0, (), ()), repaint=False)
    metric_filter: reactive[str] = reactive("", repaint=False)
    shown: reactive[Shown] = reactive(Shown(), repaint=False)
    shape: reactive[tuple[int, int]] = reactive((2, 2), repaint=False)
    settings: reactive[ChartSettings] = reactive(ChartSettings(), repaint=False)
    goals: reactive[Mapping[str, Goal]] = reactive[Mapping[str, Goal]]({}, repaint=False)
    revision: reactive[int] = reactive(0, repaint=False)
    logged: reactive[frozenset[str]] = reactive[frozenset[str]](frozenset(), repaint=False)
    nothing: reactive[str] = reactive("", repaint=False)
    metrics: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)

    def __init__(self, store: Questions, *, id: str) -> None:
        super().__init__(id=id)
        self._store = store
        self._inquiry = Inquiry[RunNumbers, frozenset[str]](self, "plots", self._fetch, self._take)

    def compose(self) -> ComposeResult:
        """The charts."""
        charts = ChartGrid(self._store)
        yield charts.data_bind(
            PlotsView.metrics,
            PlotsView.nothing,
            PlotsView.shown,
            PlotsView.shape,
            PlotsView.settings,
            PlotsView.goals,
            PlotsView.revision,
        )

    def enter(self) -> None:
        """The focus to the chart that had it, else the first; where there is none the view itself takes the keys."""
        if not self.metrics:
            self.screen.set_focus(self, scroll_visible=False)
        else:
            self.charts.take_focus()

    def _ask(self) -> None:
        if self._in_sight and self.shown.numbers:
            self._inquiry.ask(self.shown.numbers, self.revision)
        elif not self.shown.numbers:
            self.logged = frozenset()
            self._choose()

    def _fetch(self, runs: RunNumbers) -> Iterator[frozenset[str]]:
        yield frozenset(name for detail in self._store.details(runs) for name in detail.metrics)

    def _take(self, _: RunNumbers, logged: frozenset[str]) -> None:
        self.logged = logged

    def _choose(self) -> None:
        telling = {info.name for info in self.outline.metrics if info.goal}
        varying = {info.name for info in self.outline.metrics if info.varies}
        wanted = {name for name in self.logged if matches(self.metric_filter, name)}
        self.metrics = in_groups(wanted & varying, telling) + in_groups(wanted - varying, telling)
        if not self.shown.numbers:
            self.nothing = "no run passes the filter of Runs"
        else:
            self.nothing = "no such metric; m changes the filter" if self.logged else "these runs have no metric yet"

    def watch_metrics(self, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        """The first charts take the focus from the view, which has it while there is none."""
        self.can_focus = not new
        if new and not old and self.screen.focused in (self, None):
            once_refreshed(self, self.enter)

    watch_shown = watch_revision = _ask
    watch_outline = watch_metric_filter = watch_logged = _choose
