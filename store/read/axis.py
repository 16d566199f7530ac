"""Where each line lies on its run's main axis: step, attempt and pass, out of what the lines say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labtop.store.model import Floats

OTHERS = "others"
_GROUPS = 64  # more key sets than this share one group: such a log has no telling groups
_EACH = 64  # lines after which the main group is judged at every doubling only: each change means to read again
_NEAR = 3  # main lines within which a leap answers a fall when two writers alternate
_EPOCHS = 64  # the latest epochs whose offsets are remembered, for a resume in one of them
_MOST = 65_535  # attempts, and passes, that are told apart


@dataclass(slots=True)
class Axis:
    """The state of one run in one file, fed line by line; the same lines give the same places in any chunks.

    A restart (a fall to the first step or below, or with elapsed time) begins a new `attempt`, a smaller fall a new
    `pass_`; a fall while the epoch rises is unwrapped. Falls that alternate with leaps are two writers: neither.
    `revised` turns true when a line shows that earlier lines were placed on wrong premises: the file must then be
    read again from its start with the `premises` known now. What the state is after any line is what it would be
    had the premises of that line been known from the start.
    """

    main_key: str | None = None
    main_group: str | None = None
    interleaved: bool = False
    judged: int = 0  # lines up to which the premises hold, from an earlier reading
    lines: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    tidy: bool = True  # one key and no fall in any group: a change of premises would move nothing so far
    moved: bool = False  # the main group changed while all was tidy: to be read again when it is no longer
    first: float | None = None
    last: float | None = None
    last_any: float | None = None
    top: float = 0.0
    highest: float = 0.0  # place of any line of this attempt
    again_to: float | None = None  # up to here a resume may write steps again
    offset: float = 0.0
    offsets: list[tuple[float, float]] = field(default_factory=list)  # (epoch, offset), rising
    epoch: float | None = None
    elapsed: float | None = None
    attempt: int = 0
    pass_: int = 0
    since_fall: int = 1 << 30
    peak: float = 0.0  # where the last fall began
    leaps: int = 0
    leapt: bool = False
    revised: bool = False

    def place(
        self, step: float | None, key: str | None, group: str, epoch: float | None, elapsed: float | None
    ) -> float:
        """The line's step on the main axis, given its own step, its key, its group, epoch and elapsed seconds."""
        self.lines += 1
        here = self._place(step, key, group, epoch, elapsed)
        if here > self.highest:
            self.highest = here
        return here

    def place_all(
        self, steps: Floats, key: str, group: str, epochs: Floats | None, elapsed: float | None
    ) -> Floats | None:
        """`place` for many lines at once, or None where they must be placed one by one; `elapsed` is of the last one.

        They must go on upward in the main group, which stays the largest: then nothing is judged anew.
        """
        if not self._goes_on(steps, key, group, epochs):
            return None
        lines = len(steps)
        here: Floats = steps + self.offset if self.offset else steps
        self.lines += lines
        self.counts[group] += lines
        self.since_fall += lines
        self.last = float(here[-1])
        self.last_any = float(steps[-1])
        self.top = max(self.top, self.last)
        self.highest = max(self.highest, self.last)
        if epochs is not None:
            self.epoch = float(epochs[-1])
        if elapsed is not None:
            self.elapsed = elapsed
        return here

    def _goes_on(self, steps: Floats, key: str, group: str, epochs: Floats | None) -> bool:
        if self.last is None or self.last_any is None or self.since_fall <= _NEAR:
            return False
        begin = float(steps[0]) + self.offset
        if key != self.main_key or group != self.main_group or self.interleaved or self.rewrites(begin):
            return False
        if self.counts[group] < max(self.counts.values()):
            return False
        upward = steps[0] >= self.last_any and begin >= self.last and not (np.diff(steps) < 0).any()
        if epochs is None:
            return bool(upward)
        back = self.epoch is not None and epochs[0] < self.epoch
        return bool(upward and not back and not (np.diff(epochs) < 0).any())

    def _place(
        self, step: float | None, key: str | None, group: str, epoch: float | None, elapsed: float | None
    ) -> float:
        if step is None or key is None:
            if self.main_key is not None:
                self._untidy()
            return self.last if self.last is not None else float(self.lines)
        if self.last_any is not None and step < self.last_any:
            self._untidy()
        self.last_any = step
        group = self._count(group, key)
        if key != self.main_key:
            return self.last if self.last is not None else step
        if group != self.main_group:
            return self._beside(step, epoch)
        return self._advance(step, epoch, elapsed)

    def rewrites(self, here: float) -> bool:
        """Whether a line at `here` may stand in for one that an earlier pass wrote."""
        return self.again_to is not None and here <= self.again_to

    def _untidy(self) -> None:
        self.tidy = False
        self.revised = self.revised or self.moved

    def _count(self, group: str, key: str) -> str:
        """Count the line for its group, which is returned; the largest one, first come first, carries the main axis."""
        counts = self.counts
        if group not in counts and len(counts) >= _GROUPS:
            group = OTHERS
        counts[group] = counts.get(group, 0) + 1
        self.keys.setdefault(group, key)
        if self.main_key is not None and key != self.main_key:
            self._untidy()
        if self.main_group is None:
            self.main_group, self.main_key = group, key
        elif self.lines > self.judged and (self.lines <= _EACH or not self.lines & (self.lines - 1)):
            self._judge()
        return group

    def _judge(self) -> None:
        """Whether another group has more lines by now."""
        assert self.main_group is not None
        largest = max(self.counts, key=self.counts.__getitem__)
        if self.counts[largest] > self.counts.get(self.main_group, 0):
            self.main_group, self.main_key = largest, self.keys[largest]
            self.interleaved = False
            self.moved = True
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
        here = step + (self._offset_in(epoch) if self._goes_back(epoch) else self.offset)
        if self.first is None:
            self.first = here
        elif self.last is not None and here < self.last and not self.interleaved:
            here = self._fall(step, epoch, elapsed)
        elif self.since_fall <= _NEAR and self.last is not None and self.last < self.peak < here:
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

    def _fall(self, step: float, epoch: float | None, elapsed: float | None) -> float:
        """The step fell: an epoch's counter began anew, two writers alternate, a restart, or a resume."""
        assert self.first is not None
        assert self.last is not None
        if epoch is not None and self.epoch is not None and epoch > self.epoch:
            self.offset = self._unwrapped(epoch)
            return step + self.offset
        self.leaps = self.leaps + 1 if self.leapt and self.since_fall <= 2 * _NEAR else 0
        self.leapt = False
        self.since_fall = 0
        self.peak = self.last
        if self.leaps >= 2 and not self.revised:
            self.interleaved = self.revised = True
        self.offset = self._offset_in(epoch)
        here = step + self.offset
        went_back = elapsed is not None and self.elapsed is not None and elapsed < self.elapsed
        if here <= self.first or went_back:
            self.attempt = min(self.attempt + 1, _MOST)
            self.pass_ = 0
            self.again_to = None
            self.offsets = [known for known in self.offsets if known[1] <= self.offset]
            self.first = self.top = self.highest = here
        else:
            self.pass_ = min(self.pass_ + 1, _MOST)
            self.again_to = self.highest
        return here

    def _unwrapped(self, epoch: float) -> float:
        """The offset of an epoch that begins: that of an earlier pass through it, else the maximum so far."""
        for known, offset in self.offsets:
            if known == epoch:
                return offset
        self.offsets = [*(each for each in self.offsets if each[0] < epoch), (epoch, self.top)][-_EPOCHS:]
        return self.top

    def _goes_back(self, epoch: float | None) -> bool:
        """Whether steps are unwrapped and an earlier epoch is taken up again."""
        unwrapped = bool(self.offsets) and not self.interleaved
        return unwrapped and epoch is not None and self.epoch is not None and epoch < self.epoch

    def _offset_in(self, epoch: float | None) -> float:
        """The offset in an epoch that is taken up again."""
        if epoch is None:
            return self.offset
        return max((offset for known, offset in self.offsets if known <= epoch), default=0.0)

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
