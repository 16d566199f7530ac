"""Asking: how a question is put to the index, which ingest may exchange meanwhile, and what is kept between answers."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from time import monotonic
from typing import Final, TypeVar

import duckdb

from labtop.store.answers.curves.kept import Kept
from labtop.store.answers.known import Known, known_of
from labtop.store.index.files import Index, is_damage
from labtop.store.index.transaction import transaction
from labtop.store.model import Activity, StoreError

_SELDOM: Final = 20  # times as long as it takes
Answer = TypeVar("Answer")


class Asking:
    """Puts questions, each with a cursor of its own, from any thread.

    `clock` gives seconds since the epoch, by which silence is judged.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._refusal: StoreError | None = None
        self._known: tuple[Index, int | None, Known] | None = None
        self._kept: tuple[Index, Kept] | None = None
        self._laying = threading.Lock()
        self._pack_from = -math.inf

    @property
    def activity(self) -> Activity:
        """How ingest stands now."""
        raise NotImplementedError

    @property
    def _index(self) -> Index:
        """The index in use."""
        raise NotImplementedError

    def _exchange(self, damaged: Index, error: duckdb.Error) -> None:
        """A query found the index damaged: have it exchanged, or raise StoreError."""
        raise NotImplementedError

    def _ask(self, question: Callable[[duckdb.DuckDBPyConnection], Answer]) -> Answer:
        """Ask what only the cursor matters for."""
        return self._ask_index(lambda cursor, _: question(cursor))

    def _ask_sheet(self, question: Callable[[duckdb.DuckDBPyConnection, Known], Answer]) -> Answer:
        """Ask what is asked of the sheet, one at a time, with what is known. A question that is refused does not take
        back the sheet that was laid out for it."""

        def ask(cursor: duckdb.DuckDBPyConnection, index: Index) -> Answer:
            with self._laying:
                try:
                    with transaction(cursor):
                        commits, now = _seen(cursor, index), self._clock()
                        known = self._know(cursor, index, commits, now)
                        known.renew(cursor, commits, now)
                        answer = _settled(lambda: question(cursor, known))
                except BaseException:
                    self._known = None
                    raise
            return answer()

        return self._ask_index(ask)

    def pack(self) -> None:
        """Have what answers need take less room and time; not while one is under way, and seldom, for it may take long.
        Where there is no room to do it, it is not tried again.
        """
        if not self._laying.acquire(blocking=False):
            return
        try:
            began = monotonic()
            if self._known is not None and began >= self._pack_from:
                self._pack_from = math.inf
                index, _, known = self._known
                with index.cursor() as cursor:
                    known.pack(cursor)
                self._pack_from = monotonic() + _SELDOM * (monotonic() - began)
        except duckdb.Error:
            self._known = None  # what was laid out is gone
        finally:
            self._laying.release()

    def _ask_points(self, question: Callable[[duckdb.DuckDBPyConnection, Kept], Answer]) -> Answer:
        """Ask what is asked of points, with those that are kept."""

        def ask(cursor: duckdb.DuckDBPyConnection, index: Index) -> Answer:
            if self._kept is None or self._kept[0] is not index:
                self._kept = index, Kept()
            kept = self._kept[1]
            with kept.lock, transaction(cursor):
                return question(cursor, kept)

        return self._ask_index(ask)

    def _know(self, cursor: duckdb.DuckDBPyConnection, index: Index, commits: int | None, now: float) -> Known:
        """What is known of the index, kept from one answer to the next. While the transaction sees the same `commits`
        not even a look is taken."""
        of, at, before = self._known or (None, None, None)
        if before is not None and of is index and at is not None and at == commits:
            return before
        known = known_of(cursor, now, before if of is index else None)
        self._known = index, commits, known
        return known

    def _ask_index(self, question: Callable[[duckdb.DuckDBPyConnection, Index], Answer]) -> Answer:
        """Ask with a fresh cursor, and the index that it is of; once more where ingest has exchanged it meanwhile."""
        while True:
            if self._refusal is not None:
                raise self._refusal
            index = self._index
            try:
                with index.cursor() as cursor:
                    return question(cursor, index)
            except duckdb.Error as error:
                if index is self._index and (index.path is None or not is_damage(error, index.path)):
                    raise failed(error) from error
                self._exchange(index, error)


_BEGIN = "select key from meta limit 1"


def _seen(cursor: duckdb.DuckDBPyConnection, index: Index) -> int | None:
    """Which commits the transaction that begins here sees; None where that cannot be told, for one is under way."""
    before = index.commits
    cursor.execute(_BEGIN)
    return before if before == index.commits and before % 2 == 0 else None


def _settled(question: Callable[[], Answer]) -> Callable[[], Answer]:
    """What gives the answer, or raises the refusal, later."""
    try:
        answer = question()
    except StoreError as error:
        refusal = error

        def refuse() -> Answer:
            raise refusal

        return refuse
    return lambda: answer


def failed(error: duckdb.Error) -> StoreError:
    """What a person is told of an error of the database."""
    return StoreError(f"the index failed: {str(error).splitlines()[0]}")
