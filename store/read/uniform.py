"""Uniform lines: many lines with the same keys and plain values, read column by column instead of one by one.

What comes out is what reading them one by one gives; where that is not certain, the answer is to do so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import orjson

from labtop.store.model import Floats

LEAST = 8
"""Fewer lines are not worth it."""

_NAN = b"NaN"
_STAND_IN = b"-1.7976931348623155e308"
_STANDS_FOR_NAN = float(_STAND_IN)
_BRACE = set(b"{")
_OBJECT = {dict}
_NUMBERS = frozenset((int, float))
_TEXT = frozenset((str,))
_PLAIN = _NUMBERS | _TEXT


def parse_all(lines: Sequence[bytes]) -> list[dict[str, Any]] | None:
    """The objects of lines that each begin with one, parsed as one list; None where a line holds anything else.

    A newline stands between the lines, which JSON allows in no text. So objects of numbers and texts alone, as many as
    there are lines, are what each line holds; with nested ones, two broken lines might have made a whole one.
    """
    try:
        objects = _loads(b"[" + b",\n".join(lines) + b"]")
        begins = set(map(itemgetter(0), lines))
    except (ValueError, IndexError):
        return None
    if len(objects) != len(lines) or begins != _BRACE or set(map(type, objects)) != _OBJECT:
        return None
    return objects


class Columns(NamedTuple):
    """Lines with the same keys as columns: numbers by key, and texts, which do not change, by key."""

    lines: int
    numbers: dict[str, Floats]
    texts: dict[str, str]

    def after(self, lines: int) -> Columns:
        """Without the first lines."""
        return Columns(self.lines - lines, {key: column[lines:] for key, column in self.numbers.items()}, self.texts)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Objects that all have these keys, in this order, and the numbers of their lines."""

    keys: tuple[str, ...]
    objects: Sequence[dict[str, Any]]
    line_numbers: Sequence[int]
    only_numbers: bool

    def __len__(self) -> int:
        return len(self.objects)

    def distinct(self, keys: tuple[str, ...]) -> int:
        """How many combinations of values of these keys there are."""
        return len({tuple(map(obj.get, keys)) for obj in self.objects}) if keys else 1

    def told_apart(self, keys: tuple[str, ...]) -> Iterator[Stretch]:
        """A stretch for each combination of values of these keys, in the order of their first appearance."""
        parts: dict[tuple[object, ...], list[int]] = {}
        for place, obj in enumerate(self.objects):
            parts.setdefault(tuple((type(obj[key]), obj[key]) for key in keys), []).append(place)
        for places in parts.values():
            objects, numbers = [self.objects[at] for at in places], [self.line_numbers[at] for at in places]
            yield Stretch(self.keys, objects, numbers, self.only_numbers)

    def cut(self, lines: int) -> tuple[Stretch, Stretch]:
        """The first lines, and the others."""
        first = Stretch(self.keys, self.objects[:lines], self.line_numbers[:lines], self.only_numbers)
        return first, Stretch(self.keys, self.objects[lines:], self.line_numbers[lines:], self.only_numbers)

    def columns(self) -> Columns | None:
        """As columns; None where a text changes or no float holds a number."""
        if not self.only_numbers:
            return self._mixed_columns()
        values = chain.from_iterable(map(dict.values, self.objects))
        shape = len(self.objects), len(self.keys)
        try:
            matrix = np.fromiter(values, np.float64, shape[0] * shape[1]).reshape(shape)
        except OverflowError:
            return None
        return Columns(shape[0], dict(zip(self.keys, np.ascontiguousarray(matrix.T), strict=True)), {})

    def _mixed_columns(self) -> Columns | None:
        numbers: dict[str, Floats] = {}
        texts: dict[str, str] = {}
        for key in self.keys:
            values = [each[key] for each in self.objects]
            kinds = set(map(type, values))
            if kinds == _TEXT and len(set(values)) == 1:
                texts[key] = values[0]
                continue
            if not kinds <= _NUMBERS:
                return None
            try:
                numbers[key] = np.array(values, np.float64)
            except OverflowError:
                return None
        return Columns(len(self.objects), numbers, texts)


def _loads(data: bytes) -> list[Any]:
    """A list in JSON, also where a run diverged and values of its objects are NaN. Raises ValueError."""
    try:
        loaded: list[Any] = orjson.loads(data)
    except ValueError:
        odd = data.count(_NAN)
        if not odd or _STAND_IN in data:
            raise
        loaded = orjson.loads(data.replace(_NAN, _STAND_IN))
        if sum(map(_with_nan, loaded)) != odd:
            raise
    return loaded


def _with_nan(obj: Any) -> int:
    """Put NaN for its stand-in among the values of an object; how often."""
    keys = [key for key, value in obj.items() if value == _STANDS_FOR_NAN] if type(obj) is dict else []
    for key in keys:
        obj[key] = math.nan
    return len(keys)


def stretches(objects: Sequence[dict[str, Any]], first_line: int) -> Iterator[Stretch]:
    """Stretches of consecutive objects with the same keys; nothing where one holds more than numbers and texts."""
    kinds = set(map(type, chain.from_iterable(map(dict.values, objects))))
    if not kinds <= _PLAIN:
        return
    keys = list(map(tuple, objects))
    lengths = [(keys[0], len(keys))]
    if keys.count(keys[0]) < len(keys):
        lengths = [(each, sum(1 for _ in alike)) for each, alike in groupby(keys)]
    begin = 0
    for each, length in lengths:
        line_numbers = range(first_line + begin, first_line + begin + length)
        yield Stretch(each, objects[begin : begin + length], line_numbers, kinds <= _NUMBERS)
        begin += length
