"""Shapes: the shape of every set of keys that a file has, each worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from labtop.store.read.keys import MOST_KEYS, RUN_KEY
from labtop.store.read.shape import Keys, Shape, shape_of

MOST_METRICS = MOST_KEYS
"""Metrics that a file may have; the values of further ones are left out and counted."""

_MOST_KEPT = 1 << 17  # keys of all shapes that are kept: in some logs every line has others
_EACH = 16  # keys that a shape without any costs

_Told = dict[tuple[str | None, object, str | None], Shape]


class Shapes:
    """Gives the shape of a line. `metric` numbers a metric by name; `known` are those that the file has already.

    A metric is numbered when it has its first value, so that what a file may have does not depend on texts.
    """

    def __init__(self, metric: Callable[[str], int], known: Iterable[str] = ()) -> None:
        self._metric = metric
        self._numbers: dict[str, int] = {name: metric(name) for name in known}
        self._plain: dict[tuple[str, ...], Shape] = {}
        self._telling: dict[tuple[str, ...], tuple[Keys, _Told]] = {}
        self._kept = 0

    def of(self, flat: Mapping[str, object]) -> Shape:
        """The shape of a flattened line."""
        keys = tuple(flat)
        return self._plain.get(keys) or self._of_telling(flat, keys)

    def run_key(self, line: Mapping[str, object]) -> str | None:
        """The key that names the run of a line that is not flattened."""
        if RUN_KEY in line and type(line[RUN_KEY]) is str and line[RUN_KEY]:
            return RUN_KEY
        return self._keys(tuple(line))[0].run_in(line)

    def has(self, name: str) -> bool:
        """Whether the file has values of this metric."""
        return name in self._numbers

    def _of_telling(self, flat: Mapping[str, object], keys: tuple[str, ...]) -> Shape:
        known, told = self._telling.get(keys) or self._keys(keys)
        prefix = known.prefix_in(flat) if known.prefixes else None
        mark = prefix, prefix and flat[prefix], known.run_in(flat)
        shape = told.get(mark)
        if shape is None:
            self._keep(keys)
            shape = told[mark] = shape_of(known, flat, self._number, self._numbers)
            if not known.prefixes and not known.runs:
                self._plain[keys] = shape
        return shape

    def _keys(self, keys: tuple[str, ...]) -> tuple[Keys, _Told]:
        found = self._telling.get(keys)
        if found is None:
            self._keep(keys)
            found = self._telling[keys] = Keys.of(keys), {}
        return found

    def _keep(self, keys: tuple[str, ...]) -> None:
        """Another shape will be kept: forget the others where they are too many."""
        if self._kept > _MOST_KEPT:
            self._plain.clear()
            self._telling.clear()
            self._kept = 0
        self._kept += _EACH + len(keys)

    def _number(self, name: str) -> int | None:
        number = self._numbers.get(name)
        if number is None and len(self._numbers) < MOST_METRICS:
            number = self._numbers[name] = self._metric(name)
        return number
