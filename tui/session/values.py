"""Readers of JSON values: each gives what a field can have, or raises `Wrong`."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

MOST = 100_000
"""So many items of one list are kept."""
LONGEST = 16_384
"""Letters of an id, a name or a filter; a longer one is none."""

_Item = TypeVar("_Item")
Read = Callable[[object], _Item]
"""Reads a parsed JSON value."""


class Wrong(Exception):
    """The value is none that this field can have."""


def read_fields(value: object, readers: Mapping[str, Read[Any]]) -> dict[str, Any]:
    """Those fields of an object that are there and can be read."""
    found = {}
    held: Mapping[str, object] = value if isinstance(value, dict) else {}
    for name, read in readers.items():
        with contextlib.suppress(KeyError, Wrong):
            found[name] = read(held[name])
    return found


def text(value: object) -> str:
    """A text."""
    if not isinstance(value, str) or len(value) > LONGEST:
        raise Wrong
    return value


def flag(value: object) -> bool:
    """True or false, no number."""
    if not isinstance(value, bool):
        raise Wrong
    return value


def number(value: object) -> float:
    """A finite number."""
    try:
        found = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except OverflowError:
        found = math.nan
    if not math.isfinite(found):
        raise Wrong
    return found


def whole(least: int, most: int) -> Read[int]:
    """A whole number between these, both included."""

    def read(value: object) -> int:
        if type(value) is not int or not least <= value <= most:
            raise Wrong
        return value

    return read


def one_of(*choices: str) -> Read[str]:
    """One of these texts."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Wrong
        return value

    return read


def or_none(read: Read[_Item]) -> Read[_Item | None]:
    """The same, or null."""
    return lambda value: None if value is None else read(value)


def items(value: object) -> list[Any]:
    """A list, up to its first MOST items."""
    if not isinstance(value, list):
        raise Wrong
    return value[:MOST]


def pair(value: object) -> tuple[Any, Any]:
    """A list of two."""
    if not isinstance(value, list) or len(value) != 2:
        raise Wrong
    return value[0], value[1]


def several(read: Read[_Item], most: int = MOST) -> Read[tuple[_Item, ...]]:
    """Up to so many of a list, each once, in their order."""
    return lambda value: tuple(dict.fromkeys(map(read, items(value))))[:most]


def set_of(read: Read[_Item]) -> Read[frozenset[_Item]]:
    """A list as a set."""
    return lambda value: frozenset(map(read, items(value)))


def by_name(read: Read[_Item], most: int = MOST) -> Read[tuple[tuple[str, _Item], ...]]:
    """Pairs of a name and what is set for it, each name once."""

    def read_pairs(value: object) -> tuple[tuple[str, _Item], ...]:
        return tuple({text(name): read(item) for name, item in map(pair, items(value))}.items())[:most]

    return read_pairs
