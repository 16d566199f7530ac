"""Lines: what stands in each line of a table of runs, of which only a window is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_DIGITS = 10  # of the highest number of a run


class Lines:
    """The keys of all lines, in order, no key twice: "7" is the run with that number, any other key is that of a group.

    Equal where all keys are. Costs 4 bytes a line, and can cross processes. Looking for one key takes microseconds
    however many lines there are, so that no index of them is kept.
    """

    __slots__ = ("_groups", "_numbers", "_runs")

    def __init__(self, numbers: NDArray[np.int32] | Iterable[int] = (), groups: Sequence[str] = ()) -> None:
        """`numbers` are those of runs; -1 stands for the first of `groups`, -2 for the second, and so on."""
        self._numbers = numbers if isinstance(numbers, np.ndarray) else np.fromiter(numbers, np.int32)
        self._groups = tuple(groups)
        self._runs: tuple[int, ...] | None = None

    def __reduce__(self) -> tuple[type[Lines], tuple[NDArray[np.int32], tuple[str, ...]]]:
        """Without what can be worked out again."""
        return Lines, (self._numbers, self._groups)

    def __len__(self) -> int:
        return len(self._numbers)

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Lines) and self._groups == other._groups and np.array_equal(self._numbers, other._numbers)
        )

    __hash__ = None  # type: ignore[assignment]

    def key(self, line: int) -> str:
        """What stands in this line."""
        number = int(self._numbers[line])
        return str(number) if number >= 0 else self._groups[-1 - number]

    def place(self, key: str) -> int | None:
        """The line of this key, None when there is none."""
        number = self._number(key)
        if number is None or not len(self):
            return None
        here = self._numbers == number
        line = int(here.argmax())
        return line if here[line] else None

    def survivor(self, old: Lines, line: int) -> int | None:
        """The place here of what stood nearest to `line` in `old` and is still there; below before above."""
        runs = self._numbers[self._numbers >= 0]
        groups = {self._groups[-1 - number] for number in self._numbers[self._numbers < 0].tolist()}
        kept = [-1 - at for at, group in enumerate(old._groups) if group in groups]
        left = np.flatnonzero(np.isin(old._numbers, np.concatenate((runs, np.array(kept, np.int32)))))
        if not len(left):
            return None
        below = int(np.searchsorted(left, line))
        near = [int(left[at]) for at in (below, below - 1) if 0 <= at < len(left)]
        return self.place(old.key(min(near, key=lambda at: abs(at - line))))

    @property
    def runs(self) -> tuple[int, ...]:
        """The numbers of the runs, in order."""
        if self._runs is None:
            self._runs = tuple(self._numbers[self._numbers >= 0].tolist())
        return self._runs

    def _number(self, key: str) -> int | None:
        """What stands for this key among the numbers."""
        if key in self._groups:
            return -1 - self._groups.index(key)
        return int(key) if key.isdecimal() and len(key) <= _DIGITS and str(int(key)) == key else None
