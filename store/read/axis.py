"""Where each line lies on its run's main axis: step, attempt and pass, out of what the lines say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_GROUPS = 64  # more key sets than this share one group: such a log has no telling groups
_NEAR = 3  # main lines within which a leap answers a fall when two writers alternate
OTHERS = "others"


@dataclass(slots=True)
class Axis:
    """The state of one run in one file, fed line by line; the same lines give the same places in any chunks.

    A restart (a fall to the first step or below, or with elapsed time) begins a new `attempt`, a smaller fall a new
    `pass_`; a fall while the epoch rises is unwrapped. Falls that alternate with leaps are two writers: neither.
    `revised` turns true when a line shows that earlier lines were placed on wrong premises: the file must then be
    read again from its start with the `premises` known now.
    """

    main_key: str | None = None
    main_group: str | None = None
    interleaved: bool = False
    judged: int = 0  # lines up to which the premises hold, from an earlier reading
    lines: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    tidy: bool = True  # one key and no fall in any group: a change of premises would move nothing
    first: float | None = None
    last: float | None = None
    last_any: float | None = None
    top: float = 0.0
    offset: float = 0.0
    epoch: float | None = None
    elapsed: float | None = None
    attempt: int = 0
    pass_: int = 0
    since_fall: int = 1 << 30
    leaps: int = 0
    leapt: bool = False
    revised: bool = False

    def place(
        self, step: float | None, key: str | None, group: str, epoch: float | None, elapsed: float | None
    ) -> float:
        """The line's step on the main axis, given its own step, its key, its group, epoch and elapsed seconds."""
        self.lines += 1
        if step is None or key is None:
            self.tidy = self.tidy and self.main_key is None
            return self.last if self.last is not None else float(self.lines)
        if self.last_any is not None and step < self.last_any:
            self.tidy = False
        self.last_any = step
        self._count(group, key)
        if key != self.main_key:
            return self.last if self.last is not None else step
        if group != self.main_group:
            return self._beside(step, epoch)
        return self._advance(step, epoch, elapsed)

    def _count(self, group: str, key: str) -> None:
        """Count the line for its group; the largest group, first come first, carries the main axis."""
        counts = self.counts
        if group not in counts and len(counts) >= _GROUPS:
            group = OTHERS
        count = counts.get(group, 0) + 1
        counts[group] = count
        self.keys.setdefault(group, key)
        if self.main_key is not None and key != self.main_key:
            self.tidy = False
        if group == self.main_group or self.lines <= self.judged:
            return
        if self.main_group is None:
            self.main_group, self.main_key = group, key
        elif count > counts.get(self.main_group, 0):
            self.main_group, self.main_key = group, self.keys[group]
            self.revised = self.revised or not self.tidy

    def _beside(self, step: float, epoch: float | None) -> float:
        """A line of another group: at its own step, unless it counts something else, as a validation loop may."""
        if self.last is None:
            return step
        here = step + self.offset
        if here >= self.last:
            return here
        same_epoch = epoch is not None and epoch == self.epoch
        counts_epochs = self.epoch is not None and step in (self.epoch, self.epoch - 1)
        return self.last if self.offset or same_epoch or counts_epochs else here

    def _advance(self, step: float, epoch: float | None, elapsed: float | None) -> float:
        """A line of the main group."""
        here = step + self.offset
        if self.first is None:
            self.first = here
        elif self.last is not None and here < self.last and not self.interleaved:
            here = self._fall(step, here, epoch, elapsed)
        elif self.since_fall <= _NEAR and here > self.top:
            self.leapt = True
        self.since_fall += 1
        if here > self.top or self.last is None:
            self.top = here
        self.last = here
        if epoch is not None:
            self.epoch = epoch
        if elapsed is not None:
            self.elapsed = elapsed
        return here

    def _fall(self, step: float, here: float, epoch: float | None, elapsed: float | None) -> float:
        """The step fell: an epoch's counter began anew, two writers alternate, a restart, or a resume."""
        assert self.first is not None
        if epoch is not None and self.epoch is not None and epoch > self.epoch:
            self.offset = self.top
            return step + self.offset
        self.leaps = self.leaps + 1 if self.leapt and self.since_fall <= 2 * _NEAR else 0
        self.leapt = False
        self.since_fall = 0
        if self.leaps >= 2:
            self.interleaved = self.revised = True
            return here
        went_back = elapsed is not None and self.elapsed is not None and elapsed < self.elapsed
        if step <= self.first or went_back:
            self.attempt += 1
            self.pass_ = 0
            self.offset = 0.0
            self.first = self.top = step
            return step
        self.pass_ += 1
        return here

    def premises(self) -> Axis:
        """A fresh axis that starts from what is known now."""
        return Axis(main_key=self.main_key, main_group=self.main_group, interleaved=self.interleaved, judged=self.lines)

    def to_json(self) -> dict[str, Any]:
        """Plain values, to be stored with the rows."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> Axis:
        """The inverse of `to_json`."""
        return cls(**state)
