"""Single values of a line as numbers, steps, moments and durations. Nothing here raises on any JSON value."""

from __future__ import annotations

import math
import re
from datetime import datetime

_LONGEST_NUMBER = 100
_NUMBER_STARTS = frozenset("0123456789+-.nNiI")
SECONDS = (1e9, 4.2e9)
"""A number between these is a moment in seconds since the epoch."""

MILLISECONDS = (1e12, 4.2e12)
"""The same in milliseconds."""

LARGEST = 1e100
"""A number further from zero is no step and no duration: these are added up, and what they come to is to be finite."""

_COLONS = re.compile(r"(?:(\d+) days?,? *)?(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d*)?)", re.ASCII)
_UNITS = re.compile(
    r"(?=\d)(?:(\d+(?:\.\d+)?) *d(?:ays?)?,? *)?(?:(\d+(?:\.\d+)?) *h(?:ours?|rs?)?,? *)?"
    r"(?:(\d+(?:\.\d+)?) *m(?:in(?:ute)?s?)?,? *)?(?:(\d+(?:\.\d+)?) *s(?:ec(?:ond)?s?)?)?",
    re.ASCII | re.IGNORECASE,
)
_UNIT_SECONDS = (86400.0, 3600.0, 60.0, 1.0)


def number(value: object) -> float | None:
    """A value as a metric: numbers, booleans (0 or 1), numeric text, "nan" and "inf" in any case; None for all else.

    What no float can hold is infinite.
    """
    if isinstance(value, float):
        return value
    if isinstance(value, int):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    return _number_in(value) if isinstance(value, str) else None


def _number_in(text: str) -> float | None:
    text = text.strip() if len(text) <= _LONGEST_NUMBER else ""
    if not text or text[0] not in _NUMBER_STARTS or "_" in text:
        return None
    try:
        return float(text) if text.isascii() else None
    except ValueError:
        return None


def positive(value: object) -> float | None:
    """A value as a total or a promise: a finite number above zero, never a boolean; -1 and "nan" say nothing."""
    found = None if isinstance(value, bool) else number(value)
    return found if found is not None and 0 < found < math.inf else None


def step_number(value: object) -> float | None:
    """A value as a step: a number of at most LARGEST, up or down, never a boolean; "1/438" is 1."""
    if isinstance(value, bool):
        return None
    step = number(value)
    if step is None and isinstance(value, str):
        step = _part_of(value, 0)
    return step if step is not None and abs(step) <= LARGEST else None


def step_total(value: object) -> float | None:
    """The whole of a step written as a part of it: "1/438" is 438, all else None."""
    return positive(_part_of(value, 1)) if isinstance(value, str) else None


def _part_of(text: str, index: int) -> float | None:
    parts = text.split("/") if len(text) <= _LONGEST_NUMBER else []
    numbers = [_number_in(part) for part in parts]
    return numbers[index] if len(numbers) == 2 and None not in numbers else None


def clock(value: object) -> float | None:
    """A moment in seconds since the epoch: a number in the range of s or ms, or ISO 8601 (without a zone: local)."""
    if isinstance(value, bool):
        return None
    seconds = number(value)
    if seconds is None:
        return _iso(value) if isinstance(value, str) else None
    if SECONDS[0] <= seconds <= SECONDS[1]:
        return seconds
    if MILLISECONDS[0] <= seconds <= MILLISECONDS[1]:
        return seconds / 1000
    return None


def _iso(text: str) -> float | None:
    text = text.strip()
    if len(text) > _LONGEST_NUMBER or text[4:5] != "-":
        return None
    try:
        seconds = datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return seconds if seconds >= 0 else None


def elapsed(value: object) -> float | None:
    """A duration in seconds: a number, `H:MM:SS`, `MM:SS`, `9 days, 21:39:23`, `49m 19s`, `1h2m3s`."""
    if isinstance(value, bool):
        return None
    seconds = number(value)
    if seconds is None and isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        seconds = _duration(value.strip())
    return seconds if seconds is not None and 0 <= seconds <= LARGEST else None


def _duration(text: str) -> float | None:
    found = _COLONS.fullmatch(text) or _UNITS.fullmatch(text)
    if found is None:
        return None
    return sum(float(part) * unit for part, unit in zip(found.groups(), _UNIT_SECONDS, strict=True) if part)
