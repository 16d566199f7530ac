"""How a command ended: its exit status as a shell has it, and what the run's last event says."""

from __future__ import annotations

import signal
from typing import Final, NamedTuple

NOT_EXECUTABLE: Final = 126
NOT_FOUND: Final = 127
_BY_SIGNAL: Final = 128
_FROM_OUTSIDE: Final = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGKILL,
    signal.SIGPIPE,
    signal.SIGTERM,
    signal.SIGXCPU,
    signal.SIGALRM,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
"""Somebody ended the command; by any other signal it is the fault of its own."""


class Ending(NamedTuple):
    """The fields of an `end` event."""

    status: str
    exit_code: int
    error: str | None = None
    traceback: str | None = None


def ending(returncode: int, killed_by: int | None, error: str | None = None, traceback: str | None = None) -> Ending:
    """Of a command that ended with this (negative: a signal), after labtop was sent the signal `killed_by`.

    `error` and `traceback` are what its output says.
    """
    status = returncode if returncode >= 0 else _BY_SIGNAL - returncode
    # A shell between labtop and the command tells a signal by its own status.
    number = killed_by or (-returncode if returncode < 0 else status - _BY_SIGNAL)
    if killed_by or number in _FROM_OUTSIDE:
        return Ending("killed", status, signal.Signals(number).name)
    if returncode == 0:
        return Ending("finished", 0)
    if returncode < 0:
        return Ending("failed", status, _name(number), traceback)
    return Ending("failed", status, error or f"exit status {status}", traceback)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # one of the real-time signals
        return f"signal {number}"
