"""Workspace: the screen with the views, which switches between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from itertools import count

from textual import on
from textual.app import ComposeResult
from textual.widgets import ContentSwitcher

from labtop.store.example import example_command
from labtop.store.questions import Questions
from labtop.tui.inquiry import Inquiry, Said
from labtop.tui.keys import bindings
from labtop.tui.run_text import trouble_text
from labtop.tui.screens.compare import CompareView, IgnoreAsked
from labtop.tui.screens.explaining import Explaining
from labtop.tui.screens.filtering import FILTER_FACTS
from labtop.tui.screens.models import ModelsView
from labtop.tui.screens.plots import PlotsView
from labtop.tui.screens.reader import Reader
from labtop.tui.screens.remembering import Memory
from labtop.tui.screens.run import RunView
from labtop.tui.screens.runs import RunsView
from labtop.tui.screens.view import ChartedView, RunAsked, View
from labtop.tui.table_question import TableAnswer
from labtop.tui.widgets.chart_grid import ChartGrid
from labtop.tui.widgets.empty import Empty
from labtop.tui.widgets.header import Header
from labtop.tui.widgets.key_bar import KeyBar
from labtop.tui.widgets.notices import Notices
from labtop.tui.widgets.prompt import Prompt

_PATIENCE_S = 0.5
"""So long nothing but the header is shown, while there is no answer."""


class Workspace(Explaining):
    """All views over one store. `clock` gives the time that ages are counted from, seconds since the epoch."""

    BINDINGS = bindings("views")

    def __init__(
        self, store: Questions, clock: Callable[[], float], first: Future[TableAnswer], memory: Memory
    ) -> None:
        super().__init__(store, clock, first, memory)
        self.add_class("-waiting")
        self._before_run = "runs"
        self._presses = count()
        self._trouble = Inquiry[int, Reader | str](self, "trouble", self._fetch_trouble, self._take_trouble)

    def compose(self) -> ComposeResult:
        """Header, the views of which one is in sight, and the lines at the bottom."""
        yield Header(self._store.root, id="header").data_bind(
            Workspace.activity,
            Workspace.table,
            Workspace.shown,
            Workspace.applied,
            Workspace.ordered_by,
            Workspace.seen_keys,
            Workspace.metric_filter,
            Workspace.settings,
        )
        yield Notices().data_bind(Workspace.activity)
        yield Empty(self._store.root, id="empty").data_bind(Workspace.activity, Workspace.table)
        with ContentSwitcher(id="views", initial="runs"):
            yield RunsView(self._store, id="runs").data_bind(
                Workspace.table,
                Workspace.diverged,
                Workspace.marks,
                Workspace.baseline,
                Workspace.sort,
                Workspace.widths,
                Workspace.frozen,
                Workspace.table_groups,
                Workspace.tolerance,
                Workspace.ordered_by,
                Workspace.now,
                Workspace.pinned,
                Workspace.shown,
                Workspace.settings,
                Workspace.goals,
                Workspace.revision,
            )
            yield PlotsView(self._store, id="plots").data_bind(
                Workspace.outline,
                Workspace.metric_filter,
                Workspace.shown,
                Workspace.shape,
                Workspace.settings,
                Workspace.goals,
                Workspace.revision,
            )
            compare = CompareView(self._store, id="compare", ignored=self._memory.settings.ignore or ())
            yield compare.data_bind(
                Workspace.shown,
                Workspace.baseline,
                Workspace.key_filter,
                Workspace.aggregate,
                Workspace.revision,
                Workspace.ignored,
            )
            yield ModelsView(self._store, id="models").data_bind(Workspace.revision, Workspace.activity)
            yield RunView(self._store, self._clock, id="run").data_bind(
                Workspace.opened,
                Workspace.baseline,
                Workspace.hidden,
                Workspace.pinned,
                Workspace.now,
                Workspace.settings,
                Workspace.goals,
                Workspace.revision,
            )
        yield Prompt(id="prompt")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Ask for what the index already holds."""
        self.set_timer(_PATIENCE_S, self._show_views)
        self._begin()

    @property
    def grid(self) -> ChartGrid | None:
        """The charts of the view in sight."""
        return self.current.charts if isinstance(self.current, ChartedView) else None

    @property
    def current(self) -> View:
        """The view in sight."""
        return self.query_one(f"#{self.query_one(ContentSwitcher).current}", View)

    def say(self, text: str) -> None:
        """In the bottom line."""
        self.query_one(KeyBar).say(text)

    # What is in sight.

    def _has_table(self) -> None:
        super()._has_table()
        self._show_views()
        self._show_whether_empty(self.table is not None and self.table.total == 0)

    def _show_views(self) -> None:
        """Views are laid out once they have what they show, or when that takes long."""
        if self.has_class("-waiting"):
            self.remove_class("-waiting")
            if not self.query_one(Prompt).display:
                self.current.enter()

    def _show_whether_empty(self, empty: bool) -> None:
        """What to do in place of the views while there is no run; they take the focus when they come back.

        The screen itself is laid out anew: so no frame shows how many runs there are beside what says that there are
        none.
        """
        if empty:
            self.set_focus(None)
        if empty == self.has_class("-empty"):
            return
        self.set_class(empty, "-empty")
        self.refresh(layout=True)
        self.refresh_bindings()
        if not empty:
            self.current.enter()

    # Switching views.

    def action_view(self, name: str) -> None:
        """Bring a view into sight."""
        self.view = name
        self.query_one(ContentSwitcher).current = name
        self.current.enter()
        self.query_one(KeyBar).be_quiet()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Going a layer out is offered where there is one, the views where there are runs."""
        if action == "out":
            return self.view != "runs" or bool(self.filter_text) or self._has_inner_layer()
        if action == "filter":
            return self.view not in ("run", "models") and not self.has_class("-empty")
        return action == "copy_name" or not self.has_class("-empty")

    def _has_inner_layer(self) -> bool:
        prompted = any(prompt.display for prompt in self.query(Prompt))
        return prompted or any(view.has_inner_layer for view in self.query(View) if view.id == self.view)

    def action_out(self) -> None:
        """One layer out: the input, what the view has opened, the view, the filter."""
        if self.query_one(Prompt).display:
            self.leave_prompt()
        elif self.current.step_out():
            return
        elif self.view == "run":
            self.action_view(self._before_run)
        elif self.view == "models":
            self.action_view("runs")
        elif getattr(self, fact := FILTER_FACTS[self.current.FILTERED]):
            setattr(self, fact, "")
        elif self.view != "runs":
            self.action_view("runs")

    def action_next_pane(self, direction: int) -> None:
        """The focus to the next pane or chart."""
        if not self.current.next_pane(direction):
            self.focus_next() if direction > 0 else self.focus_previous()

    # One run.

    @on(RunAsked)
    def _run_asked(self, event: RunAsked) -> None:
        if event.act == "mark":
            self.toggle_mark(event.run)
        elif event.act == "baseline":
            self.toggle_baseline(event.run)
        elif event.act == "open":
            self._before_run = self.view if self.view != "run" else self._before_run
            self.opened = event.run
            self.action_view("run")
        else:
            self._trouble.ask(event.run, next(self._presses))

    def _fetch_trouble(self, run: int) -> Iterator[Reader | str]:
        detail = self._store.detail(run)
        text = trouble_text(detail)
        name = detail.run.name
        yield (
            Reader(f"{name}: {detail.run.status}", text, from_end=True) if text else f"no traceback was left by {name}"
        )

    def _take_trouble(self, _: int, found: Reader | str) -> None:
        if isinstance(found, str):
            self.say(found)
        elif self.app.screen is self:
            self.app.push_screen(found)

    def action_copy_name(self) -> None:
        """The run's name into the clipboard; where there is no run, the command that makes one."""
        if self.has_class("-empty"):
            self.app.copy_to_clipboard(example_command(self._store.root))
            self.say("copied the command")
            return
        run = self.current.run_under_cursor()
        if run is not None and run in self.known:
            self.app.copy_to_clipboard(self.known[run].name)
            self.say(f"copied {self.known[run].name}")
        else:
            self.say("no run under the cursor here: Runs and the page of one run have one")

    @on(IgnoreAsked)
    def _ignore_asked(self, event: IgnoreAsked) -> None:
        self.toggle_ignored(event.pattern)

    @on(Said)
    def _said(self, event: Said) -> None:
        self.say(event.text)
