"""What became of the files, and how ingest and index stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

WatchMode = Literal["events", "poll"]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line of the file at `path` that could not be read. `line` counts from 1, `offset` is its first byte."""

    path: str
    line: int
    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A file that was looked at. `path` is below the root; `kind` is what it was taken for.

    `runs` counts the runs in it, `run` is the id of the only one. `events` counts the lines that gave anything,
    `skipped` those that hold nothing to read and are no error, `rejected` those that could not be read.
    """

    path: str
    kind: str
    runs: int
    run: str | None
    lines: int
    events: int
    skipped: int
    rejected: int
    first_rejected: tuple[Rejected, ...]

    @property
    def is_log(self) -> bool:
        """Whether its lines are read."""
        return self.kind not in ("config", "settings", "none", "undecided", "unreadable")


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of the file at `path` that is no error, in one line."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """The index in use: its file, None when it is in memory; the bytes that it takes there; its schema's version."""

    path: str | None
    bytes: int
    schema: str


@dataclass(frozen=True, slots=True)
class Activity:
    """How ingest stands. `revision` grows with every commit that changed an answer.

    `lag_s` is the time from the last append that was noticed to its commit, `lines_per_s` over the last seconds,
    `backlog` the bytes still to read of the first pass. `others` counts the files that could be logs and, so far, are
    none. `notice` is what the user should know, one line, or None.
    """

    revision: int = 0
    files: int = 0
    others: int = 0
    lines: int = 0
    rejected: int = 0
    lines_per_s: float = 0.0
    lag_s: float | None = None
    backlog: int = 0
    watch: WatchMode = "poll"
    complete: bool = False  # the whole tree was walked and read once
    notices: tuple[str, ...] = field(default=())
