"""Where each line lies on its run's main axis: step, attempt and pass, out of what the lines say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from labtop.store.read.groups import are_akin, name_of

_EACH = 64  # lines after which the main group is judged at every doubling only: each change means to read again
_NEAR = 3  # main lines within which a leap answers a fall when two writers alternate
_EPOCHS = 64  # the latest epochs whose offsets are remembered, for a resume in one of them
_MOST = 65_535  # attempts, and passes, that are told apart


class Ends(NamedTuple):
    """The first and the last of numbers that never fall."""

    first: float
    last: float


@dataclass(slots=True)
class Axis:
    """The state of one run in one file, fed line by line; the same lines give the same places in any chunks.

    Groups are named by their mode, or by their keys, a line each. The largest one carries the axis, and with it groups
    that have all of its keys or no others, as far as so many keys can be remembered. A restart (a fall to the first
    step or below, or with elapsed time) begins a new `attempt`, a smaller fall a new `pass_`; a fall
    while the epoch rises is unwrapped. Falls that alternate with leaps are two writers: neither.
    `revised` turns true when a line shows that earlier lines were placed on wrong premises: the file must then be
    read again from its start with the `premises` known now. What the state is after any line is what it would be
    had the premises of that line been known from the start.
    """

    main_key: str | None = None
    main_group: str | None = None
    interleaved: bool = False
    own_loops: bool = False  # within an epoch the other groups count something else
    start: float | None = None  # the first main step, for lines that come before it and have none
    judged: int = 0  # lines up to which the premises hold, from an earlier reading
    lines: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)  # the step keys of the first lines of these groups
    tidy: bool = True  # one key and no fall in any group: a change of premises would move nothing so far
    moved: bool = False  # the main group changed while all was tidy: to be read again when it is no longer
    first: float | None = None
    last: float | None = None
    reached: float | None = None  # the furthest of the last main line and what came after it with the same key
    last_any: float | None = None
    early: bool = False  # a line without a main step came before the first one that has it
    beyond: float | None = None  # how far another group came in the epoch, on its own count
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
        self, lines: int, steps: Ends, key: str, group: str, epochs: Ends | None, elapsed: float | None
    ) -> float | None:
        """`place` for many lines at once, of which neither steps nor epochs ever fall: what is to be added to their
        steps; None, and nothing is changed, where they must be placed one by one. `elapsed` is of the last one.

        They must go on in a group of the main axis, and the main group must stay the largest: then nothing is judged
        anew.
        """
        if lines > 1 and not self.lines and self.main_group is None and self.start is None:
            self.place(steps.first, key, group, None if epochs is None else epochs.first, elapsed)
            lines -= 1
        elif not self._goes_on(lines, steps, key, group, epochs):
            return None
        self.lines += lines
        self.counts[name_of(group, self.counts)] += lines
        self.since_fall += lines
        self.last = self.reached = here = steps.last + self.offset
        self.last_any = steps.last
        self.top = max(self.top, here)
        self.highest = max(self.highest, here)
        if epochs is not None:
            self.epoch = epochs.last
        if elapsed is not None:
            self.elapsed = elapsed
        return self.offset

    def _goes_on(self, lines: int, steps: Ends, key: str, group: str, epochs: Ends | None) -> bool:
        if self.last is None or self.last_any is None or self.since_fall <= _NEAR:
            return False
        begin = steps.first + self.offset
        if key != self.main_key or self.interleaved or self.rewrites(begin):
            return False
        name = name_of(group, self.counts)
        if not self._carries(group, name) or not self._stays_largest(name, lines):
            return False
        back = epochs is not None and self.epoch is not None and epochs.first < self.epoch
        return steps.first >= self.last_any and begin >= self.last and not back

    def _place(
        self, step: float | None, key: str | None, group: str, epoch: float | None, elapsed: float | None
    ) -> float:
        if step is None or key is None:
            self._untidy()
            return self._stepless(float(self.lines))
        if self.last_any is not None and step < self.last_any:
            self._untidy()
        self.last_any = step
        name = self._count(group, key)
        if key != self.main_key:
            return self._stepless(step)
        if not self._carries(group, name):
            return self._beside(step, epoch)
        return self._advance(step, epoch, elapsed)

    def rewrites(self, here: float) -> bool:
        """Whether a line at `here` may stand in for one that an earlier pass wrote."""
        return self.again_to is not None and here <= self.again_to

    def _carries(self, group: str, name: str) -> bool:
        """Whether the lines of the group, which goes by this name, lie on the main axis."""
        if self.main_group is None or name == self.main_group:
            return name == self.main_group
        return are_akin(group, name, self.main_group)

    def _stays_largest(self, group: str, lines: int) -> bool:
        """Whether the main group is, and after so many more lines of this group still will be, the largest."""
        if group not in self.counts or self.main_group is None:
            return False
        main = self.counts.get(self.main_group, 0)
        return main >= max(self.counts.values()) and (group == self.main_group or self.counts[group] + lines <= main)

    def _stepless(self, alone: float) -> float:
        """A line without a main step: where the run is, or will begin; `alone`, while it has no main line at all."""
        if self.reached is not None:
            return self.reached
        self.early = True
        return alone if self.start is None else self.start

    def _untidy(self) -> None:
        self.tidy = False
        self.revised = self.revised or self.moved

    def _count(self, group: str, key: str) -> str:
        """Count the line for its group, whose name is returned; the largest, first come first, carries the axis."""
        counts = self.counts
        group = name_of(group, counts)
        if group not in counts:
            self.keys.append(key)
        counts[group] = counts.get(group, 0) + 1
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
            self.main_group, self.main_key = largest, self.keys[list(self.counts).index(largest)]
            self.interleaved = self.own_loops = False
            self.start = None
            self.moved = True
            self.revised = self.revised or not self.tidy

    def _beside(self, step: float, epoch: float | None) -> float:
        """A line of another group: at its own step, unless it counts something else, as a validation loop may."""
        if self.last is None or self.reached is None:
            return step
        here = step + self.offset
        same_epoch = epoch is not None and epoch == self.epoch
        if here >= self.last:
            if same_epoch and self.own_loops:
                return self.last
            if same_epoch:
                self.beyond = here if self.beyond is None else max(here, self.beyond)
        else:
            counts_epochs = self.epoch is not None and step in (self.epoch, self.epoch - 1)
            if self.offset or same_epoch or counts_epochs:
                return self.last
        self.reached = max(here, self.reached)
        return here

    def _advance(self, step: float, epoch: float | None, elapsed: float | None) -> float:
        """A line of the main axis."""
        here = step + (self._offset_in(epoch) if self._goes_back(epoch) else self.offset)
        if self.first is None:
            self._begin(here)
        elif self.last is not None and here < self.last and not self.interleaved:
            here = self._fall(step, epoch, elapsed)
        elif self.since_fall <= _NEAR and self.last is not None and self.last < self.peak < here:
            self.leapt = True
        self.since_fall += 1
        if here > self.top or self.last is None:
            self.top = here
        self.last = self.reached = here
        if epoch is not None:
            self.epoch = epoch
        if elapsed is not None:
            self.elapsed = elapsed
        return here

    def _begin(self, here: float) -> None:
        """The first main line: those before it that wait for its step must be placed anew."""
        self.first = here
        if self.early and self.start is None and not self.revised:
            self.start = here
            self.revised = True

    def _fall(self, step: float, epoch: float | None, elapsed: float | None) -> float:
        """The step fell: an epoch's counter began anew, two writers alternate, a restart, or a resume."""
        assert self.first is not None
        assert self.last is not None
        beyond, self.beyond = self.beyond, None
        if epoch is not None and self.epoch is not None and epoch > self.epoch:
            if beyond is not None and beyond > self.last and not self.revised:
                self.own_loops = self.revised = True
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
        return Axis(
            main_key=self.main_key,
            main_group=self.main_group,
            interleaved=self.interleaved,
            own_loops=self.own_loops,
            start=self.start,
            judged=self.lines,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, to be stored with the rows."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> Axis:
        """The inverse of `to_json`."""
        return cls(**state)
