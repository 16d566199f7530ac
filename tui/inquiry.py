"""Inquiry: what one widget wants to know of the store, asked in a short thread, one question at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Generic, TypeVar

from textual.dom import DOMNode
from textual.message import Message
from textual.timer import Timer
from textual.worker import get_current_worker

from labtop.store.model import StoreError

_LEAST_REST_S = 0.001  # a timer that is over before it has begun never comes
Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Said(Message):
    """One line for the person at the screen: what was done, or why not."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Inquiry(Generic[Question, Answer]):
    """Asks `fetch` in a thread and hands each answer to `take` in the UI, unless the question has changed meanwhile.

    There is one thread at a time. A changed question makes the old one void, which ends at its next answer; then it is
    asked. The same question on newer data waits for the answer under way, and then `rest` seconds, or half as long as
    that took: a slow store is busy two thirds of the time at most.
    """

    def __init__(
        self,
        owner: DOMNode,
        group: str,
        fetch: Callable[[Question], Iterator[Answer]],
        take: Callable[[Question, Answer], None],
        rest: float = 0.02,
    ) -> None:
        self._owner = owner
        self._group = group
        self._fetch = fetch
        self._take = take
        self._rest = rest
        self._question: Question | None = None
        self._revision: object = None
        self._number = 0
        self._busy = False
        self._stale = False
        self._at_once = False
        self._free_at = 0.0
        self._timer: Timer | None = None

    @property
    def is_busy(self) -> bool:
        """Whether an answer is under way."""
        return self._busy

    def ask(self, question: Question, revision: object, *, at_once: bool = False) -> None:
        """Ask, unless this is what was asked last, of the same data. `at_once`: without a rest before it."""
        changed = question != self._question
        if not changed and revision == self._revision:
            return
        self._question, self._revision = question, revision
        if not changed:
            self._at_once = self._at_once or at_once
            self._refresh()
            return
        self._number += 1
        if not self._busy:
            self._run()

    def forget(self) -> None:
        """Nothing is asked any more: an answer under way is void, and the same question is a new one."""
        self._question = self._revision = None
        self._number += 1
        self._stale = False

    def _refresh(self) -> None:
        rest = 0.0 if self._at_once else self._free_at - monotonic()
        if self._busy:
            self._stale = True
        elif rest <= 0:
            self._run()
        elif self._timer is None:
            self._timer = self._owner.set_timer(max(rest, _LEAST_REST_S), self._rested)

    def _rested(self) -> None:
        self._timer = None
        if self._question is not None and not self._busy:
            self._run()

    def _run(self) -> None:
        question = self._question
        if question is None:
            return
        self._busy, self._stale, self._at_once = True, False, False
        number = self._number
        self._owner.run_worker(lambda: self._work(question, number), group=self._group, thread=True)

    def _work(self, question: Question, number: int) -> None:
        """In the thread: fetch, and post what comes to the UI. A void question ends by itself, at its next answer."""
        worker = get_current_worker()
        began = monotonic()
        try:
            for answer in self._fetch(question):
                if worker.is_cancelled or number != self._number:
                    break
                self._owner.call_later(self._receive, question, answer, number)
        except StoreError as error:
            self._owner.post_message(Said(str(error)))
        self._owner.call_later(self._finish, number, monotonic() - began)

    def _receive(self, question: Question, answer: Answer, number: int) -> None:
        if number == self._number:
            self._take(question, answer)

    def _finish(self, number: int, took: float) -> None:
        self._busy = False
        self._free_at = monotonic() + max(self._rest, took / 2)
        if number != self._number:
            self._run()
        elif self._stale:
            self._stale = False
            self._refresh()
