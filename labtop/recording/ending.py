"""The end of the process ends its runs: by exception, exit status or signal. What the user has set is left in place."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable

from labtop.recording.outcome import Outcome, outcome_of, outcome_of_exit, outcome_of_signal, trace_of
from labtop.recording.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any, Final, NoReturn

_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU)
_watched: Final[list[Run]] = []
_UNTOLD: Final = Outcome(exit_code=0)
_UNSEEN: Final = Outcome("ended", error="raise SystemExit does not tell the exit status: sys.exit(status) does")
_outcome = _UNTOLD
_main: FrameType | None = None
_handled: Final[set[int]] = set()


def watch(run: Run) -> None:
    """End the run with the process."""
    _watched[:] = [each for each in _watched if each.is_open] + [run]
    if not _is_installed():
        _install()
    _handle_signals()


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


def _is_installed() -> bool:
    return getattr(sys.exit, "labtop", False) or getattr(sys.excepthook, "labtop", False)


def _at_exit() -> None:
    outcome = _UNSEEN if _outcome is _UNTOLD and _was_left() else _outcome
    for run in reversed(_watched):
        run.end(outcome)


def _main_module() -> FrameType | None:
    """The frame of the script, where this is called from it."""
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
        global _outcome
        try:
            if hasattr(sys, "ps1") or any(not run.is_own for run in _watched):
                _tell(error, "an error")
            else:
                _outcome = outcome_of(error)
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
        global _outcome
        if threading.current_thread() is threading.main_thread():
            _outcome = outcome_of_exit(status)
        previous(status)

    exit.labtop = True  # type: ignore[attr-defined]
    exit.__doc__ = previous.__doc__
    return exit


def _tell(error: BaseException, what: str) -> None:
    for run in _watched:
        if run.is_open:
            run.text(f"{what}: {trace_of(error)}", level="error")


def _handle_signals() -> None:
    """Where the system would end the process without a word, write the last line first; a handler that the user has,
    and what is ignored, is left alone."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in _SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _on_signal)
            _handled.add(number)


def _on_signal(number: int, frame: FrameType | None) -> None:
    for run in reversed(_watched):
        run.end(outcome_of_signal(number), patiently=False)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _after_fork() -> None:
    """A child ends as if nobody watched it."""
    for number in _handled:
        if signal.getsignal(number) is _on_signal:
            signal.signal(number, signal.SIG_DFL)
    _handled.clear()
