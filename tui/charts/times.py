"""Ticks of an axis of time: seconds since the start, or the clock and the calendar of this machine."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from labtop.tui.charts.ticks import Tick, log_ticks, number_ticks

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_DAYS = tuple(_DAY * n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000))
_LENGTHS = (
    *(1, 2, 5, 10, 15, 30),
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
    *_DAYS,
)
_LOG_LENGTHS = (
    _LENGTHS,
    (1, 3, 10, 30, *(_MINUTE * n for n in (1, 3, 10, 30)), *(_HOUR * n for n in (1, 3, 6, 12)), *_DAYS),
    (1, 10, _MINUTE, 10 * _MINUTE, _HOUR, 6 * _HOUR, _DAY, 10 * _DAY, 100 * _DAY, 1000 * _DAY),
    (1, _MINUTE, _HOUR, _DAY, 100 * _DAY),
    (1, _HOUR, 100 * _DAY),
)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
_CALENDAR = (-6e10, 2.5e11)  # seconds of the years 68 to 9892, well inside what datetime holds
_UNITS = ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m"), (1, "s"))


def relative_ticks(low: float, high: float, most: int) -> Iterator[Sequence[Tick]]:
    """Ticks at round lengths of time, labelled 30s, 5m, 1h30m, 2d; from fine to coarse."""
    if high - low < 2 or high - low > most * _LENGTHS[-1]:
        for ticks in number_ticks(low, high, most):
            yield [Tick(tick.value, tick.label + ("s" if tick.value else "")) for tick in ticks]
        return
    for length in _LENGTHS:
        if length * most < high - low:
            continue
        places = range(math.ceil(low / length), math.floor(high / length) + 1)
        if not places:
            return
        yield [Tick(float(place * length), _length(place * length)) for place in places]


def log_relative_ticks(low: float, high: float, most: int) -> Iterator[Sequence[Tick]]:
    """Ticks of a logarithmic axis of time since the start: 1s, 10s, 1m, 10m, 1h, 6h, 1d; below a second as numbers."""
    if low >= 1 and high <= _LENGTHS[-1]:
        for lengths in _LOG_LENGTHS:
            if inside := [Tick(float(length), _length(length)) for length in lengths if low <= length <= high]:
                yield inside
    for ticks in log_ticks(low, high, most):
        yield [Tick(tick.value, tick.label + "s") for tick in ticks]


def wall_ticks(low: float, high: float, most: int) -> Iterator[Sequence[Tick]]:
    """Ticks at round local times, labelled 14:05:30, 14:05, 21 Nov, Nov 2026 or 2026; from fine to coarse.

    Seconds that no calendar knows are labelled as numbers.
    """
    if low < _CALENDAR[0] or high > _CALENDAR[1]:
        yield from number_ticks(low, high, most)
        return
    if high - low < 2:
        for ticks in number_ticks(low, high, most):
            yield [Tick(tick.value, _clock_fraction(tick.value)) for tick in ticks]
        return
    first, last = datetime.fromtimestamp(low), datetime.fromtimestamp(high)
    for length in (length for length in _LENGTHS if length <= 10 * _DAY):
        if length * most >= high - low:
            yield [tick for tick in _clock(first, last, length) if low <= tick.value <= high]
    for months in _MONTHS:
        if months * 28 * _DAY * most >= high - low:
            yield [tick for tick in _calendar(first, last, months) if low <= tick.value <= high]


def _length(seconds: int) -> str:
    """The length by its units: 0, 45s, 1m30s, 2h, 3d12h."""
    label, rest = "", abs(seconds)
    for unit, letter in _UNITS:
        count, rest = divmod(rest, unit)
        label += f"{count}{letter}" if count else ""
    return ("-" if seconds < 0 else "") + label if label else "0"


def _clock(first: datetime, last: datetime, length: int) -> Iterator[Tick]:
    """Every `length` seconds of local time, counted from a midnight: labels stay round across a clock change."""
    moment = first.replace(hour=0, minute=0, second=0, microsecond=0)
    if length > _DAY:
        moment -= timedelta(days=(moment.toordinal()) % (length // _DAY))
    moment += timedelta(seconds=max(0, (first - moment) // timedelta(seconds=length) * length))
    while moment <= last:
        yield Tick(moment.timestamp(), _moment(moment, length))
        moment += timedelta(seconds=length)


def _calendar(first: datetime, last: datetime, months: int) -> Iterator[Tick]:
    """The first days of every `months` months."""
    number = (first.year * 12 + first.month - 1) // months * months
    while number // 12 <= last.year:
        moment = datetime(number // 12, number % 12 + 1, 1)
        yield Tick(moment.timestamp(), f"{moment:%Y}" if months >= 12 else f"{moment:%b %Y}")
        number += months


def _moment(moment: datetime, length: int) -> str:
    if length >= _DAY or (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return f"{moment.day} {moment:%b}"
    return f"{moment:%H:%M:%S}" if length < _MINUTE else f"{moment:%H:%M}"


def _clock_fraction(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds)
    return f"{moment:%H:%M:%S}" + f"{moment.microsecond / 1e6:.3f}".removeprefix("0").rstrip("0").rstrip(".")
