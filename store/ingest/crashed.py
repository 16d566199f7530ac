"""Crashed: runs of this host whose process is gone without a word."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from typing import NamedTuple

import duckdb

from labtop.process_times import state_and_start

_OPEN = """
select s.run, s.file, i.id, s.pid, s.pid_started from shares s join identities i on i.run = s.run
where s.pid is not null and s.end_status is null and not s.crashed and s.host = ?
"""
_MARK = "update shares set crashed = true where run = ? and file = ?"
_DEAD = ("Z", "X", "x")  # ended, and its parent has not asked yet
_SLACK_S = 5.0  # how far a logged start may lie from the system's: clocks are adjusted


class Crashed(NamedTuple):
    """A run whose process no longer runs, and the file that told of it."""

    run: int
    file: int
    id: str


def crashed(cursor: duckdb.DuckDBPyConnection) -> list[Crashed]:
    """The runs whose process no longer runs, and that are not marked yet."""
    open_runs = cursor.execute(_OPEN, [socket.gethostname()]).fetchall()
    return [Crashed(run, file, run_id) for run, file, run_id, pid, started in open_runs if not _runs(pid, started)]


def mark(cursor: duckdb.DuckDBPyConnection, runs: Sequence[Crashed]) -> None:
    """Mark them as crashed."""
    cursor.executemany(_MARK, [[each.run, each.file] for each in runs])


def _runs(pid: int, started: float | None) -> bool:
    """Whether the process runs, and is the one that started then (the number may have been given anew)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    state, actual = state_and_start(pid)
    if state in _DEAD:
        return False
    return actual is None or started is None or abs(actual - started) <= _SLACK_S
