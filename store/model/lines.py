"""Lines: what stands in each line of a table of runs, of which only a window is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


class Lines:
    """The keys of all lines, in order: "7" is the run with that number, any other key is that of a group.

    Equal where all keys are. Costs 4 bytes a line, and can cross processes.
    """

    __slots__ = ("_groups", "_numbers", "_places")

    def __init__(self, numbers: NDArray[np.int32] | Iterable[int] = (), groups: Sequence[str] = ()) -> None:
        """`numbers` are those of runs; -1 stands for the first of `groups`, -2 for the second, and so on."""
        self._numbers = numbers if isinstance(numbers, np.ndarray) else np.fromiter(numbers, np.int32)
        self._groups = tuple(groups)
        self._places: dict[str, int] | None = None

    def __reduce__(self) -> tuple[type[Lines], tuple[NDArray[np.int32], tuple[str, ...]]]:
        """Without what can be worked out again."""
        return Lines, (self._numbers, self._groups)

    def __len__(self) -> int:
        return len(self._numbers)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Lines) and self._groups == other._groups and np.array_equal(self._numbers, other._numbers)
        )

    __hash__ = None  # type: ignore[assignment]

    def key(self, line: int) -> str:
        """What stands in this line."""
        number = int(self._numbers[line])
        return str(number) if number >= 0 else self._groups[-1 - number]

    def place(self, key: str) -> int | None:
        """The line of this key, None when there is none; the first time takes a look at all lines."""
        if self._places is None:
            numbers = self._numbers.tolist()
            self._places = {
                str(number) if number >= 0 else self._groups[-1 - number]: line for line, number in enumerate(numbers)
            }
        return self._places.get(key)

    @property
    def runs(self) -> tuple[int, ...]:
        """The numbers of the runs, in order."""
        return tuple(self._numbers[self._numbers >= 0].tolist())
