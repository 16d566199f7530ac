"""What the store answers with: frozen values that can cross threads. No database, no screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

JsonScalar = str | float | int | bool | None
Json = JsonScalar | list["Json"] | dict[str, "Json"]
Goal = Literal["min", "max"]
Aggregate = Literal["last", "min", "max", "best", "mean", "first", "count"]
XAxis = Literal["step", "relative", "wall"]
WatchMode = Literal["events", "poll"]
Floats = NDArray[np.float64]


class Status(StrEnum):
    """State of a run; see the event format for what makes each."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    KILLED = "killed"
    CRASHED = "crashed"
    STALE = "stale"
    ENDED = "ended"


class StoreError(Exception):
    """Something the user can mend; its text is one line that says what is wrong and what to do."""


class NotThere(StoreError):
    """A run, metric or directory that is not there."""


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a run. `value` is what the log said, `source` is run, line, header, config, constant or name."""

    value: Json
    source: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of one run. Steps are on the run's own axis; mean, min, max and best are over finite values."""

    count: int
    nan: int
    first: float | None
    last: float | None
    step: float | None
    mean: float | None
    min: float | None
    min_step: float | None
    max: float | None
    max_step: float | None
    goal: Goal | None

    @property
    def best(self) -> float | None:
        """The smallest or largest value as the goal says; None without a goal."""
        return {"min": self.min, "max": self.max, None: None}[self.goal]

    @property
    def best_step(self) -> float | None:
        """The step of the first time `best` was reached."""
        return {"min": self.min_step, "max": self.max_step, None: None}[self.goal]


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


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """A metric over all runs: in how many it is, and whether it varies within any of them."""

    name: str
    goal: Goal | None
    unit: str | None
    runs: int
    varies: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """What a directory holds, from which the screen picks its first columns.

    `metrics` most frequent first; `varying_params` those that differ between runs, the most telling first.
    """

    runs: int
    metrics: tuple[MetricInfo, ...]
    varying_params: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that a run produced."""

    name: str
    path: str | None
    kind: str | None
    size: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a run that is no metric: log, note, tag, decision, alert, artifact, end."""

    time: float | None
    event: str
    text: str
    data: Mapping[str, Json]


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
        """Whether values are read from it."""
        return self.kind not in ("config", "none", "undecided")


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """The index in use: its file, None when it is in memory; the bytes that it takes there; its schema's version."""

    path: str | None
    bytes: int
    schema: str


@dataclass(frozen=True, slots=True)
class RunDetail:
    """All that is known of one run. Parts that no log gave are empty or None."""

    run: Run
    params: Mapping[str, Param]
    attributes: Mapping[str, Json]
    metrics: Mapping[str, Metric]
    code: Mapping[str, Json] | None
    data: tuple[Mapping[str, Json], ...] | None
    env: Mapping[str, Json] | None
    hardware: Mapping[str, Json] | None
    command: tuple[str, ...] | None
    user: str | None
    host: str | None
    pid: int | None
    seed: Json
    hypothesis: str | None
    exit_code: int | None
    traceback: str | None
    artifacts: tuple[Artifact, ...]
    events: tuple[Event, ...]
    files: tuple[str, ...]
    missing: tuple[str, ...]  # of params, code, data, environment, seed, owner
    rejected: int = 0  # lines of its files that could not be read
    first_rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one run, ready to draw: arrays of the same length, in x order within each attempt.

    Where the run has more points than asked for, each bucket keeps its first, smallest, largest and last point;
    every point is one that was logged. `attempt` numbers the segments. `value` may be NaN or infinite.
    """

    run: int
    x: Floats
    value: Floats
    attempt: NDArray[np.int32]
    points: int  # logged points in the window, before bucketing

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """Which curves: `runs` by number, one metric, over `window` of x (None: all), in at most `buckets` buckets."""

    runs: tuple[int, ...]
    metric: str
    x: XAxis = "step"
    window: tuple[float, float] | None = None
    buckets: int = 200


@dataclass(frozen=True, slots=True)
class NewsQuery:
    """Whose new lines: of the runs with these ids, with any of these metrics; of all where none are named."""

    runs: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A line of a log. `run` is the id of its run; `time` is in seconds since the epoch, a guess without a clock."""

    run: str
    step: float | None
    time: float | None
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a file was read when it was asked about, and the last line that was given: its number, what it said."""

    lines: int
    position: int
    inode: int
    last_line: int = 0
    last_values: frozenset[tuple[str, str]] = frozenset()


Place = Mapping[str, Seen]
"""How far each file was read, by path: what was given is not given again."""


@dataclass(frozen=True, slots=True)
class News:
    """Lines, the oldest first, and the place after them."""

    lines: tuple[Written, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class CompareRow:
    """A key and its value in each compared run. MISSING marks a run that lacks it."""

    key: str
    values: tuple[object, ...]
    differs: bool
    types_differ: bool = False
    from_name: bool = False


class Missing:
    """The value of a run that lacks a key, unlike null."""

    def __repr__(self) -> str:
        return "missing"


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side, in the order asked for. `metrics` rows hold Metric values or MISSING."""

    runs: tuple[Run, ...]
    params: tuple[CompareRow, ...]
    code: tuple[CompareRow, ...]
    data: tuple[CompareRow, ...]
    env: tuple[CompareRow, ...]
    metrics: tuple[CompareRow, ...]


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
