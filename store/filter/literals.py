"""Values of a filter as numbers, lengths of time and moments."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_UNITS: Final = {"w": 604800.0, "d": 86400.0, "h": 3600.0, "min": 60.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART: Final = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(ms|min|w|d|h|m|s)", re.IGNORECASE)
_MILLISECONDS: Final = 1e11
"""Epoch times from here on are in milliseconds: in seconds this would be the year 5138."""
_WORDS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Span:
    """A time as it was written: from `begin` on, in seconds since the epoch, before `end` where that is later."""

    begin: float
    end: float


def number(text: str) -> float | None:
    """The number that a text is: 1e-3, .5, -2, 1_000, nan, inf."""
    try:
        return float(text)
    except ValueError:
        return None


def boolean(text: str) -> bool | None:
    """true or false, in any case."""
    return _WORDS.get(text.strip().lower())


def duration(text: str) -> float | None:
    """Seconds: `90s`, `1h30m`, `2d`, with a sign or without, or a plain number."""
    plain = number(text)
    if plain is not None:
        return plain
    sign, rest = (-1.0, text[1:]) if text.startswith("-") else (1.0, text.removeprefix("+"))
    seconds, place = 0.0, 0
    while place < len(rest):
        part = _PART.match(rest, place)
        if part is None:
            return None
        seconds += float(part[1]) * _UNITS[part[2].lower()]
        place = part.end()
    return sign * seconds if place and math.isfinite(seconds) else None


def moment(text: str, now: float) -> Span | None:
    """A time: `-2d` (before now), a date or time of day, local where it has no zone, or seconds or milliseconds of the
    epoch. A date is the whole day, a time to the minute that minute.
    """
    plain = number(text)
    if plain is not None:
        at = plain / 1000 if abs(plain) >= _MILLISECONDS else plain
        return None if math.isnan(at) else Span(at, at)
    if text[:1] in ("-", "+"):
        apart = duration(text)
        return None if apart is None else Span(now + apart, now + apart)
    try:
        begin = datetime.fromisoformat(text.strip())
        return Span(begin.timestamp(), (begin + _wide(text.strip())).timestamp())
    except (ValueError, OverflowError, OSError):
        return None


def _wide(text: str) -> timedelta:
    """How long the time is that is written so."""
    time = re.split(r"[T ]", text, maxsplit=1)[1:]
    if not time:
        return timedelta(days=1)
    clock = re.split(r"[Z+-]", time[0], maxsplit=1)[0]
    if "." in clock or "," in clock:
        return timedelta(0)
    return timedelta(seconds=1) if clock.count(":") == 2 or len(clock) == 6 else timedelta(minutes=1)
