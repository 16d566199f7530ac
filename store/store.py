"""Store: one watched directory, its ingest and its answers. This is the only door for screens and commands."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import duckdb

from labtop.store.answers.across.grouping import groups
from labtop.store.answers.across.histogram import histogram
from labtop.store.answers.across.scatter import scatter
from labtop.store.answers.across.sparklines import sparklines
from labtop.store.answers.compare import compare
from labtop.store.answers.curves.answer import several_curves
from labtop.store.answers.curves.bands import several_bands
from labtop.store.answers.curves.kept import Kept
from labtop.store.answers.curves.reading import values_at
from labtop.store.answers.detail import details
from labtop.store.answers.files import files
from labtop.store.answers.find import find
from labtop.store.answers.known import Known, known_of
from labtop.store.answers.news import newest, since
from labtop.store.answers.remarks import remarks
from labtop.store.answers.table import table
from labtop.store.index.files import Index, is_damage, open_index, size_of
from labtop.store.index.schema import schema_version
from labtop.store.index.transaction import transaction
from labtop.store.model import (
    Activity,
    AtQuery,
    BandQuery,
    Bands,
    Column,
    Comparison,
    Curves,
    Group,
    Histogram,
    HistogramQuery,
    IndexInfo,
    LookedAt,
    News,
    NewsQuery,
    NotThere,
    Outline,
    Place,
    Remark,
    RunDetail,
    RunTable,
    Scatter,
    ScatterQuery,
    Series,
    SeriesQuery,
    Status,
    StoreError,
    TableQuery,
    WatchMode,
)

if TYPE_CHECKING:
    from labtop.store.ingest.follow import Follow
    from labtop.store.ingest.ingest import Ingest

_Answer = TypeVar("_Answer")


class Store:
    """Answers about one watched directory (or one log file).

        with Store.open(Path("runs")) as store:
            store.catch_up()
            for run in store.table(TableQuery()).rows: ...

    Every answer takes a cursor of its own and may be asked from any thread, while ingest goes on.
    Raises `StoreError` (one line, what to do) when the directory cannot be watched at all.
    """

    def __init__(self, root: Path, index: Index, *, poll: bool, clock: Callable[[], float]) -> None:
        self._root = root
        self._opened = index
        self._beginning = threading.Lock()
        self._begun: Ingest | None = None
        self._refusal: StoreError | None = None
        self._at_work = threading.Lock()  # one thread reads at a time
        self._poll = poll
        self._shown = threading.Event()
        self._clock = clock
        self._follow: Follow | None = None
        self._known: tuple[Index, Known] | None = None
        self._kept: tuple[Index, Kept] | None = None

    @classmethod
    def open(
        cls, root: Path, *, index: Path | None = None, poll: bool = False, clock: Callable[[], float] = time.time
    ) -> Self:
        """Open the index of `root`; what it already holds can be asked for at once.

        `index`: its file, instead of the default place. `poll`: do not rely on file events. `clock`: seconds since the
        epoch, by which answers judge silence.
        Raises NotThere for a missing root, StoreError for one that cannot be read.
        """
        if not root.exists():
            raise NotThere(f"there is no {root}: name a directory of runs, or make it with mkdir")
        if not os.access(root, os.R_OK | os.X_OK if root.is_dir() else os.R_OK):
            raise StoreError(f"{root} cannot be read: no permission")
        return cls(root, open_index(root, index), poll=poll, clock=clock)

    def close(self) -> None:
        """Stop ingest and let go of the index."""
        self._stop()
        with self._at_work, self._beginning:
            self._refusal = StoreError("the store is closed")
            (self._begun or self._opened).close()

    def _stop(self) -> None:
        if self._follow is not None:
            self._follow.stop()
            self._follow = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def catch_up(self) -> None:
        """Read all that is new, in this thread, and return when done. Not while `start` reads in its own.

        Raises StoreError when not even an index in memory can hold it.
        """
        with self._at_work:
            self._catch_up()

    def _catch_up(self) -> None:
        try:
            self._ingest.catch_up()
        except duckdb.Error as error:
            raise _failed(error) from error

    def start(self, on_change: Callable[[Activity], None]) -> None:
        """Watch and ingest in a thread of its own; `on_change` is called there, about ten times a second at most."""
        from labtop.store.ingest.follow import Follow

        self._stop()
        with self._at_work:
            self._follow = Follow(self._ingest, on_change, poll=self._poll, shown=self._shown)
            self._follow.start()

    def shown(self) -> None:
        """What was told last is on the screen: reading, which waits a moment for it, may go on."""
        self._shown.set()

    @property
    def root(self) -> Path:
        """The watched directory, or the file."""
        return self._root

    @property
    def activity(self) -> Activity:
        """How ingest stands now."""
        if self._begun is not None:
            return self._begun.activity
        notice = self._opened.notice
        return Activity(notices=() if notice is None else (notice,))

    @property
    def watch_mode(self) -> WatchMode:
        """How growth is noticed: while `start` follows, else how it would be, for which a watch is tried out."""
        if self._follow is not None:
            return self.activity.watch
        if self._poll:
            return "poll"
        from labtop.store.ingest.trying import tried

        return tried(self.root)

    def index_info(self) -> IndexInfo:
        """The index in use."""
        index = self._index
        size = 0 if index.path is None else size_of(index.path)
        return IndexInfo(None if index.path is None else str(index.path), size, schema_version())

    def files(self, *, rejected: int | None = None) -> tuple[LookedAt, ...]:
        """Every file that was looked at, by path; with at most so many of its rejected lines, or with all."""
        return self._ask(lambda cursor: files(cursor, rejected))

    def remarks(self) -> tuple[Remark, ...]:
        """What is to be said of files that is no error, by path."""
        return self._ask(remarks)

    def outline(self) -> Outline:
        """What there is: metrics and varying params over all runs."""

        def ask(cursor: duckdb.DuckDBPyConnection, index: Index) -> Outline:
            with transaction(cursor):
                return self._know(cursor, index).outline(cursor)

        return self._ask_index(ask)

    def table(self, query: TableQuery) -> RunTable:
        """The runs table."""

        def ask(cursor: duckdb.DuckDBPyConnection, index: Index) -> RunTable:
            with transaction(cursor):  # what is known is to be true of the rows, while others commit
                return table(cursor, query, self._clock(), self._know(cursor, index))

        return self._ask_index(ask)

    def states(self) -> dict[int, Status]:
        """The states of all runs, by number."""
        return {run.number: run.status for run in self.table(TableQuery()).runs}

    def find(self, text: str) -> int:
        """The number of the run named by display name, id, unique part of either, `@1`, `@best:METRIC`.

        Raises `NotThere`, naming the nearest, when none or several fit.
        """
        return self._ask(lambda cursor: find(cursor, text))

    def detail(self, run: int) -> RunDetail:
        """Everything known of one run. Raises `NotThere`."""
        found = self._ask(lambda cursor: details(cursor, [run], self._clock(), events=True))
        if not found:
            raise NotThere("that run is gone")
        return found[0]

    def details(self, runs: Sequence[int] | None = None) -> tuple[RunDetail, ...]:
        """`detail` of several runs, or of all, in few queries; without their events."""
        return self._ask(lambda cursor: details(cursor, runs, self._clock(), events=False))

    def series(self, query: SeriesQuery) -> tuple[Series, ...]:
        """The curves of one metric, in the order of the query's runs; runs without the metric give empty series."""
        return self.several_curves((query,))[0].series

    def several_curves(self, queries: Sequence[SeriesQuery]) -> tuple[Curves, ...]:
        """`series` of each query, which costs less where their runs are the same."""

        def ask(cursor: duckdb.DuckDBPyConnection, index: Index) -> tuple[Curves, ...]:
            kept = self._keep(index)
            with kept.lock, transaction(cursor):
                return tuple(several_curves(cursor, queries, kept))

        return self._ask_index(ask)

    def values_at(self, query: AtQuery) -> tuple[tuple[float | None, ...], ...]:
        """For each metric and each run the value of the last point at or before x; None where a run has none there."""

        def ask(cursor: duckdb.DuckDBPyConnection, index: Index) -> tuple[tuple[float | None, ...], ...]:
            kept = self._keep(index)
            with kept.lock, transaction(cursor):
                return values_at(cursor, query, kept)

        return self._ask_index(ask)

    def several_bands(self, queries: Sequence[BandQuery]) -> tuple[Bands, ...]:
        """For each query a band for each of its groups: mean and spread of a metric over runs."""

        def ask(cursor: duckdb.DuckDBPyConnection, index: Index) -> tuple[Bands, ...]:
            kept = self._keep(index)
            with kept.lock, transaction(cursor):
                return tuple(several_bands(cursor, queries, kept))

        return self._ask_index(ask)

    def newest(self, query: NewsQuery, most: int) -> News:
        """The last `most` lines that were logged, oldest first, and the place after them."""
        return self._ask(lambda cursor: newest(cursor, query, most))

    def since(self, query: NewsQuery, place: Place) -> News:
        """The lines that were logged after the place that an earlier answer gave, each once."""
        return self._ask(lambda cursor: since(cursor, query, place))

    def compare(self, runs: Sequence[int]) -> Comparison:
        """Runs side by side, in this order."""
        return self._ask(lambda cursor: compare(cursor, runs, self._clock()))

    def groups(self, key: Column, runs: tuple[int, ...]) -> tuple[Group, ...]:
        """These runs by their value of a param, an attribute, Column("run", "group") or Column("run", "config")."""

        def ask(cursor: duckdb.DuckDBPyConnection, index: Index) -> tuple[Group, ...]:
            with transaction(cursor):
                return groups(cursor, key, runs, self._know(cursor, index))

        return self._ask_index(ask)

    def scatter(self, query: ScatterQuery) -> Scatter:
        """A metric against a param or another metric, a point a run."""

        def ask(cursor: duckdb.DuckDBPyConnection, index: Index) -> Scatter:
            with transaction(cursor):
                return scatter(cursor, query, self._clock(), self._know(cursor, index))

        return self._ask_index(ask)

    def histogram(self, query: HistogramQuery) -> Histogram:
        """How a metric is distributed over runs."""

        def ask(cursor: duckdb.DuckDBPyConnection, index: Index) -> Histogram:
            with transaction(cursor):
                return histogram(cursor, query, self._clock(), self._know(cursor, index))

        return self._ask_index(ask)

    def sparklines(self, runs: tuple[int, ...], metric: str, cells: int) -> dict[int, tuple[float, ...]]:
        """The course of a metric in `cells` values for each of these runs that has it."""

        def ask(cursor: duckdb.DuckDBPyConnection) -> dict[int, tuple[float, ...]]:
            with transaction(cursor):
                return sparklines(cursor, runs, metric, cells)

        return self._ask(ask)

    @property
    def _ingest(self) -> Ingest:
        """What reads. It begins when first wanted: the first answers do not wait for its modules and its memory."""
        with self._beginning:
            if self._refusal is not None:
                raise self._refusal
            if self._begun is None:
                from labtop.store.ingest.ingest import Ingest

                try:
                    self._begun = Ingest(self._root, self._opened)
                except StoreError as error:
                    self._refusal = error
                    raise
                except duckdb.Error as error:
                    raise _failed(error) from error
            return self._begun

    @property
    def _index(self) -> Index:
        return self._opened if self._begun is None else self._begun.index

    def _know(self, cursor: duckdb.DuckDBPyConnection, index: Index) -> Known:
        """What is known of the index, kept from one answer to the next."""
        of, before = self._known or (None, None)
        known = known_of(cursor, before if of is index else None)
        self._known = index, known
        return known

    def _keep(self, index: Index) -> Kept:
        """The points of this index that are kept from one answer to the next."""
        if self._kept is None or self._kept[0] is not index:
            self._kept = index, Kept()
        return self._kept[1]

    def _ask(self, question: Callable[[duckdb.DuckDBPyConnection], _Answer]) -> _Answer:
        """`_ask_index` where only the cursor matters."""
        return self._ask_index(lambda cursor, _: question(cursor))

    def _ask_index(self, question: Callable[[duckdb.DuckDBPyConnection, Index], _Answer]) -> _Answer:
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
                    raise _failed(error) from error
                self._exchange(index, error)

    def _exchange(self, damaged: Index, error: duckdb.Error) -> None:
        """A query found the index damaged: have it exchanged, by what reads, or here where nothing does."""
        ingest = self._ingest  # which may find the damage itself when it begins
        if damaged is not ingest.index:
            return
        ingest.doubt(damaged)
        with self._at_work:
            if self._follow is not None:
                raise _failed(error) from error
            if damaged is ingest.index:
                self._catch_up()


def _failed(error: duckdb.Error) -> StoreError:
    return StoreError(f"the index failed: {str(error).splitlines()[0]}")
