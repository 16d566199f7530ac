"""Batch: what reading a stretch of one file gave, in columns, ready for the index."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats, Json
from labtop.store.read.axis import Axis
from labtop.store.read.share import Share

_NAN = array("d", (math.nan,)).tobytes()


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


@dataclass(frozen=True, slots=True)
class Table:
    """Points of consecutive lines that all have the same metrics, each once: `value` has a row a metric and a column a
    line, the first of which is line `first` of the rows."""

    first: int
    metric: tuple[int, ...]
    value: Floats


@dataclass(frozen=True, slots=True)
class Scattered:
    """Points of lines that differ: which line of the rows (`at`, an index), which metric, which value."""

    at: NDArray[np.uint32]
    metric: NDArray[np.int32]
    value: Floats


@dataclass(slots=True)
class Rows:
    """The points of one run. Columns of lines: number, step, time, elapsed, attempt, pass. Times are NaN where the line
    had no clock. `blocks` hold the points in the order of lines; `at`, `metric`, `value` are those of the last one, of
    lines that were read one by one."""

    number: array[int] = field(default_factory=lambda: array("I"))
    step: array[float] = field(default_factory=lambda: array("d"))
    time: array[float] = field(default_factory=lambda: array("d"))
    elapsed: array[float] = field(default_factory=lambda: array("d"))
    attempt: array[int] = field(default_factory=lambda: array("H"))
    pass_: array[int] = field(default_factory=lambda: array("H"))
    at: array[int] = field(default_factory=lambda: array("I"))
    metric: array[int] = field(default_factory=lambda: array("i"))
    value: array[float] = field(default_factory=lambda: array("d"))
    blocks: list[Table | Scattered] = field(default_factory=list)

    def add_table(self, metric: tuple[int, ...], value: Floats) -> None:
        """Values of the lines that are added next: a row a metric and a column a line."""
        self.seal()
        self.blocks.append(Table(len(self.step), metric, value))

    def add_lines(self, number: Sequence[int], step: bytes, time: bytes, elapsed: bytes, axis: Axis) -> None:
        """Lines that are all of the attempt and the pass in which the axis is: columns of float64, empty where the
        lines have none."""
        lines = len(number)
        self.number.extend(number)
        self.step.frombytes(step)
        self.time.frombytes(time or _NAN * lines)
        self.elapsed.frombytes(elapsed or _NAN * lines)
        self.attempt.extend(array("H", (axis.attempt,)) * lines)
        self.pass_.extend(array("H", (axis.pass_,)) * lines)

    def seal(self) -> None:
        """Close the last block."""
        if self.value:
            at, metric = np.array(self.at, np.uint32), np.array(self.metric, np.int32)
            self.blocks.append(Scattered(at, metric, np.array(self.value, np.float64)))
            del self.at[:], self.metric[:], self.value[:]


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

    def rows_of(self, run: str) -> Rows:
        """The points of a run."""
        rows = self.rows.get(run)
        if rows is None:
            rows = self.rows[run] = Rows()
        return rows

    def sealed(self) -> Batch:
        """The same, whole."""
        for rows in self.rows.values():
            rows.seal()
        return self
