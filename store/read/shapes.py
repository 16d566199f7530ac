"""Shapes: the shape of every set of keys that a file has, each worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from labtop.store.read.keys import PREFIX_KEYS
from labtop.store.read.shape import Shape, shape_of

MOST_METRICS = 10_000
"""Distinct keys of a file that become metrics; further ones are left out and counted."""

_MOST_SHAPES = 4096  # of a log whose every line has other keys not all are kept


class Shapes:
    """Gives the shape of a line. `metric` numbers a metric by name; `known` are those that the file has already.

    `left_out` are the names beyond the first 10,000, of which it holds no more than that itself.
    """

    def __init__(self, metric: Callable[[str], int], known: Iterable[str] = ()) -> None:
        self._metric = metric
        self._numbers: dict[str, int] = {name: metric(name) for name in known}
        self._plain: dict[tuple[str, ...], Shape] = {}
        self._prefixed: dict[tuple[str | None, tuple[str, ...]], Shape] = {}
        self.left_out: set[str] = set()

    def of(self, flat: Mapping[str, object]) -> Shape:
        """The shape of a flattened line."""
        keys = tuple(flat)
        return self._plain.get(keys) or self._of_prefixed(flat, keys)

    def _of_prefixed(self, flat: Mapping[str, object], keys: tuple[str, ...]) -> Shape:
        present = [key for key in PREFIX_KEYS if key in flat]
        prefix = next((value for key in present if isinstance(value := flat[key], str) and value), None)
        shape = self._prefixed.get((prefix, keys))
        if shape is None:
            if len(self._plain) + len(self._prefixed) >= _MOST_SHAPES:
                self._plain.clear()
                self._prefixed.clear()
            shape = shape_of(keys, prefix, self._number)
            if present:
                self._prefixed[prefix, keys] = shape
            else:
                self._plain[keys] = shape
        return shape

    def _number(self, name: str) -> int | None:
        number = self._numbers.get(name)
        if number is None and len(self._numbers) < MOST_METRICS:
            number = self._numbers[name] = self._metric(name)
        elif number is None and len(self.left_out) < MOST_METRICS:
            self.left_out.add(name)
        return number
