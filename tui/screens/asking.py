"""Asking: what the workspace asks the store of all runs, when, and the facts that the answers change."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from time import monotonic

from textual import on
from textual.message import Message

from labtop.store.model import Activity, FilterError, RunTable, Status, StoreError
from labtop.store.questions import Questions
from labtop.tui.inquiry import Inquiry
from labtop.tui.looks import Looks
from labtop.tui.screens.view import RunSeen
from labtop.tui.screens.windowing import Windowing
from labtop.tui.shown import MAY_GROW
from labtop.tui.table_question import TableAnswer, TableQuestion, answer

States = dict[int, Status]
"""The states of runs of which more may come, by number."""


_FEW_MARKS = 200
_Answered = tuple[TableAnswer, object]
"""An answer, and the moment of the data that it is of."""


class Blamed(Message):
    """The filter that was asked for last cannot be used, or can (None)."""

    def __init__(self, error: FilterError | None) -> None:
        super().__init__()
        self.error = error


class Ingested(Message):
    """Ingest committed something, or its state changed; of several that wait, the newest counts."""

    def __init__(self, activity: Activity) -> None:
        super().__init__()
        self.activity = activity

    def can_replace(self, message: Message) -> bool:
        """A newer report makes the older void."""
        return isinstance(message, Ingested)


class Asking(Windowing):
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
        self._looked = self._turns = self._again = 0
        self._first: Future[TableAnswer] | None = first
        self._last: TableAnswer | None = None
        self._on_screen: tuple[TableQuestion, object] | None = None
        self._wished: object = None
        self._last_question = question
        self._first_question = question
        self._states = Inquiry[int, States](self, "states", self._fetch_states, self._take_states)
        self._table = Inquiry[TableQuestion, _Answered](self, "table", self._fetch, self._take)

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
            self._take(self._first_question, (first.result(), None))
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
        """Which runs may still grow takes a fraction of the whole answer."""
        began = monotonic()
        states = self._store.growing()
        self._looks.answered(monotonic() - began)
        yield states

    def _take_states(self, _: int, states: States) -> None:
        """What is known of a run and not among these does not wait for time any longer: the table tells."""
        turned = any(
            states.get(number) != run.status
            for number, run in self.known.items()
            if number in states or run.status in MAY_GROW
        )
        running = sum(status == "running" for status in states.values())
        if turned or (self.table is not None and self.table.running != running):
            self._ask_again()

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
        if self._has_turned({event.run.number: event.run.status}):
            self._ask()

    def _ask_again(self) -> None:
        """Ask for the table although nothing came."""
        self._again += 1
        self._ask()

    def _ask(self) -> None:
        if self._asking:
            question = self._question()
            if question != self._last_question:
                self.narrow(same_columns=question.has_columns_of(self._last_question))
                question = replace(question, rows=self.window, filled=self.filled)
            self._last_question = question
            wish, before = (self._again, self.window, self.filled), self._wished
            self._wished = wish
            self._table.ask(question, (self.revision, *wish), at_once=wish != before)

    @property
    def _few_marks(self) -> bool:
        return len(self.marks) <= _FEW_MARKS

    def _question(self) -> TableQuestion:
        hidden = () if self.settings.group else self.hidden  # else places of groups
        others = (run for run in (self.baseline, self.opened, *hidden) if run is not None)
        # Of many marked runs what they are called is asked once: of those out of sight little else is shown.
        marks = self.marks if self._few_marks else (mark for mark in self.marks if mark not in self.known)
        also = tuple(dict.fromkeys((*others, *marks)))
        return TableQuestion(
            self.pins,
            self.columns,
            self.aggregate,
            self.sort,
            self.filter_text,
            self.table_groups,
            self.unfolded,
            self.window,
            also,
            self.filled,
        )

    def watch_filter_text(self) -> None:
        """Esc takes a filter off, so the keys of the bottom line change too."""
        self._ask()
        self.refresh_bindings()

    watch_pins = watch_aggregate = watch_columns = watch_unfolded = watch_window = _ask

    def _ask_from_top(self) -> None:
        """Rows in another order are looked at from the top."""
        self.from_top()
        self._ask()

    watch_sort = watch_table_groups = _ask_from_top

    def watch_marks(self) -> None:
        """Of runs that were marked unseen more must be known."""
        self._show()
        if not self.known.keys() >= set(self.marks):
            self._ask_again()

    @property
    def _moment(self) -> object:
        """What the table has to be asked for again when it changes."""
        return self.revision, self._again

    def _fetch(self, question: TableQuestion) -> Iterator[_Answered]:
        first, self._first = self._first, None
        try:
            if first and question == self._first_question:
                yield first.result(), None
            else:
                yield self._answer(question)
        except FilterError as error:
            self.post_message(Blamed(error))
            before = replace(question, where=self.applied)
            if not self._is_shown(before):
                yield self._answer_before(before)
        except StoreError:
            self.call_later(self._say_answered, 0)
            raise

    def _is_shown(self, question: TableQuestion) -> bool:
        """Whether the table shows the answer to this question already, on the same data."""
        if self._on_screen is None:
            return False
        shown, moment = self._on_screen
        return shown == question and shown.covers(question) and moment == self._moment

    def _answer_before(self, question: TableQuestion) -> _Answered:
        """The table goes on with the filter that it has, without any where that has become wrong too."""
        with contextlib.suppress(FilterError):
            return self._answer(question)
        return self._answer(replace(question, where=""))

    def _answer(self, question: TableQuestion) -> _Answered:
        moment = self._moment
        self._last = answer(self._store, question, self._last)
        return self._last, moment

    def _take(self, question: TableQuestion, answered: _Answered) -> None:
        found, moment = answered
        self._on_screen = replace(question, where=found.where), moment
        if found.where == question.where:
            self.post_message(Blamed(None))
        table = self._kept_lines(found.table)
        marks = () if self._few_marks else self.marks
        marked = {mark: self.known[mark] for mark in marks if mark in self.known}
        runs = marked | {run.number: run for run in (*table.runs, *table.also)}
        self._has_turned({number: run.status for number, run in runs.items()})
        self.known.clear()
        self.known.update(runs)
        if table != self.table:
            self.now = self._clock()
        self._say_answered(table.total)
        self.outline = found.outline
        self.pinned = found.pinned
        self.diverged = found.diverged
        self.applied = found.where
        self.ordered_by = question.sort, question.groups
        self.table = table
        self._has_table()
        self.current.catch_up()
        self.ask_for_tags(table.runs)
        self.once_drawn(self._store.shown)

    def _kept_lines(self, table: RunTable) -> RunTable:
        """The table with the lines object of before where all lines are the same: who knows it looks no further."""
        before = self.table
        if before is None:
            return table
        lines = before.lines if table.lines == before.lines else table.lines
        listed = before.listed if table.listed == before.listed else table.listed
        return replace(table, lines=lines, listed=listed)

    def _say_answered(self, runs: int) -> None:
        if not self._answered:
            self._answered = True
            self.post_message(self.Answered(runs))
