"""Share: what one file says of one run, apart from the points themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labtop.store.model import Floats
from labtop.store.read.axis import Axis

_FEW = 64  # moments that are sooner seen one by one


@dataclass(slots=True)
class Attribute:
    """A text of the lines: its last value, in how many lines, and whether it ever was another one."""

    value: str
    count: int = 1
    changed: bool = False
    is_id: bool = False


@dataclass(slots=True)
class Share:
    """Accumulates while the file is read; the fields are those of the table `shares`, explained in schema.sql."""

    name: str | None = None
    group_name: str | None = None
    parent: str | None = None
    tags: list[str] = field(default_factory=list)
    notes: str | None = None
    hypothesis: str | None = None
    total_steps: float | None = None
    percent: float | None = None
    eta_s: float | None = None
    started: float | None = None
    updated: float | None = None
    estimated: bool = False
    step: float | None = None
    stepped: bool = False
    attempt: int = 0
    resumed: bool = False
    gap_s: float | None = None
    expect_s: float | None = None
    heard: float = 0.0
    grown: bool = False
    end_status: str | None = None
    exit_code: int | None = None
    error: str | None = None
    traceback: str | None = None
    host: str | None = None
    pid: int | None = None
    pid_started: float | None = None
    crashed: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    axis: Axis = field(default_factory=Axis)
    anchor: float | None = None  # what to add to elapsed seconds to get the time
    last_elapsed: float | None = None
    said: dict[str, int] = field(default_factory=dict)  # parameter objects by key: a hash of the last one
    attributes: dict[str, Attribute] = field(default_factory=dict)
    begun: float | None = None  # `started` and `gap_s` of an earlier reading, for lines that no clock places
    silence_s: float | None = None
    declared: int = 0  # metrics that events declared
    left_out: int = 0  # values and texts that are not kept, because there are too many keys

    def again(self, axis: Axis) -> Share:
        """A share for a reading from the start of the file: of a log without a clock, when its lines came is kept."""
        if not self.estimated:
            return Share(axis=axis)
        return Share(axis=axis, begun=self.started, silence_s=self.gap_s)

    def heard_of(self) -> None:
        """A line with values: whatever ended the run before, it goes on."""
        if self.end_status is not None or self.crashed:
            self.wake()

    def seen(self, moment: float) -> None:
        """The run had a line at this moment."""
        updated = self.updated
        if updated is None or moment > updated:
            if updated is not None and moment - updated > (self.gap_s or 0.0):
                self.gap_s = moment - updated
            self.updated = moment
        if self.started is None or moment < self.started:
            self.started = moment

    def seen_all(self, moments: Floats) -> None:
        """`seen` for many lines."""
        if len(moments) <= _FEW:
            for moment in moments.tolist():
                self.seen(moment)
            return
        self.seen(float(moments[0]))
        assert self.updated is not None
        assert self.started is not None
        latest = np.maximum.accumulate(np.concatenate(([self.updated], moments)))
        gap = float(np.diff(latest).max())
        if gap > (self.gap_s or 0.0):
            self.gap_s = gap
        self.updated = float(latest[-1])
        self.started = min(self.started, float(moments.min()))

    def stands_at(self, step: float) -> None:
        """The last line lies here on the run's axis."""
        self.step = step
        self.stepped = self.axis.main_key is not None
        self.attempt = self.axis.attempt
        self.resumed = self.resumed or self.axis.pass_ > 0

    def wake(self) -> None:
        """New lines bring a run back: an end or a crash that was said before no longer holds."""
        self.end_status = self.error = self.traceback = self.exit_code = None
        self.crashed = False
