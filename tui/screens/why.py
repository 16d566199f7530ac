"""Why: which params explain a metric, over a picture of the one under the cursor or of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from labtop.store.model import Column, MetricInfo, Parallel, ParallelQuery, Scatter, ScatterQuery, Why, WhyQuery
from labtop.store.questions import Questions
from labtop.tui.chart_specs import scatter_spec
from labtop.tui.charts.settings import ChartSettings
from labtop.tui.charts.spec import ParallelSpec
from labtop.tui.inquiry import Inquiry
from labtop.tui.place_changed import PlaceChanged
from labtop.tui.screens.of_metric import OfMetric
from labtop.tui.shown import Shown
from labtop.tui.why_rows import WHY_COLUMNS, why_rows
from labtop.tui.widgets.chart import Chart
from labtop.tui.widgets.grid import Grid

MOST_AXES = 8
"""Params of the parallel coordinates: the strongest."""
_FEW = 20
_MOST_NAMED = 8  # runs that have markers of their own
_DECADES = 100.0  # from the smallest to the largest x
_KEYS = "i one param or all, K log x, z picture alone, m metric, A best/last, Esc back"

Asked = tuple[Column, tuple[int, ...] | None, str]
Picture = tuple[Column, str]


class WhyScreen(OfMetric):
    """Params ranked by how much of the metric they explain, among the marked runs, or all that pass the filter."""

    CSS_PATH = "of_metric.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "kind", show=False),
        Binding("K", "log_x", show=False),
        Binding("z", "alone", show=False),
    ]

    def __init__(self, store: Questions, shown: Shown, metric: Column, metrics: Sequence[MetricInfo]) -> None:
        super().__init__(store, shown.listed, metric, metrics)
        self._shown = shown
        self._why: Why | None = None
        self._asked: Asked | None = None
        self._parallel = False
        self._log_x: bool | None = None  # as fits
        self._scatter: Scatter | None = None
        self._inquiry = Inquiry[Asked, Why](self, "why", self._fetch, self._take)
        self._pictures = Inquiry[Picture, Scatter | Parallel](self, "picture", self._fetch_picture, self._take_picture)

    def compose(self) -> ComposeResult:
        """What is asked, the ranking, the picture, the keys."""
        yield Static(id="told", markup=False)
        yield Grid(ascii_only=self._charset == "ascii")
        yield Chart(charset=None)
        yield Static(f" {_KEYS}", id="hints", markup=False)

    def on_mount(self) -> None:
        """The cursor in the ranking."""
        self.set_focus(self.query_one(Grid))
        self.ask()

    def ask(self) -> None:
        """Of the metric as it is chosen now."""
        asked = self._metric, self._marked, self._shown.where
        if asked != self._asked:
            self._asked = asked
            self.tell(f" why {self.metric_words()}: reading")
            self._inquiry.ask(asked, 0)

    @property
    def _marked(self) -> tuple[int, ...] | None:
        return self._shown.listed if self._shown.marked else None

    def _fetch(self, asked: Asked) -> Iterator[Why]:
        metric, runs, where = asked
        yield self._store.why(WhyQuery(metric, runs, where))

    def _take(self, _: Asked, why: Why) -> None:
        self._why = why
        grid = self.query_one(Grid)
        grid.measure_anew()
        grid.set_content(WHY_COLUMNS, why_rows(why, self._charset))
        self.tell(self._words(why))
        self._show_picture()

    def _words(self, why: Why) -> str:
        among = "marked runs" if self._shown.marked else "runs that pass the filter" if self._shown.where else "runs"
        lost = f", {why.lost} more ended in NaN or infinity" if why.lost else ""
        same = f"; {why.constant} params are the same in all" if why.constant else ""
        words = self.metric_words(why.metric)
        if not why.influences:
            return f" why {words}: no param varies among {why.runs} {among}{lost}{same}"
        if why.unfinished:
            lost += f", {why.unfinished} unfinished"
        few = "; of so few runs chance explains much" if why.runs < _FEW else ""
        return f" why {words} ({why.goal or 'no goal'}): {why.runs} {among}{lost}{same}{few}"

    @on(PlaceChanged)
    def _moved(self, event: PlaceChanged) -> None:
        event.stop()
        if not self._parallel:
            self._show_picture()

    def _show_picture(self) -> None:
        key = self.query_one(Grid).cursor_key
        if key is None:
            self._pictures.forget()
            self._scatter = self.query_one(Chart).spec = None
        elif self._why is not None:
            self._pictures.ask((self._why.metric, "" if self._parallel else key.removeprefix("param:")), self._why)

    def _fetch_picture(self, picture: Picture) -> Iterator[Scatter | Parallel]:
        metric, key = picture
        if key:
            yield self._store.scatter(ScatterQuery(metric, Column("param", key), self._shown.where, self._marked))
        elif self._why is not None:
            keys = tuple(each.key for each in self._why.influences[:MOST_AXES])
            yield self._store.parallel(ParallelQuery(metric, keys, self._marked, self._shown.where))

    def _take_picture(self, picture: Picture, found: Scatter | Parallel) -> None:
        self._scatter = found if isinstance(found, Scatter) else None
        if isinstance(found, Scatter):
            self._draw_scatter(found)
            return
        direction = "lowest" if self._why and self._why.goal == "min" else "highest"
        named = "best" if self._why and self._why.goal else direction
        self.query_one(Chart).spec = ParallelSpec(
            f"the params, at the right {self.metric_words(picture[0])}", found, f"the {named} tenth"
        )

    def _draw_scatter(self, found: Scatter) -> None:
        settings = ChartSettings(log_x=_is_log(found) if self._log_x is None else self._log_x)
        metric = self._why.metric if self._why else self._metric
        few = self._shown if len(self._shown.runs) <= _MOST_NAMED else replace(self._shown, marked=False)
        self.query_one(Chart).spec = scatter_spec(metric, few, settings, found)

    def action_kind(self) -> None:
        """The param under the cursor against the metric, or all params as parallel axes."""
        self._parallel = not self._parallel
        self._show_picture()

    def action_log_x(self) -> None:
        """A logarithmic x axis."""
        if self._scatter is not None:
            self._log_x = not (_is_log(self._scatter) if self._log_x is None else self._log_x)
            self._draw_scatter(self._scatter)

    def action_alone(self) -> None:
        """The picture with all the room; again: below the ranking."""
        self.toggle_class("-alone")

    def action_leave(self) -> None:
        """The ranking again, then back."""
        if self.has_class("-alone"):
            self.remove_class("-alone")
        else:
            super().action_leave()


def _is_log(found: Scatter) -> bool:
    """Whether x is read more easily by its logarithm, such as learning rates."""
    return (
        bool(len(found.x))
        and not found.categories
        and bool(found.x.min() > 0)
        and found.x.max() / found.x.min() >= _DECADES
    )
