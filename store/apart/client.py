"""StoreApart: a store in another process, asked as if it were in this one."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar, cast

from labtop.store.apart.channel import Channel
from labtop.store.apart.process import Process
from labtop.store.model import Activity, StoreError
from labtop.store.questions import Questions

_PATIENCE_S: Final = 10.0  # for a process that was told to end
Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


def _sent(
    question: Callable[Concatenate[Questions, Parameters], Answer],
) -> Callable[Concatenate[StoreApart, Parameters], Answer]:
    """The question, sent to the process that answers it."""
    name = question.__name__

    def ask(self: StoreApart, /, *arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        return cast(Answer, self._ask(name, arguments, named))

    ask.__name__, ask.__doc__ = name, question.__doc__
    return ask


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

    outline = _sent(Questions.outline)
    table = _sent(Questions.table)
    growing = _sent(Questions.growing)
    named = _sent(Questions.named)
    standing = _sent(Questions.standing)
    columns = _sent(Questions.columns)
    completions = _sent(Questions.completions)
    tags = _sent(Questions.tags)
    annotate = _sent(Questions.annotate)
    models = _sent(Questions.models)
    promote = _sent(Questions.promote)
    rollback = _sent(Questions.rollback)
    detail = _sent(Questions.detail)
    details = _sent(Questions.details)
    several_curves = _sent(Questions.several_curves)
    values_at = _sent(Questions.values_at)
    several_bands = _sent(Questions.several_bands)
    compare = _sent(Questions.compare)
    code_diff = _sent(Questions.code_diff)
    groups = _sent(Questions.groups)
    scatter = _sent(Questions.scatter)
    histogram = _sent(Questions.histogram)
    sparklines = _sent(Questions.sparklines)
    why = _sent(Questions.why)
    parallel = _sent(Questions.parallel)
    better = _sent(Questions.better)

    def _ask(self, question: str, arguments: tuple[object, ...], named: dict[str, Any]) -> object:
        """Send a question and wait for its answer. Raises StoreError also where the process is gone."""
        number, answer = next(self._numbers), Future[Any]()
        with self._lock:
            if self._ended is not None:
                raise self._ended
            self._asked[number] = answer
        self._send(number, question, arguments, named)
        return answer.result()

    def _tell(self, what: str) -> None:
        self._send(0, what, (), {})

    def _send(self, number: int, question: str, arguments: tuple[object, ...], named: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # the thread that receives learns of it too, and tells everybody
            self._channel.send((number, question, arguments, named))

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
