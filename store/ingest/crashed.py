"""Crashed: runs of this host whose process is gone without a word."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import duckdb

_OPEN = """
select s.run, s.file, i.id, s.pid, s.pid_started from shares s join identities i on i.run = s.run
where s.pid is not null and s.end_status is null and not s.crashed and s.host = ?
"""
_MARK = "update shares set crashed = true where run = ? and file = ?"
_DEAD = ("Z", "X", "x")  # ended, and its parent has not asked yet
_SLACK_S = 5.0  # how far a logged start may lie from the system's: clocks are adjusted


def mark_crashed(cursor: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    """Mark the shares whose process no longer runs; their (file, run id)."""
    gone = []
    for run, file, run_id, pid, started in cursor.execute(_OPEN, [socket.gethostname()]).fetchall():
        if not _runs(pid, started):
            cursor.execute(_MARK, [run, file])
            gone.append((file, run_id))
    return gone


def _runs(pid: int, started: float | None) -> bool:
    """Whether the process runs, and is the one that started then (the number may have been given anew)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    state, actual = _process(pid)
    if state in _DEAD:
        return False
    return actual is None or started is None or abs(actual - started) <= _SLACK_S


def _process(pid: int) -> tuple[str | None, float | None]:
    """The state of a process and when it started, in seconds since the epoch; None where /proc does not say (Linux
    alone has it)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime"))
        return fields[0], float(boot.split()[1]) + float(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, StopIteration, IndexError, ValueError):
        return None, None
