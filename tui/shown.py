"""Which runs charts and Compare show, and how charts name them."""

from __future__ import annotations

from dataclasses import dataclass

from labtop.store.model import Aggregate, Run, Status

FIRST_RUNS = 8
"""So many runs are shown while none is marked."""

MAY_GROW = (Status.RUNNING, Status.STALE)
"""In these states more may come of a run, and time alone may change them."""


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run as charts name it."""

    number: int
    name: str
    estimated: bool = False  # its log has no clock
    may_grow: bool = True  # more may come of it

    @classmethod
    def of(cls, run: Run) -> ShownRun:
        """A run of the table."""
        return cls(run.number, run.name, run.estimated, run.status in MAY_GROW)


@dataclass(frozen=True, slots=True)
class Shown:
    """The runs that charts and Compare show: the marked ones, else some of the table, which has `total`.

    The baseline is among them. `hidden` ones are in legends only. Groups are made of those that are `listed`: the
    marked ones, else all of the table. `where` is the filter that the table has,
    `aggregate` what its columns of metrics show of a run.
    """

    runs: tuple[ShownRun, ...] = ()
    marked: bool = False
    total: int = 0
    baseline: int | None = None
    hidden: frozenset[int] = frozenset()
    listed: tuple[int, ...] = ()
    where: str = ""
    aggregate: Aggregate = "last"

    @property
    def numbers(self) -> tuple[int, ...]:
        """The runs' numbers, in order."""
        return tuple(run.number for run in self.runs)

    def __str__(self) -> str:
        count = len(self.runs)
        if self.marked:
            return f"{len(self.listed)} marked"
        return f"{count} of {self.total} runs" if count < self.total else ""
