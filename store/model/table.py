"""The runs table: what can be asked, and its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, get_args

from labtop.store.model.lines import Lines
from labtop.store.model.values import Goal, Json

Aggregate = Literal["last", "min", "max", "best", "mean", "first", "count"]
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)


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
    progress, eta, steps_per_s, attempts, group, tags, notes, error, hypothesis, verdict, host, hidden; or what its log
    said of it: exit_code, user, `git.commit`, `git.branch`, `record`. 'tag' is true for runs that
    have the tag; where `key` is an attribute, as of tags with values, it is that.
    """

    kind: Literal["run", "metric", "param", "attribute", "tag"]
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

    `where` is a filter of the filter language; runs that a person has hidden are left out unless it speaks of `hidden`.
    `groups`: params, attributes, Column("run", "group") or Column("run", "config") by which runs are put together, each
    group a line, with its runs below it where its id is in `unfolded`. The answer holds the rows of `limit` lines from
    line `first` on, or the last ones. `also` are runs that are wanted wherever they stand, by number, `curved` metrics:
    the first runs with a curve of one of them are wanted. Of those columns that are `filled` the cells of runs are
    wanted, of the others they are None; without it of all.
    """

    columns: tuple[Column, ...] = ()
    sort: tuple[SortKey, ...] = ()
    where: str = ""
    groups: tuple[Column, ...] = ()
    unfolded: frozenset[str] = frozenset()
    first: int = 0
    limit: int | None = None
    also: tuple[int, ...] = ()
    curved: tuple[str, ...] = ()
    filled: tuple[Column, ...] | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A row of the runs table: what is true of the run as a whole.

    `number` is the order of first appearance, from 0, and never changes. Times are seconds since the epoch,
    `estimated` when the log has no clock. `progress` is 0 to 1 where it is known, `eta_s` the seconds left.
    `notes` are all that were taken, a line each, `verdict` is that of the last decision, `hidden` says that a person
    does not want to see it. `cells` are the values of the query's columns, in its order.
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
    hypothesis: str | None = None
    verdict: str | None = None
    host: str | None = None
    hidden: bool = False
    cells: tuple[Json, ...] = ()

    @property
    def duration_s(self) -> float | None:
        """Seconds from the first to the last line."""
        return None if self.started is None or self.updated is None else self.updated - self.started


@dataclass(frozen=True, slots=True)
class Summary:
    """A metric over the runs of a group that have it: `count` of them. All but `count` are over finite values.

    `std` is the sample standard deviation, None of one run; `best` None without a goal. `lost` counts runs whose value
    is NaN or infinite.
    """

    count: int
    mean: float | None
    std: float | None
    min: float | None
    max: float | None
    best: float | None
    lost: int = 0


@dataclass(frozen=True, slots=True)
class RunGroup:
    """A row of the table that stands for several runs. `id` names it, and stays while the data change.

    `labels` are what its runs have in common, one for each of the query's groups, `runs` their numbers in the order of
    the table; `running` of them go on, `failed` did not end well (failed, crashed, killed). `cells`: of a metric a
    Summary, None where no run has it; of other columns the value that all runs share, else None.
    """

    id: str
    labels: tuple[str, ...]
    runs: tuple[int, ...]
    running: int
    unfolded: bool
    cells: tuple[Summary | Json, ...] = ()
    failed: int = 0


@dataclass(frozen=True, slots=True)
class RunTable:
    """The answer to a TableQuery: the rows of a window of its `lines`, from line `first` on.

    `listed` are all runs that passed, in order, those of folded groups too: without groups the same as `lines`.
    `total` counts all runs but hidden ones, `running` those of them that go on, `hidden` the others, `matched` the runs
    that passed the filter, `matched_running` those of them that go on. `best` holds for
    each column the best value among the matched runs, by the metric's goal; None without a goal, and where no two
    values differ. `numeric` tells of each column whether most of its values are numbers. `progress`: of some
    run that goes on it is known how far it is. `leading` are the first runs with a curve, `also` they and
    those that the query wants anyway. While `outline` is the same number, so is what `Outline` says. `whole`: runs have
    the cells of all columns, not of `filled` ones alone.
    """

    columns: tuple[Column, ...]
    rows: tuple[Run | RunGroup, ...]
    total: int
    matched: int
    running: int
    best: tuple[float | None, ...]
    goals: tuple[Goal | None, ...]
    lines: Lines = field(default_factory=Lines)
    listed: Lines = field(default_factory=Lines)
    first: int = 0
    hidden: int = 0
    numeric: tuple[bool, ...] = ()
    progress: bool = False
    also: tuple[Run, ...] = ()
    leading: tuple[int, ...] = ()
    outline: int = 0
    whole: bool = True
    matched_running: int = 0

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs among `rows`."""
        return tuple(row for row in self.rows if isinstance(row, Run))
