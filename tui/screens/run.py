"""Run: one run whole. What is known of it as text, and all its charts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from labtop.store.model import Goal, NotThere, RunDetail
from labtop.store.questions import Questions
from labtop.tui.charts.settings import ChartSettings
from labtop.tui.inquiry import Inquiry
from labtop.tui.keys import bindings
from labtop.tui.pins import in_groups
from labtop.tui.refreshed import once_refreshed
from labtop.tui.run_style import terminal_charset
from labtop.tui.run_text import run_text
from labtop.tui.screens.paned import PanedView
from labtop.tui.screens.view import RunSeen
from labtop.tui.shown import Shown, ShownRun
from labtop.tui.widgets.chart_grid import ChartGrid

Found = tuple[RunDetail, RunDetail | None]
"""The opened run, and the baseline beside it."""


class RunView(PanedView):
    """The opened run; the baseline's curves stand beside its own, where there is one."""

    BINDINGS = bindings("run")
    FIRST_TAB = "Run"

    opened: reactive[int | None] = reactive[int | None](None, repaint=False)
    baseline: reactive[int | None] = reactive[int | None](None, repaint=False)
    hidden: reactive[frozenset[int]] = reactive[frozenset[int]](frozenset(), repaint=False)
    pinned: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)
    now: reactive[float] = reactive(0.0, repaint=False)
    settings: reactive[ChartSettings] = reactive(ChartSettings(), repaint=False)
    goals: reactive[Mapping[str, Goal]] = reactive[Mapping[str, Goal]]({}, repaint=False)
    revision: reactive[int] = reactive(0, repaint=False)
    shown: reactive[Shown] = reactive(Shown(), repaint=False)
    metrics: reactive[tuple[str, ...]] = reactive[tuple[str, ...]]((), repaint=False)

    nothing: reactive[str] = reactive("", repaint=False)

    SECOND_S = 1.0
    PATIENCE_S = 0.2
    """So long what was shown before may stand until another run is there."""

    def __init__(self, store: Questions, clock: Callable[[], float], *, id: str) -> None:
        super().__init__(id=id)
        self._store = store
        self._clock = clock
        self._seconds: Timer | None = None
        self._detail: RunDetail | None = None
        self._text = Text()
        self._awaited = False
        self._charset = terminal_charset()
        self._inquiry = Inquiry[tuple[int, int | None], Found | None](self, "run", self._fetch, self._take)

    def compose(self) -> ComposeResult:
        """Text and charts."""
        yield Static(classes="tabs", markup=False)
        with VerticalScroll(classes="first"):
            yield Static(id="about", markup=False)
        yield ChartGrid(self._store).data_bind(
            RunView.metrics, RunView.nothing, RunView.shown, RunView.settings, RunView.goals, RunView.revision
        )

    def on_mount(self) -> None:
        """Seconds count while a running run is in sight; nothing wakes up for any other."""
        self._seconds = self.set_interval(self.SECOND_S, self._second, pause=True)

    def _second(self) -> None:
        if self._in_sight and self._is_running:
            self._tell()
        elif self._seconds is not None:
            self._seconds.pause()

    def _count_seconds(self) -> None:
        if self._is_running and self._seconds is not None:
            self._seconds.resume()

    @property
    def _is_running(self) -> bool:
        return self._detail is not None and self._detail.run.status == "running"

    @property
    def first_pane(self) -> VerticalScroll:
        """The text."""
        return self.query_one(VerticalScroll)

    def run_under_cursor(self) -> int | None:
        """The opened run."""
        return self.opened

    def _ask(self) -> None:
        if self._in_sight and self.opened is not None:
            self._inquiry.ask((self.opened, self.baseline), self.revision)
            self._count_seconds()

    def _fetch(self, runs: tuple[int, int | None]) -> Iterator[Found | None]:
        opened, baseline = runs
        beside = () if baseline in (None, opened) else self._store.details((baseline,))
        try:
            yield self._store.detail(opened), beside[0] if beside else None
        except NotThere:
            yield None

    def _take(self, _: tuple[int, int | None], answer: Found | None) -> None:
        self._awaited = False
        if answer is None:
            self._forget("The files of this run are gone. Esc leads back.")
            return
        changed = self._detail is None or self._detail.run.number != answer[0].run.number
        self._detail, beside = answer
        runs = [self._detail.run] if beside is None else [self._detail.run, beside.run]
        numbers = tuple(run.number for run in runs)
        shown = tuple(ShownRun.of(run) for run in runs)
        self.shown = Shown(shown, False, len(runs), self.baseline, self.hidden, numbers)
        self.metrics = _in_order(self._detail, self.pinned)
        self.nothing = "this run has no metric"
        self._tell()
        self.post_message(RunSeen(self._detail.run))
        self._count_seconds()
        if changed:
            self.first_pane.scroll_home(animate=False)

    def watch_hidden(self, hidden: frozenset[int]) -> None:
        """Runs whose entry in a legend was clicked."""
        self.shown = replace(self.shown, hidden=hidden)

    def _forget(self, why: str) -> None:
        """Nothing is known of the run, or not yet."""
        self._detail, self._text = None, Text()
        self.shown, self.metrics, self.nothing = Shown(), (), ""
        self.query_one("#about", Static).update(why)

    def _say_reading(self) -> None:
        if self._awaited:
            self._forget("reading")

    def watch_opened(self) -> None:
        """Of a run that takes long to be read nothing is said, and no other run is taken for it."""
        if self.opened is not None:
            self._awaited = True
            self.set_timer(self.PATIENCE_S, self._say_reading)
            self._ask()

    def _text_width(self) -> int:
        return self.first_pane.scrollable_content_region.width

    def on_resize(self) -> None:
        """Lines of another length."""
        once_refreshed(self, self._tell)

    def _tell(self) -> None:
        if self._detail is None:
            return
        now = self._clock() if self._is_running else self.now
        if (text := run_text(self._detail, now, self._text_width(), self._charset)) != self._text:
            self._text = text
            self.query_one("#about", Static).update(text)

    watch_baseline = watch_revision = _ask
    watch_now = _tell


def _in_order(detail: RunDetail, pinned: tuple[str, ...]) -> tuple[str, ...]:
    """The run's metrics: pinned ones, others by group, at last those that never vary."""
    first = tuple(name for name in pinned if name in detail.metrics)
    rest = detail.metrics.keys() - set(first)
    varying = {name for name in rest if detail.metrics[name].min != detail.metrics[name].max}
    telling = {name for name in rest if detail.metrics[name].goal}
    return first + in_groups(varying, telling) + in_groups(rest - varying, telling)
