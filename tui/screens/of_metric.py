"""What screens about one metric of some runs have in common: choosing the metric, and asking anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Static

from labtop.store.model import Column, MetricInfo
from labtop.store.questions import Questions
from labtop.tui import format as fmt
from labtop.tui.inquiry import Said
from labtop.tui.keys import ALWAYS
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.keyed import Modal
from labtop.tui.screens.picker import Choice, Picker


class OfMetric(Modal[None]):
    """A screen over the comparison. `runs` are those that it is about, by number, `names` are their metrics.

    Esc leaves.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *ALWAYS,
        Binding("escape,q", "leave", show=False),
        Binding("m", "pick_metric", show=False),
        Binding("A", "aggregate", show=False),
        Binding("question_mark", "app.help", show=False),
    ]

    def __init__(self, store: Questions, runs: Sequence[int], metric: Column, metrics: Sequence[MetricInfo]) -> None:
        super().__init__()
        self._store = store
        self._runs = tuple(runs)
        self._metric = metric
        self._metrics = tuple(metrics)
        self._charset = terminal_charset()

    def ask(self) -> None:
        """Ask for what is shown."""
        raise NotImplementedError

    def metric_words(self, judged: Column | None = None) -> str:
        """The metric and which of its values: as it was `judged`, for the best of one without a goal is the last."""
        column = judged or self._metric
        return f"{column.aggregate} {fmt.clean(column.key, 40)}"

    def tell(self, text: str) -> None:
        """In the first line."""
        line = self.query_one("#told", Static)
        if line.content != text:
            line.update(text)

    def action_leave(self) -> None:
        """Back to the comparison."""
        self.dismiss()

    def action_pick_metric(self) -> None:
        """Choose the metric that it is about."""
        choices = [Choice(info.name, fmt.clean(info.name), info.goal or "") for info in self._metrics]
        self.app.push_screen(Picker("Metric", choices), self._picked)

    def _picked(self, name: str | None) -> None:
        if name is not None:
            self._choose(Column("metric", name, self._metric.aggregate))

    def action_aggregate(self) -> None:
        """The best value of each run, or the last."""
        self._choose(Column("metric", self._metric.key, "last" if self._metric.aggregate == "best" else "best"))

    def _choose(self, metric: Column) -> None:
        self._metric = metric
        self.ask()

    @on(Said)
    def _said(self, event: Said) -> None:
        event.stop()
        self.tell(f" {event.text}")
