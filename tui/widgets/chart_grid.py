"""ChartGrid: pages of charts that ask the store for what is in sight, and share one crosshair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from time import monotonic
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from labtop.store.model import AtQuery, Goal, Window
from labtop.store.questions import Questions
from labtop.tui.chart_questions import ChartQuestion, Drawn, answers
from labtop.tui.chart_specs import has_curves, same
from labtop.tui.charts.settings import ChartSettings
from labtop.tui.charts.spec import ChartSpec
from labtop.tui.inquiry import Inquiry, Said
from labtop.tui.refreshed import once_refreshed
from labtop.tui.widgets.chart import Chart
from labtop.tui.widgets.chart_pages import ChartPages

CHARTS_REST_S = 0.5
"""Charts cost more to draw, and to send over a slow line, than a table: twice a second is live enough."""

_DRAWING_S = 0.004

Read = tuple[tuple[float | None, ...], ...]
"""Values by metric and run."""


class ChartGrid(ChartPages):
    """Charts as the `settings` say. All have one `crosshair`, an x; `goals` are those of the metrics that have one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "crosshair(-1)", show=False),
        Binding("right", "crosshair(1)", show=False),
        Binding("shift+left", "crosshair(-10)", show=False),
        Binding("shift+right", "crosshair(10)", show=False),
    ]

    class Grown(Message):
        """Points came that are newer than the window, which is to follow them."""

        def __init__(self, extent: Window) -> None:
            super().__init__()
            self.extent = extent

    settings: reactive[ChartSettings] = reactive(ChartSettings(), repaint=False)
    goals: reactive[Mapping[str, Goal]] = reactive[Mapping[str, Goal]]({}, repaint=False)
    revision: reactive[int] = reactive(0, repaint=False)
    crosshair: reactive[float | None] = reactive[float | None](None, repaint=False)

    def __init__(self, store: Questions, *, id: str | None = None, nothing: str = "") -> None:
        super().__init__(id=id, nothing=nothing)
        self._store = store
        self._drawing = False
        self._first = 0
        self._asked: tuple[ChartQuestion, ...] = ()
        self._undrawn: dict[int, Drawn] = {}
        self._extents: dict[str, Window] = {}
        self._read: tuple[AtQuery, Read] | None = None
        self._reading = Inquiry[AtQuery, Read](self, "values", self._fetch_values, self._take_values)
        self._inquiry = Inquiry[tuple[ChartQuestion, ...], Drawn](
            self, "charts", self._fetch, self._take, rest=CHARTS_REST_S
        )

    @property
    def extent(self) -> Window | None:
        """All of x that the charts of the page have."""
        ends = [self._extents[question.metric] for question in self._asked if question.metric in self._extents]
        return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None

    @property
    def window(self) -> Window | None:
        """What is in sight of x in the current chart, or will be as soon as it is drawn; None before anything is."""
        if self.settings.window is not None:
            return self.settings.window
        whole = (chart for chart in self._lines() if isinstance(chart.spec, ChartSpec) and chart.spec.window is None)
        return next((chart.picture.window for chart in whole), self.extent)

    def _lines(self) -> Iterator[Chart]:
        """The charts on the page that have curves, the focused one first."""
        charts = [chart for chart in self.query(Chart) if chart.display and has_curves(chart.spec)]
        yield from sorted(charts, key=lambda chart: not chart.has_focus)

    def action_crosshair(self, by: int) -> None:
        """The crosshair to a point this many columns of dots away, at least to the next; the same x in all charts."""
        for chart in self._lines():
            self.crosshair = chart.picture.next_x(self.crosshair, by)
            return
        self.post_message(Said("no chart in sight has curves to read off"))

    @on(Chart.Hovered)
    def _hovered(self, event: Chart.Hovered) -> None:
        event.stop()
        self.crosshair = event.x

    def watch_crosshair(self) -> None:
        """Every chart shows it."""
        for chart in self.query(Chart):
            chart.crosshair = self.crosshair
        self._read_off()

    def _read_off(self) -> None:
        """Where curves are drawn by some of their points, the store knows the others."""
        specs = [chart.spec for chart in self._lines() if isinstance(chart.spec, ChartSpec)]
        if self.crosshair is not None and any(curve.thinned for spec in specs for curve in spec.curves):
            metrics = tuple(question.metric for question in self._asked)
            query = AtQuery(self.shown.numbers, metrics, self.settings.x, self.crosshair)
            if self._read is not None and query == self._read[0]:
                self._mark_values(*self._read)  # a chart that shows something else now has lost them
            self._reading.ask(query, self.revision)

    def _fetch_values(self, query: AtQuery) -> Iterator[Read]:
        yield self._store.values_at(query)

    def _take_values(self, query: AtQuery, found: Read) -> None:
        self._read = query, found
        self._mark_values(query, found)

    def _mark_values(self, query: AtQuery, found: Read) -> None:
        logged = dict(zip(query.metrics, found, strict=True))  # there may be another page by now
        for question, chart in zip(self._asked, self.query(Chart), strict=False):
            if question.settings.group is None and question.metric in logged:
                chart.logged = query.at, dict(zip(query.runs, logged[question.metric], strict=True))

    def _ask(self, on_page: tuple[str, ...], columns: int) -> None:
        if not on_page:
            return
        buckets = max(16, self.size.width // columns)
        questions = tuple(
            ChartQuestion(metric, self.goals.get(metric), self.shown, self.settings, buckets) for metric in on_page
        )
        self._first = self._index() - self._first_index()
        self._inquiry.ask(questions, self.revision)

    def _fetch(self, questions: tuple[ChartQuestion, ...]) -> Iterator[Drawn]:
        return answers(self._store, questions, self._first)

    def _take(self, questions: tuple[ChartQuestion, ...], answer: Drawn) -> None:
        """Few charts are drawn at a time: keys need not wait for a page of them."""
        if questions != self._asked:
            self._asked = questions
            self._undrawn.clear()
            self._extents.clear()
        if answer.extent is not None:
            self._extents[questions[answer.place].metric] = answer.extent
            window = self.settings.window
            if self.settings.follow and window and answer.extent[1] > window[1]:
                self.post_message(self.Grown(answer.extent))
        self._draw_soon(answer)

    def _draw_soon(self, drawn: Drawn) -> None:
        """In its turn; what waits for the same place is out of date."""
        self._undrawn[drawn.place] = drawn
        if not self._drawing:
            self._draw_next()

    def _draw_next(self) -> None:
        """As many as may be drawn before the next frame without keeping keys waiting."""
        charts = list(self.query(Chart))
        self._drawing = False
        began = monotonic()
        while self._undrawn and monotonic() - began < _DRAWING_S:
            drawn = self._undrawn.pop(next(iter(self._undrawn)))
            chart = charts[drawn.place] if drawn.place < len(charts) else None
            if chart is not None and not same(chart.spec, drawn.spec):
                if chart.spec is None or chart.spec.title != drawn.spec.title:
                    chart.logged = None
                chart.spec = drawn.spec
                self._drawing = True
        if self._drawing or self._undrawn:
            self._drawing = True
            once_refreshed(self, self._draw_next)
        else:
            self._read_off()

    def watch_settings(self, old: ChartSettings, new: ChartSettings) -> None:
        """A crosshair on another axis, or out of sight, would be nowhere.

        Where a part of what is drawn comes into sight the current chart shows it at once, sharper when the store has
        answered.
        """
        if old.x != new.x or (new.window and not new.window[0] <= (self.crosshair or 0) <= new.window[1]):
            self.crosshair = None
        if new.window and new == replace(old, window=new.window) and self._is_nearly_in_sight(new.window):
            self._magnify(new.window)
        self._renew()

    def _is_nearly_in_sight(self, window: Window) -> bool:
        now = next((chart.picture.window for chart in self._lines()), None)
        return now is not None and min(now[1], window[1]) - max(now[0], window[0]) > (window[1] - window[0]) / 2

    def _magnify(self, window: Window) -> None:
        for chart in self._lines():
            if isinstance(chart.spec, ChartSpec):
                chart.spec = replace(chart.spec, window=window)
                return

    watch_revision = watch_goals = ChartPages._renew
