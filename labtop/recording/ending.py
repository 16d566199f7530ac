"""The end of the process ends its runs: by exception, exit status or signal. What the user has set is left in place."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from labtop.recording.outcome import Outcome, outcome_of, outcome_of_exit, outcome_of_signal, trace_of
from labtop.recording.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any, Final, NoReturn

_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU)
_UNSEEN: Final = Outcome("ended", error="raise SystemExit does not tell the exit status: sys.exit(status) does")
_watched: Final[list[Run]] = []
_handled: Final[set[int]] = set()
_seen: Outcome | None = None  # what ended the process, as a hook saw it
_exit: Outcome | None = None  # as `sys.exit` saw it, which somebody may have caught
_main: FrameType | None = None
_worker = 0  # the process of multiprocessing that is watched


def watch(run: Run) -> None:
    """End the run with the process."""
    _watched[:] = [each for each in _watched if each.is_open] + [run]
    if not _is_installed():
        _install()
    _handle_signals()
    _watch_worker()


def watch_worker(run: Run) -> None:
    """In a process of multiprocessing: say of the run that it shares with its parent what went wrong here."""
    _watched.append(run)
    _watch_worker()


def _install() -> None:
    global _main
    # Loads what it needs while nothing is wrong: Python forgets that ctrl+c ended it when a hook loads modules then.
    try:
        raise InterruptedError
    except InterruptedError as error:
        trace_of(error)
    _main = _main_module()
    atexit.register(_at_exit)
    sys.excepthook = _seeing(sys.excepthook)
    threading.excepthook = _seeing_threads(threading.excepthook)
    sys.exit = _exiting(sys.exit)
    os.register_at_fork(after_in_child=_after_fork)
    _watch_cells()


def _is_installed() -> bool:
    return getattr(sys.exit, "labtop", False) or getattr(sys.excepthook, "labtop", False)


def _at_exit() -> None:
    outcome = _outcome()
    for run in reversed(_watched):
        # Of several, the one that was worked on last met the error; the others had come to their end.
        run.end(Outcome() if run.is_resting else outcome)


def _outcome() -> Outcome:
    """How the process ends."""
    if _seen is not None:
        return _seen
    if not _was_left():
        return Outcome(exit_code=0) if _main is not None or _exit is None else _exit
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)  # set before any hook is called
    if error is not None:
        return outcome_of(error)
    return _exit or _UNSEEN


def _main_module() -> FrameType | None:
    """The frame of the script, where this is called from it; a cell of a notebook is none."""
    if hasattr(sys, "ps1"):
        return None
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_globals.get("__name__") == "__main__":
            return frame
        frame = frame.f_back
    return None


def _was_left() -> bool:
    """Whether the script did not come to its end: `raise SystemExit(3)` passes by every hook."""
    if _main is None:
        return False
    import opcode

    at = _main.f_code.co_code[_main.f_lasti] if _main.f_lasti >= 0 else None
    return at is not None and not opcode.opname[at].startswith("RETURN")


def _seeing(previous: Callable[..., Any]) -> Callable[..., Any]:
    """An `excepthook` that sees what ends the process, then does what the previous one does."""

    def excepthook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        global _seen
        try:
            if hasattr(sys, "ps1"):
                _tell(error, "an error")
            else:
                _seen = outcome_of(error)
        finally:
            previous(kind, error, traceback)

    excepthook.labtop = True  # type: ignore[attr-defined]
    return excepthook


def _seeing_threads(previous: Callable[..., Any]) -> Callable[..., Any]:
    """A thread that fails does not end the process: what it raised stands in the log."""

    def excepthook(args: Any) -> None:
        try:
            if args.exc_value is not None and args.exc_type is not SystemExit:
                _tell(args.exc_value, f"thread {args.thread.name if args.thread else '?'} ended by an error")
        finally:
            previous(args)

    return excepthook


def _exiting(previous: Callable[..., NoReturn]) -> Callable[..., NoReturn]:
    """`sys.exit` that sees the exit status: nothing else tells it at the end of the process."""

    def exit(status: Any = None, /) -> NoReturn:
        global _exit
        if threading.current_thread() is threading.main_thread():
            _exit = outcome_of_exit(status)
        previous(status)

    exit.labtop = True  # type: ignore[attr-defined]
    exit.__doc__ = previous.__doc__
    return exit


def _tell(error: BaseException, what: str) -> None:
    for run in _watched:
        if run.is_open and not run.is_resting:
            run.text(f"{what}: {trace_of(error)}", level="error")


def _watch_worker(_: object = None) -> None:
    """A process of multiprocessing calls neither hook nor atexit: it ends by what it calls finalizers."""
    global _worker
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if process is None or util is None or _worker == os.getpid() or process.parent_process() is None:
        return
    _worker = os.getpid()
    util.Finalize(None, _worker_ends, exitpriority=0)


def _worker_ends() -> None:
    error = sys.exc_info()[1]  # on its way out: this is called in a `finally`
    for run in reversed(_watched):
        run.end(Outcome() if error is None else outcome_of(error))


def _watch_cells() -> None:
    """Where a notebook's cell fails nothing ends, and no hook is called."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    if shell is None:
        return

    def after(result: Any) -> None:
        if (error := result.error_in_exec) is not None:
            _tell(error, "a cell ended by an error")

    shell.events.register("post_run_cell", after)


def _handle_signals() -> None:
    """Where the system would end the process without a word, write the last line first; a handler that the user has,
    and what is ignored, is left alone."""
    for number in _SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            with suppress(ValueError):  # only the main thread of the main interpreter may
                signal.signal(number, _on_signal)
                _handled.add(number)


def _on_signal(number: int, frame: FrameType | None) -> None:
    try:
        for run in reversed(_watched):
            run.end(outcome_of_signal(number), patience_s=0)
    finally:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def _after_fork() -> None:
    """A child ends as if nobody watched it, but says of the run that it has from its parent what went wrong."""
    global _main
    _main = None
    for number in _handled:
        if signal.getsignal(number) is _on_signal:
            signal.signal(number, signal.SIG_DFL)
    _handled.clear()
    if (util := sys.modules.get("multiprocessing.util")) is not None:
        util.register_after_fork(_after_fork, _watch_worker)  # it has forgotten finalizers when it calls this
