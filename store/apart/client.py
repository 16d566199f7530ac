"""StoreApart: a store in another process, asked as if it were in this one."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

from labtop.store.apart.channel import Channel
from labtop.store.apart.process import Process
from labtop.store.model import (
    Activity,
    Annotation,
    AtQuery,
    BandQuery,
    Bands,
    Column,
    Comparison,
    Completion,
    Curves,
    Group,
    Histogram,
    HistogramQuery,
    Noted,
    Outline,
    Run,
    RunDetail,
    RunTable,
    Scatter,
    ScatterQuery,
    SeriesQuery,
    Standing,
    StandingQuery,
    Status,
    StoreError,
    TableQuery,
)

_PATIENCE_S: Final = 10.0  # for a process that was told to end


class StoreApart:
    """What `Store` answers, see there, from the store of `root` that a process holds; it ends with `close`."""

    def __init__(self, root: Path, process: Process) -> None:
        self._root = root
        self._pid = process.pid
        self._channel = Channel(process.end)
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._asked: dict[int, Future[Any]] = {}
        self._opened: Future[Activity] = Future()
        self._ended: StoreError | None = None
        self._closing = False
        self._fault = ""
        self._on_change: Callable[[Activity], None] = lambda _: None
        self._activity = Activity()
        self._thread = threading.Thread(target=self._receive, name="labtop-receive", daemon=True)
        self._thread.start()

    def opened(self) -> Self:
        """Wait for the index. Raises what `Store.open` raises."""
        self._opened.result()
        return self

    def close(self) -> None:
        """End the process, once it has let go of the index."""
        self._closing = True
        self._channel.end()
        self._thread.join(_PATIENCE_S)
        if self._thread.is_alive():
            os.kill(self._pid, signal.SIGKILL)
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def root(self) -> Path:
        """The watched directory, or the file."""
        return self._root

    @property
    def activity(self) -> Activity:
        """How ingest stands, as was told last."""
        return self._activity

    def start(self, on_change: Callable[[Activity], None]) -> None:
        """Watch and ingest; `on_change` is called in a thread, about ten times a second at most."""
        self._on_change = on_change
        self._tell("start")

    def shown(self) -> None:
        """What was told last is on the screen."""
        self._tell("shown")

    def outline(self) -> Outline:
        """Metrics and varying params over all runs."""
        return cast(Outline, self._ask("outline"))

    def table(self, query: TableQuery) -> RunTable:
        """The runs table."""
        return cast(RunTable, self._ask("table", query))

    def growing(self) -> dict[int, Status]:
        """The states of those runs of which more may come, by number."""
        return cast("dict[int, Status]", self._ask("growing"))

    def named(self, ids: Sequence[str]) -> tuple[Run, ...]:
        """The runs with these ids that are there."""
        return cast("tuple[Run, ...]", self._ask("named", ids))

    def standing(self, query: StandingQuery) -> dict[int, Standing]:
        """How runs stand beside those before them, and what they repeat."""
        return cast("dict[int, Standing]", self._ask("standing", query))

    def columns(self) -> tuple[Column, ...]:
        """Every metric, param, attribute and tag that a column can show."""
        return cast("tuple[Column, ...]", self._ask("columns"))

    def completions(self, text: str, cursor: int) -> tuple[Completion, ...]:
        """What may stand in a filter at the cursor."""
        return cast("tuple[Completion, ...]", self._ask("completions", text, cursor))

    def tags(self) -> tuple[str, ...]:
        """The tags that runs have, the most frequent first."""
        return cast("tuple[str, ...]", self._ask("tags"))

    def annotate(self, annotations: Sequence[Annotation]) -> Noted:
        """Append what a person says of runs."""
        return cast(Noted, self._ask("annotate", annotations))

    def detail(self, run: int) -> RunDetail:
        """Everything known of one run."""
        return cast(RunDetail, self._ask("detail", run))

    def details(self, runs: Sequence[int] | None = None) -> tuple[RunDetail, ...]:
        """`detail` of several runs, without their events."""
        return cast("tuple[RunDetail, ...]", self._ask("details", runs))

    def several_curves(self, queries: Sequence[SeriesQuery]) -> tuple[Curves, ...]:
        """For each query the curves of its metric."""
        return cast("tuple[Curves, ...]", self._ask("several_curves", queries))

    def values_at(self, query: AtQuery) -> tuple[tuple[float | None, ...], ...]:
        """The logged values at one x, for each metric and run."""
        return cast("tuple[tuple[float | None, ...], ...]", self._ask("values_at", query))

    def several_bands(self, queries: Sequence[BandQuery]) -> tuple[Bands, ...]:
        """For each query the bands of its groups."""
        return cast("tuple[Bands, ...]", self._ask("several_bands", queries))

    def compare(self, runs: Sequence[int]) -> Comparison:
        """Runs side by side."""
        return cast(Comparison, self._ask("compare", runs))

    def groups(self, key: Column, runs: tuple[int, ...]) -> tuple[Group, ...]:
        """Runs by what they have in common."""
        return cast("tuple[Group, ...]", self._ask("groups", key, runs))

    def scatter(self, query: ScatterQuery) -> Scatter:
        """A metric against a param or another metric, a point a run."""
        return cast(Scatter, self._ask("scatter", query))

    def histogram(self, query: HistogramQuery) -> Histogram:
        """How a metric is distributed over runs."""
        return cast(Histogram, self._ask("histogram", query))

    def sparklines(self, runs: tuple[int, ...], metric: str, cells: int) -> dict[int, tuple[float, ...]]:
        """The course of a metric in few values a run."""
        return cast("dict[int, tuple[float, ...]]", self._ask("sparklines", runs, metric, cells))

    def _ask(self, question: str, *arguments: object) -> object:
        """Send a question and wait for its answer. Raises StoreError also where the process is gone."""
        number, answer = next(self._numbers), Future[Any]()
        with self._lock:
            if self._ended is not None:
                raise self._ended
            self._asked[number] = answer
        self._send(number, question, arguments)
        return answer.result()

    def _tell(self, what: str) -> None:
        self._send(0, what, ())

    def _send(self, number: int, question: str, arguments: tuple[object, ...]) -> None:
        with contextlib.suppress(OSError):  # the thread that receives learns of it too, and tells everybody
            self._channel.send((number, question, arguments))

    def _receive(self) -> None:
        """In the thread: hand out what comes, until nothing more can come."""
        try:
            while True:
                number, found = self._channel.receive()
                if number:
                    _settle(self._asked.pop(number), found)
                elif not self._opened.done():
                    self._activity = self._activity if isinstance(found, Exception) else found
                    _settle(self._opened, found)
                elif isinstance(found, Exception):
                    self._fault = f" ({found})"
                else:
                    self._activity = found
                    self._on_change(found)
        except EOFError:
            pass
        finally:
            self._end()

    def _end(self) -> None:
        """The process is gone: nobody shall wait for its answers any longer, and the screen tells why."""
        self._channel.end()
        why = _why(self._pid)  # which takes no time, unless the process lives and is to end now
        why = self._fault or why
        then = ": quit with q and open labtop again" if self._opened.done() else ""
        error = StoreError(f"the process that reads has ended{why}{then}")
        with self._lock:
            self._ended = error
            asked, self._asked = self._asked, {}
        if not self._opened.done():
            self._opened.set_exception(error)
        for answer in asked.values():
            answer.set_exception(error)
        if not self._closing:
            notices = (*self._activity.notices, str(error))
            self._activity = replace(self._activity, lines_per_s=0.0, lag_s=None, notices=notices)
            self._on_change(self._activity)
        self._channel.close()


def _settle(answer: Future[Any], found: object) -> None:
    if isinstance(found, Exception):
        answer.set_exception(found)
    else:
        answer.set_result(found)


def _why(pid: int) -> str:
    """How a process ended that was not asked to; the kernel kills the largest one where memory runs out."""
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:  # nobody is told of children where SIGCHLD is ignored
        return ""
    if not os.WIFSIGNALED(status):
        return ""
    number = os.WTERMSIG(status)
    return f" ({signal.strsignal(number)}{', perhaps for want of memory' if number == signal.SIGKILL else ''})"
