"""Parameters that people code into the names of runs: `lr=0.01`, `lr1e-2`, `lr0p0028`, `b64`, `bs-128`, `seed3`."""

from __future__ import annotations

import re

from labtop.store.read.keys import words

_MOMENTS = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a UUID
    r"|(?<!\d)(?:19|20)\d\d-?\d\d-?\d\d(?:[-_T ]\d\d[-_:]?\d\d[-_:]?\d\d)?(?!\d)",
    re.IGNORECASE,
)
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
_PAIRS = re.compile(r"[A-Za-z][A-Za-z0-9.]*-[^_-][^_]*(?:_[A-Za-z][A-Za-z0-9.]*-[^_-][^_]*)+")
_NO_PARAMS = words(
    "run exp experiment trial job version attempt try checkpoint ckpt part tmp log gpu node rank host pid id"
)
_SPACED = words(
    "lr bs batch seed wd width depth layers layer heads dim hidden dropout epochs steps gamma beta alpha eps temp "
    "lambda size rate decay fold warmup momentum rank"
)
_LONGEST_INT = 7


def name_codes(leaf: str) -> dict[str, str | int | float]:
    """The parameters coded in the last part of a run's name, in their order; the first of equal keys counts.

    Words alone, moments and hashes are none. A hyphen between `e` and digits belongs to the number: `lr3e-5-327m`.
    """
    text = _MOMENTS.sub("_", leaf)
    codes: dict[str, str | int | float] = {}
    if _PAIRS.fullmatch(text):
        for pair in text.split("_"):
            key, _, value = pair.partition("-")
            _add(codes, key, value)
        return codes
    for found in _EQUAL.finditer(text):
        _add(codes, found["key"], found["value"])
    for found in _BOUND.finditer(_EQUAL.sub("_", text)):
        key = found["key"]
        if found["sep"] != "_" or re.split(r"[-_]", key)[-1].lower() in _SPACED:
            _add_number(codes, key.replace("-", "_"), found["value"])
    return codes


def _add(codes: dict[str, str | int | float], key: str, value: str) -> None:
    coded = _coded(value)
    codes.setdefault(key, value if coded is None else coded)


def _add_number(codes: dict[str, str | int | float], key: str, value: str) -> None:
    coded = _coded(value)
    if coded is not None and key.lower() not in _NO_PARAMS:
        codes.setdefault(key, coded)


def _coded(value: str) -> int | float | None:
    """A coded number (`p` may stand for the point), None for text and for long digits, which are moments or ids."""
    if not re.fullmatch(rf"[-+]?(?:{_NUMBER})", value, re.IGNORECASE):
        return None
    digits = value.lstrip("+-")
    if digits.isdecimal():
        return int(value) if len(digits) <= _LONGEST_INT else None
    return float(value.lower().replace("p", "."))
