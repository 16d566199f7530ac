"""Trends: the course of one metric of each run in the table, asked for where it is in sight and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from textual.dom import DOMNode

from labtop.store.model import Run, Status
from labtop.store.questions import Questions
from labtop.tui.charts.sparkline import sparkline
from labtop.tui.inquiry import Inquiry
from labtop.tui.run_style import Charset
from labtop.tui.table_look import TREND_CELLS

REST_S = 1.0
"""A trend of few cells shows nothing new more often."""

_State = tuple[Status, float | None, float | None, int]
_Question = tuple[str, frozenset[int]]
_Answer = tuple[Mapping[int, _State], Mapping[int, str]]


class Trends:
    """The sparklines of runs, of one metric at a time. A run is asked for again when it has changed since.

    Runs that come into sight are asked for at once, what changed of the others once in `REST_S` seconds; `changed` is
    called when any of them looks different.
    """

    def __init__(
        self, owner: DOMNode, store: Questions, charset: Charset, changed: Callable[[], None], rest: float = REST_S
    ) -> None:
        self._store = store
        self._charset = charset
        self._changed = changed
        self._sought: _Question = ("", frozenset())
        self._due: dict[int, _State] = {}
        self._known: dict[int, _State] = {}
        self._inquiry = Inquiry[_Question, _Answer](owner, "trends", self._fetch, self._take, rest)
        self.texts: Mapping[int, str] = {}
        """The sparklines by number of run; a run without the metric has an empty one."""

    def ask(self, metric: str, runs: Sequence[Run]) -> None:
        """These runs are in sight, or soon will be."""
        if metric != self._sought[0]:
            self._sought = (metric, frozenset())
            self._known, self.texts = {}, {}
        states = {run.number: _state(run) for run in runs}
        self._due = self._unknown(states)
        if self._due:
            if not self._due.keys() <= self._sought[1]:
                self._sought = (metric, self._sought[1] | self._due.keys())
            self._inquiry.ask(self._sought, self._due)

    def _unknown(self, states: Mapping[int, _State]) -> dict[int, _State]:
        return {run: state for run, state in states.items() if self._known.get(run) != state}

    def _fetch(self, question: _Question) -> Iterator[_Answer]:
        """In a thread: only for those that were due when it began."""
        due = self._due
        if due:
            found = self._store.sparklines(tuple(due), question[0], TREND_CELLS)
            yield due, {run: sparkline(found.get(run, ()), self._charset) for run in due}

    def _take(self, _: _Question, answer: _Answer) -> None:
        asked, texts = answer
        self._known.update(asked)
        self._due = self._unknown(self._due)
        if any(self.texts.get(run) != text for run, text in texts.items()):
            self.texts = {**self.texts, **texts}
            self._changed()


def _state(run: Run) -> _State:
    """What of a run differs when it has logged more."""
    return run.status, run.step, run.updated, run.attempts
