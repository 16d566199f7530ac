"""Alike: whether thousands of lines can be parsed at one go, as objects with the same keys and nothing but numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labtop.store.model import Floats
from labtop.store.read.lines import parse

LEAST_BYTES = 256 << 10
"""Fewer are parsed sooner line by line."""

_MOST_BYTES = 64 << 20
_MOST_KEYS = 256
_NUMBERS = frozenset((int, float))
_NEWLINE, _BRACE = ord("\n"), ord("{")
_NEVER = (b"\\", b"[")
# Quotes tell texts and other keys, "u" and "l" true, false and null, and a comma may stand where none should.
_EQUALLY_OFTEN = b'"{,ul'

ParseNumbers = Callable[[bytes, tuple[str, ...]], dict[str, Floats] | None]
"""The numbers under these keys in objects, one a line: columns with a number for each line; None where a key is missing
in a line or its value can be read as no number. Texts and booleans may be taken for numbers, and other keys passed
over: `ends_of` sees to it that there are none."""


class Ends(NamedTuple):
    """The objects of the first line and of the last, and how many there are."""

    first: dict[str, Any]
    last: dict[str, Any]
    lines: int


def ends_of(data: bytes) -> Ends | None:
    """The ends of these whole lines, where all seem to be alike; None where one surely differs.

    When each line holds a number under every key of the first one, they are alike for certain: no quote, brace or
    comma is left for anything else, nor a letter for a boolean.
    """
    if not LEAST_BYTES <= len(data) <= _MOST_BYTES or any(each in data for each in _NEVER):
        return None
    text = np.frombuffer(data, np.uint8)
    newlines = np.flatnonzero(text == _NEWLINE)
    lines = len(newlines)
    if text[0] != _BRACE or text[-1] != _NEWLINE or (text[newlines[:-1] + 1] != _BRACE).any():
        return None
    line = data[: newlines[0]]
    if any(_count(data, text, byte) != lines * line.count(byte) for byte in _EQUALLY_OFTEN):
        return None
    first = _numbers_of(line)
    if first is None or line.count(b'"') != 2 * len(first):  # a key said twice leaves quotes over for another line
        return None
    last = _numbers_of(data[newlines[-2] + 1 : -1]) if lines > 1 else None
    return None if last is None or first.keys() != last.keys() else Ends(first, last, lines)


def _count(data: bytes, text: NDArray[np.uint8], byte: int) -> int:
    return int(np.count_nonzero(text == byte)) if byte in data else 0


def _numbers_of(line: bytes) -> dict[str, Any] | None:
    """The object of a line that holds one, with nothing but numbers."""
    read = parse(line)
    if read.reason is not None or len(read.objects) != 1:
        return None
    (obj,) = read.objects
    return obj if len(obj) <= _MOST_KEYS and set(map(type, obj.values())) <= _NUMBERS else None
