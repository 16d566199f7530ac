"""Store: one watched directory, its ingest and its answers. This is the only door for screens and commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from labtop.store.model import (
    Activity,
    Comparison,
    Outline,
    RunDetail,
    RunTable,
    Series,
    SeriesQuery,
    TableQuery,
)


class Store:
    """Answers about one watched directory (or one log file).

        with Store.open(Path("runs")) as store:
            store.catch_up()
            for run in store.table(TableQuery()).rows: ...

    Every answer takes a cursor of its own and may be asked from any thread, while ingest goes on.
    Raises `StoreError` (one line, what to do) when the directory cannot be watched at all.
    """

    @classmethod
    def open(cls, root: Path, *, index: Path | None = None, poll: bool = False) -> Self:
        """Open the index of `root`; what it already holds can be asked for at once."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop ingest and let go of the index."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def catch_up(self) -> None:
        """Read all that is new, in this thread, and return when done."""
        raise NotImplementedError

    def start(self, on_change: Callable[[Activity], None]) -> None:
        """Watch and ingest in a thread of its own; `on_change` is called there, at most ten times a second."""
        raise NotImplementedError

    @property
    def root(self) -> Path:
        """The watched directory, or the file."""
        raise NotImplementedError

    @property
    def activity(self) -> Activity:
        """How ingest stands now."""
        raise NotImplementedError

    def outline(self) -> Outline:
        """What there is: metrics and varying params over all runs."""
        raise NotImplementedError

    def table(self, query: TableQuery) -> RunTable:
        """The runs table."""
        raise NotImplementedError

    def find(self, text: str) -> int:
        """The number of the run named by display name, id, unique part of either, `@1`, `@best:METRIC`.

        Raises `NotThere`, naming the nearest, when none or several fit.
        """
        raise NotImplementedError

    def detail(self, run: int) -> RunDetail:
        """Everything known of one run. Raises `NotThere`."""
        raise NotImplementedError

    def details(self, runs: Sequence[int] | None = None) -> tuple[RunDetail, ...]:
        """`detail` of several runs, or of all, in few queries; without their events."""
        raise NotImplementedError

    def series(self, query: SeriesQuery) -> tuple[Series, ...]:
        """The curves of one metric, in the order of the query's runs; runs without the metric give empty series."""
        raise NotImplementedError

    def compare(self, runs: Sequence[int]) -> Comparison:
        """Runs side by side, in this order."""
        raise NotImplementedError
