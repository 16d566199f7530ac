"""Parameters that people code into the names of runs: `lr=0.01`, `lr1e-2`, `lr0p0028`, `b64`, `bs-128`, `seed3`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from labtop.store.read.keys import words

_MOMENTS = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a UUID
    r"|(?<!\d)(?:19|20)\d\d-?\d\d-?\d\d(?:[-_T ]\d\d[-_:]?\d\d[-_:]?\d\d)?(?!\d)",
    re.IGNORECASE,
)
_LINE = re.compile(r"#\d+\Z", re.ASCII)  # where every line of a file is a run, which one it is
_NUMBER = r"\d+(?:[.p]\d+)?(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?"
_END = r"(?=\Z|[-_,;+&@~ ()\[\]])"
_START = r"(?:(?<=\A)|(?<=[-_,;+&@~ ()\[\]]))"
_COMPOUND = r"(?:batch|weight|learning|hidden|num|embed|seq|model|warmup|max|min)[-_]"
_EQUAL = re.compile(
    rf"{_START}(?P<key>[A-Za-z][A-Za-z0-9_.]*)=(?P<value>[-+]?(?:{_NUMBER}){_END}|[A-Za-z0-9.+]+)", re.IGNORECASE
)
_BOUND = re.compile(
    rf"{_START}(?P<key>(?:{_COMPOUND})?[A-Za-z]+)(?P<sep>[-_]?)(?P<value>{_NUMBER}){_END}", re.IGNORECASE
)
_WHOLE_NUMBER = re.compile(rf"[-+]?(?:{_NUMBER})", re.IGNORECASE)
_AFTER_A_NUMBER = re.compile(r"_\d+_")
_PAIRS = re.compile(r"[A-Za-z][A-Za-z0-9.]*-[^_-][^_]*(?:_[A-Za-z][A-Za-z0-9.]*-[^_-][^_]*)+")
_NO_PARAMS = words(
    "run exp experiment trial job version v attempt try checkpoint ckpt part tmp log gpu node host pid id"
)
_SPACED = words(
    "lr bs batch seed wd width depth layers layer heads dim hidden dropout epochs steps gamma beta alpha eps temp "
    "lambda size rate decay fold warmup momentum rank"
)
_COUNTED = re.compile(r"(?P<word>[^\W\d_]+)-\d+")
_MOST_DIGITS = 18
_LARGEST = 9_999_999  # whole numbers above are moments or ids


def name_codes(leaf: str) -> dict[str, str | int | float]:
    """The parameters coded in the last part of a run's name, in their order; the first of equal keys counts.

    Words alone, moments and hashes are none, nor is the number of a name that is a word and a number: `again-2`.
    A hyphen between `e` and digits belongs to the number: `lr3e-5-327m`.
    """
    text = _MOMENTS.sub("_", _LINE.sub("", leaf))
    if (counted := _COUNTED.fullmatch(text)) and counted["word"].lower() not in _SPACED:
        return {}
    codes: dict[str, str | int | float] = {}
    for key, value in _pairs(text) or _codes(text):
        codes.setdefault(key, value)
    return codes


def _pairs(text: str) -> list[tuple[str, str | int | float]]:
    """The codes of a name that is all `key-value`, parted by `_`, when one value at least is a number."""
    if not _PAIRS.fullmatch(text):
        return []
    parted = [pair.partition("-") for pair in text.split("_")]
    pairs = [(key, _value(value)) for key, _, value in parted if key.lower() not in _NO_PARAMS]
    return pairs if any(not isinstance(value, str) for _, value in pairs) else []


def _codes(text: str) -> Iterator[tuple[str, str | int | float]]:
    for found in _EQUAL.finditer(text):
        yield _AFTER_A_NUMBER.split(found["key"])[-1], _value(found["value"])
    for found in _BOUND.finditer(_EQUAL.sub("_", text)):
        key, value = found["key"].replace("-", "_"), _value(found["value"])
        said = found["sep"] != "_" or key.rpartition("_")[2].lower() in _SPACED
        is_small = isinstance(value, float) or (isinstance(value, int) and value <= _LARGEST)
        if said and is_small and key.lower() not in _NO_PARAMS:
            yield key, value


def _value(text: str) -> str | int | float:
    """A coded number, in which `p` may stand for the point, else the text; so too where 64 bits do not hold it."""
    if not _WHOLE_NUMBER.fullmatch(text):
        return text
    if text.lstrip("+-").isdecimal():
        return int(text) if len(text) <= _MOST_DIGITS else text
    value = float(text.lower().replace("p", "."))
    return value if math.isfinite(value) else text
