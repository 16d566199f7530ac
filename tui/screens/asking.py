"""Asking: what the workspace asks the store of all runs, when, and the facts that the answers change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from time import monotonic

from textual import on
from textual.message import Message

from labtop.store.model import Activity, Status, StoreError
from labtop.store.questions import Questions
from labtop.tui.inquiry import Inquiry
from labtop.tui.looks import Looks
from labtop.tui.screens.exporting import Exporting
from labtop.tui.screens.view import RunSeen
from labtop.tui.table_question import TableAnswer, TableQuestion, answer

States = dict[int, Status]
"""The states of runs, by number."""


class Ingested(Message):
    """Ingest committed something, or its state changed; of several that wait, the newest counts."""

    def __init__(self, activity: Activity) -> None:
        super().__init__()
        self.activity = activity

    def can_replace(self, message: Message) -> bool:
        """A newer report makes the older void."""
        return isinstance(message, Ingested)


class Asking(Exporting):
    """Asks for the table whenever something was read, a person wishes another one, or time alone changed a state."""

    class Answered(Message):
        """The store answered for the first time, if only that it cannot; `runs` there are."""

        def __init__(self, runs: int) -> None:
            super().__init__()
            self.runs = runs

    def __init__(
        self, store: Questions, clock: Callable[[], float], first: Future[TableAnswer], question: TableQuestion
    ) -> None:
        super().__init__()
        self._store = store
        self._clock = clock
        self._asking = self._answered = False
        self._looks = Looks()
        self._looked = self._turns = 0
        self._first: Future[TableAnswer] | None = first
        self._first_question = question
        self._states = Inquiry[int, States](self, "states", self._fetch_states, self._take_states)
        self._table = Inquiry[TableQuestion, TableAnswer](self, "table", self._fetch, self._take)

    def _has_table(self) -> None:
        """The table has changed, or was answered for the first time."""
        raise NotImplementedError

    def _begin(self) -> None:
        """Ask for what the index already holds."""
        self.activity = self._store.activity
        self.now = self._clock()
        self._asking = True
        first = self._first
        self._ask()
        if first is not None and first.done() and first.exception() is None:
            self._take(self._first_question, first.result())
        self._look_later()

    @on(Ingested)
    def _ingested(self, event: Ingested) -> None:
        self.activity = event.activity
        self._renew_views()
        self._ask()

    def _renew_views(self) -> None:
        """Views ask again when something was read, and when time alone has changed the state of a run."""
        self.revision = self.activity.revision + self._turns

    def _look_later(self) -> None:
        rows = self.table.runs if self.table else ()
        self.set_timer(self._looks.wait(rows, self._clock()), self._look)

    def _look(self) -> None:
        """What time alone changes: ages, and states."""
        self.now = self._clock()
        if self._looks.should_ask(self.known.values(), self.now):
            self._looked += 1
            self._states.ask(0, self._looked)
        self._look_later()

    def _fetch_states(self, _: int) -> Iterator[States]:
        """A table without any metric takes a fraction of the whole answer."""
        began = monotonic()
        states = self._store.states()
        self._looks.answered(monotonic() - began)
        yield states

    def _take_states(self, _: int, states: States) -> None:
        if self._has_turned(states):
            self._ask()

    def _has_turned(self, states: States) -> bool:
        """Whether any run has another state than was known; then every view asks again."""
        known = self.known
        turned = [number for number, state in states.items() if number in known and known[number].status != state]
        if turned:
            known.update((number, replace(known[number], status=states[number])) for number in turned)
            self._turns += 1
            self._renew_views()
        return bool(turned)

    @on(RunSeen)
    def _run_seen(self, event: RunSeen) -> None:
        """What one view shows of a run, the table shows too."""
        self._take_states(0, {event.run.number: event.run.status})

    def _ask(self) -> None:
        if self._asking:
            question = TableQuestion(self.pins, self.aggregate, self.sort, self.filter_text)
            self._table.ask(question, self.revision)

    def watch_filter_text(self) -> None:
        """Esc takes a filter off, so the keys of the bottom line change too."""
        self._ask()
        self.refresh_bindings()

    watch_pins = watch_aggregate = watch_sort = _ask

    def _fetch(self, question: TableQuestion) -> Iterator[TableAnswer]:
        first, self._first = self._first, None
        try:
            yield first.result() if first and question == self._first_question else answer(self._store, question)
        except StoreError:
            self.call_later(self._say_answered, 0)
            raise

    def _take(self, question: TableQuestion, found: TableAnswer) -> None:
        self._has_turned({run.number: run.status for run in found.table.runs})
        if not question.contains:
            self.known.clear()
        self.known.update((run.number, run) for run in found.table.runs)
        if found.table != self.table:
            self.now = self._clock()
        self._say_answered(found.table.total)
        self.outline = found.outline
        self.pinned = found.pinned
        self.diverged = found.diverged
        self.table = found.table
        self.first = found.first
        self._has_table()
        self.call_after_refresh(self.call_after_refresh, self._store.shown)  # the table fills itself at the first

    def _say_answered(self, runs: int) -> None:
        if not self._answered:
            self._answered = True
            self.post_message(self.Answered(runs))
