"""Batch: what reading a stretch of one file gave, in columns, ready for the index."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from labtop.store.model import Json
from labtop.store.read.share import Share


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that could not be read; `position` is the byte at which it begins, `line` counts from 1."""

    line: int
    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class SaidParam:
    """A parameter as a line said it."""

    run: str
    line: int
    key: str
    value: Json
    source: str


@dataclass(frozen=True, slots=True)
class SaidEvent:
    """An event that is no metric."""

    run: str
    line: int
    time: float | None
    event: str
    text: str
    data: dict[str, Json]


@dataclass(slots=True)
class Rows:
    """The points of one run. Columns of lines: number, step, time, elapsed, attempt, pass. Columns of points: which
    of these lines (`at`, an index), which metric, which value. Times are NaN where the line had no clock."""

    number: array[int] = field(default_factory=lambda: array("L"))
    step: array[float] = field(default_factory=lambda: array("d"))
    time: array[float] = field(default_factory=lambda: array("d"))
    elapsed: array[float] = field(default_factory=lambda: array("d"))
    attempt: array[int] = field(default_factory=lambda: array("L"))
    pass_: array[int] = field(default_factory=lambda: array("L"))
    at: array[int] = field(default_factory=lambda: array("L"))
    metric: array[int] = field(default_factory=lambda: array("l"))
    value: array[float] = field(default_factory=lambda: array("d"))


@dataclass(slots=True)
class Batch:
    """All that a stretch of a file gave. `rows` and `shares` are by run id; `shares` holds every run touched,
    `rewritten` those of which a resume wrote steps again."""

    lines: int = 0
    events: int = 0
    skipped: int = 0
    rows: dict[str, Rows] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    params: list[SaidParam] = field(default_factory=list)
    said: list[SaidEvent] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    rewritten: set[str] = field(default_factory=set)
