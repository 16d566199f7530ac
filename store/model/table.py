"""The runs table: what can be asked, and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from labtop.store.model.values import Goal, Json

Aggregate = Literal["last", "min", "max", "best", "mean", "first", "count"]


class Status(StrEnum):
    """State of a run; see the event format for what makes each."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    KILLED = "killed"
    CRASHED = "crashed"
    STALE = "stale"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the runs table.

    `kind` 'run' takes a field of `Run`: number, id, name, status, started, updated, duration, step, total_steps,
    progress, eta, steps_per_s, attempts, group, tags, notes, error.
    """

    kind: Literal["run", "metric", "param", "attribute"]
    key: str
    aggregate: Aggregate = "last"


@dataclass(frozen=True, slots=True)
class SortKey:
    """Sort by a column: in both directions numbers before NaN before text before what is missing.

    `status` sorts by what wants attention: running, stale, crashed, failed, killed, ended, finished.
    """

    column: Column
    descending: bool = False


@dataclass(frozen=True, slots=True)
class TableQuery:
    """Which runs, which columns, in which order; without `sort` running runs first, then the newest.

    `contains` is a substring, in any case, of name, id, tags, status, group or of a param as `key=value`.
    """

    columns: tuple[Column, ...] = ()
    sort: tuple[SortKey, ...] = ()
    contains: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A row of the runs table: what is true of the run as a whole.

    `number` is the order of first appearance, from 0, and never changes. Times are seconds since the epoch,
    `estimated` when the log has no clock. `progress` is 0 to 1 where it is known, `eta_s` the seconds left.
    `cells` are the values of the query's columns, in its order.
    """

    number: int
    id: str
    name: str
    status: Status
    started: float | None
    updated: float | None
    estimated: bool
    step: float | None
    total_steps: float | None
    progress: float | None
    eta_s: float | None
    steps_per_s: float | None
    attempts: int
    group: str | None
    tags: tuple[str, ...]
    notes: str | None
    error: str | None
    cells: tuple[Json, ...] = ()

    @property
    def duration_s(self) -> float | None:
        """Seconds from the first to the last line."""
        return None if self.started is None or self.updated is None else self.updated - self.started


@dataclass(frozen=True, slots=True)
class RunTable:
    """The answer to a TableQuery. `total` counts all runs, `matched` those that passed the filter.

    `best` holds for each column the best value among the matched runs, by the metric's goal; None without a goal, and
    where no two values differ.
    """

    columns: tuple[Column, ...]
    rows: tuple[Run, ...]
    total: int
    matched: int
    running: int
    best: tuple[float | None, ...]
    goals: tuple[Goal | None, ...]
