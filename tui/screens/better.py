"""Better: groups of runs, such as configurations with several seeds, each against the one that is the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from labtop.store.model import Better, BetterQuery, Column, Group, MetricInfo
from labtop.store.questions import Questions
from labtop.tui.chart_specs import column_words
from labtop.tui.inquiry import Inquiry
from labtop.tui.place_changed import PlaceChanged
from labtop.tui.screens.of_metric import OfMetric
from labtop.tui.screens.picker import Choice, Picker
from labtop.tui.why_rows import better_columns, better_rows
from labtop.tui.widgets.grid import Grid

MOST = 200
"""Groups that are compared at once."""
_MANY = 10
_AT_ONCE = 8  # groups of one part of an answer
_KEYS = "p baseline, b group by, m metric, A best or last, Esc back"
CONFIG = Column("run", "config")

Asked = tuple[Column, Column, int | None]


@dataclass(frozen=True, slots=True)
class _Found:
    """The baseline's group and others, of how many there are, and these others against it."""

    groups: tuple[Group, ...]
    of: int
    answers: tuple[Better, ...]


class BetterScreen(OfMetric):
    """Difference of means with an interval, or the words that there is no evidence of any."""

    CSS_PATH = "of_metric.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "baseline", show=False),
        Binding("b", "pick_groups", show=False),
    ]

    def __init__(
        self,
        store: Questions,
        runs: Sequence[int],
        metric: Column,
        metrics: Sequence[MetricInfo],
        params: Sequence[str],
        baseline: int | None,
    ) -> None:
        """Groups can be made by any of these `params`; the one with the run `baseline` is the first to compare with."""
        super().__init__(store, runs, metric, metrics)
        self._params = tuple(params)
        self._baseline = baseline
        self._by = CONFIG
        self._asked: Asked | None = None
        self._found: _Found | None = None
        self._inquiry = Inquiry[Asked, _Found](self, "better", self._fetch, self._take)

    def compose(self) -> ComposeResult:
        """What is asked, the groups, the keys."""
        yield Static(id="told", markup=False)
        yield Grid(ascii_only=self._charset == "ascii")
        yield Static(id="remark", markup=False)
        yield Static(f" {_KEYS}", id="hints", markup=False)

    def on_mount(self) -> None:
        """The cursor in the groups."""
        self.set_focus(self.query_one(Grid))
        self.ask()

    def ask(self) -> None:
        """Of the metric and the groups as they are chosen now."""
        asked = self._metric, self._by, self._baseline
        if asked != self._asked:
            self._asked = asked
            self.tell(f" is it better? {self.metric_words()}: reading")
            self._inquiry.ask(asked, 0)

    def _fetch(self, asked: Asked) -> Iterator[_Found]:
        """In parts: of hundreds of groups the answer takes seconds."""
        metric, by, baseline = asked
        groups = self._store.groups(by, self._runs)
        base = next((group for group in groups if baseline in group.runs), groups[0])
        others = [group for group in groups if group is not base][: MOST - 1]
        answers: tuple[Better, ...] = ()
        for begin in range(0, max(len(others), 1), _AT_ONCE):
            queries = [BetterQuery(metric, group.runs, base.runs) for group in others[begin : begin + _AT_ONCE]]
            answers += self._store.better(queries) if queries else ()
            yield _Found((base, *others[: len(answers)]), len(groups), answers)

    def _take(self, _: Asked, found: _Found) -> None:
        self._found = found
        self._fill()
        self.tell(self._words(found))
        self._remark()

    def on_resize(self) -> None:
        """Labels follow the room."""
        self._fill()

    def _fill(self) -> None:
        if self._found is not None:
            columns, labels = better_columns([group.label for group in self._found.groups], self.size.width)
            rows = better_rows(labels, self._found.answers, self._charset) if len(labels) > 1 else []
            self.query_one(Grid).set_content(columns, rows)

    @on(PlaceChanged)
    def _remark(self) -> None:
        """How far the answer under the cursor can be trusted."""
        key, found = self.query_one(Grid).cursor_key, self._found
        place = None if key is None else int(key.removeprefix("group:"))
        said: list[str] = []
        if found is not None and place:
            answer = found.answers[place - 1]
            said = ["no evidence of a difference"] * (answer.verdict == "no evidence") + [answer.remark]
        self.query_one("#remark", Static).update(f" {'; '.join(filter(None, said))}")

    def _words(self, found: _Found) -> str:
        by = column_words(self._by)
        words = self.metric_words(found.answers[0].metric if found.answers else None)
        if found.of < 2:
            return f" is it better? {len(self._runs)} runs make one group by {by}: mark others, or b groups otherwise"
        goal = found.answers[0].goal
        means = f"{goal} is better" if goal else "no goal"
        chance = "; of many such intervals 1 in 20 is off by chance" if len(found.answers) >= _MANY else ""
        shown = f", {len(found.groups)} of {found.of} groups" if len(found.groups) < found.of else ""
        unknown = "" if self._baseline is None or self._baseline in self._runs else "; the baseline is none of them"
        runs = f"{len(self._runs)} runs by {by}, against the first{shown}{unknown}"
        return f" is it better? {words} ({means}), {runs}{chance}"

    def action_baseline(self) -> None:
        """The group under the cursor is the one that others are compared with."""
        key = self.query_one(Grid).cursor_key
        if self._found is not None and key is not None:
            self._baseline = self._found.groups[int(key.removeprefix("group:"))].runs[0]
            self.ask()

    def action_pick_groups(self) -> None:
        """What runs of a group have in common."""
        columns = [CONFIG, Column("run", "group"), *(Column("param", key) for key in self._params)]
        choices = [Choice(column, column_words(column), "" if column.kind == "run" else "param") for column in columns]
        self.app.push_screen(Picker("Groups of runs by", choices), self._grouped)

    def _grouped(self, by: Column | None) -> None:
        if by is not None:
            self._by = by
            self.ask()
