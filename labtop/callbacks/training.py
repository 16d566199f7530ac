"""The run that a callback logs to: the active one, or one that it begins and ends with the training."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final

import labtop
from labtop.recording.outcome import outcome_of

TRIAL: Final[ContextVar[labtop.Run | None]] = ContextVar("labtop_trial", default=None)
"""The run of the trial that this thread works on, where trials run side by side."""

_LEFT: Final = "the training was left before its end"
_unfinished: Final[list[Training]] = []
_beginning = threading.RLock()  # until a run stands among the unfinished it looks like one that the user began


class Training:
    """One training after the other of one callback.

    Most frameworks tell a callback nothing when the training raises an error. An error that ends the process ends the
    run, as it ends every run. One that is caught is noticed when the next training of the same `kind` begins in the
    same thread, when the cell of a notebook ends, or the process: the run failed unless `is_over` says otherwise, or
    the framework is one that `tells_errors`.
    """

    def __init__(
        self, kind: str, root: str | os.PathLike[str] | None = None, *, tells_errors: bool = False, **options: Any
    ) -> None:
        """`root` and `options` are those of `labtop.init`, for a run that is begun here."""
        self.run: labtop.Run | None = None
        self.is_over: Callable[[], bool] = lambda: False
        self._tells_errors = tells_errors
        self._kind = kind
        self._root = root
        self._options = options
        self._thread = 0
        self._is_own = False

    @property
    def is_running(self) -> bool:
        """Whether there is a run to log to."""
        return self.run is not None and self.run.is_open

    def begin(self, params: Mapping[str, Any], total_steps: float | None = None, **known: Any) -> labtop.Run:
        """Take up the active run, or begin one.

        An active run is told those params that it does not have yet. `known` are further arguments of `labtop.init`,
        which the user's options go before.
        """
        options = {"total_steps": total_steps, **known, **self._options}
        given = {**params, **dict(options.pop("params", None) or {})}
        self._thread = threading.get_ident()
        with _beginning:
            for other in [each for each in _unfinished if (each._kind, each._thread) == (self._kind, self._thread)]:
                other.leave()
            run = active_run()
            self._is_own = run is None
            if run is None:
                self.run = labtop.init(self._root, params=given, **options)
                self._watch()
                return self.run
        run.params.update({name: value for name, value in given.items() if name not in run.params})
        if total_steps is not None:
            run.describe(total_steps=total_steps)
        self.run = run
        return run

    def log(self, metrics: Mapping[str, Any], step: float | None = None) -> None:
        """Log to the run; where it is ended, as before an evaluation that follows the training, for this line alone."""
        if self.run is None:
            return
        if self.run.is_open or not self._is_own:
            self.run.log(metrics, step)
            return
        with self.resume() as run:
            run.log(metrics, step)

    def resume(self) -> labtop.Run:
        """Take up the run again that was begun here and is ended."""
        assert self.run is not None
        self.run = labtop.init(self.run.root, id=self.run.id, capture=False, heartbeat_s=0, hooks=False)
        return self.run

    def finish(self, error: BaseException | None = None) -> None:
        """The training is over, or failed: end the run if it was begun here."""
        self._unwatch()
        if self.run is None or not self._is_own:
            return
        if error is None:
            self.run.finish()
        else:
            self.run.end(outcome_of(error))

    def leave(self, error: BaseException | None = None) -> None:
        """Something else begins. What did not come to its end failed."""
        if error is not None or self._tells_errors or self.is_over():
            self.finish(error)
        elif self.run is not None:
            self._unwatch()
            self.run.finish("failed", error=_LEFT)

    def _watch(self) -> None:
        _unfinished.append(self)
        atexit.register(self._at_exit)
        if (shell := _notebook()) is not None:
            shell.events.register("post_run_cell", self._after_cell)

    def _unwatch(self) -> None:
        if self not in _unfinished:
            return
        _unfinished.remove(self)
        atexit.unregister(self._at_exit)
        if (shell := _notebook()) is not None:
            shell.events.unregister("post_run_cell", self._after_cell)

    def _at_exit(self) -> None:
        is_prompt = hasattr(sys, "ps1")  # where errors end nothing
        if is_prompt or getattr(sys, "last_value", None) is None:  # else the run ends by that, as the process does
            self.leave()

    def _after_cell(self, result: Any) -> None:
        """A notebook goes on when a cell failed: the training does not."""
        self.leave(result.error_before_exec or result.error_in_exec)


def active_run() -> labtop.Run | None:
    """The run that the user began, or the trial's. That of another training is none to log to: it may be over, or
    be one that this training is a part of."""
    for each in [each for each in _unfinished if each.is_over()]:
        each.finish()
    run = TRIAL.get() or labtop.active_run()
    return None if any(each.run is run for each in _unfinished) else run


def _notebook() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
