"""Ticks of an axis of numbers: round values (1-2-5) that fit the room, with short labels that tell them apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

_SI = {0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E"}
_SI_LIMIT = 10**21
_SMALL = Decimal("0.001")  # below which many zeros are hard to count
_DIGITS = 6
_EXACT = 1e9
_SPARE = 1  # a plain number may be longer by this many cells than another way to write it


@dataclass(frozen=True, slots=True)
class Tick:
    """A value on the axis and how it is written."""

    value: float
    label: str


Fits = Callable[[Sequence[Tick]], bool]
"""Whether the labels of these ticks can stand side by side."""


def finest(candidates: Iterator[Sequence[Tick]], fits: Fits) -> Sequence[Tick]:
    """The first of the candidates, given from fine to coarse, that fits; no ticks when none does."""
    return next((ticks for ticks in candidates if fits(ticks)), ())


def number_ticks(low: float, high: float, most: int, *, whole: bool = False) -> Iterator[Sequence[Tick]]:
    """Ticks at round values within low to high, at most `most` of them, then ever fewer. `whole` keeps to integers."""
    span = _exponent(max(abs(low), abs(high)))
    start = Decimal(repr(low)).scaleb(-span), Decimal(repr(high)).scaleb(-span)
    rough = (start[1] - start[0]) / max(most, 1)
    power = rough.adjusted() if rough else 0
    for exponent in range(power, power + 20):
        for factor in (1, 2, 5):
            step = Decimal(factor).scaleb(exponent)
            if step < rough or (whole and exponent + span < 0):
                continue
            first, last = math.ceil(start[0] / step), math.floor(start[1] / step)
            if last < first:
                return
            yield labelled([(step * i).scaleb(span) for i in range(first, last + 1)])
            if last == first:
                return


def log_ticks(low: float, high: float, most: int) -> Iterator[Sequence[Tick]]:
    """Ticks of a logarithmic axis: 1-2-5 in each decade, 1-3, decades, every second decade and so on."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    if last - first <= 2:
        yield from (ticks for ticks in number_ticks(low, high, most) if len(ticks) > 2)
    sets = [(factors, 1) for factors in ((1, 2, 5), (1, 3))] + [
        ((1,), stride) for stride in (1, 2, 3, 5, 10, 20, 50, 100, 200)
    ]
    for factors, stride in sets:
        if (last - first) // stride * len(factors) > 4 * most + 4:
            continue
        decades = range(math.ceil(first / stride) * stride, last + 1, stride)
        values = [Decimal(factor).scaleb(decade) for decade in decades for factor in factors]
        inside = [value for value in values if low <= float(value) <= high]
        if inside:
            yield labelled(inside, logarithmic=True)


def labelled(values: Sequence[Decimal], *, logarithmic: bool = False) -> list[Tick]:
    """Ticks with labels: plain where that is short, else with an SI suffix or a power of ten."""
    plain = _plain(values, logarithmic=logarithmic)
    largest = max(map(abs, values))
    other = _si(values) if 1000 <= largest < _SI_LIMIT else _scientific(values)
    labels = plain if _cells(plain) <= _cells(other) + (_SPARE if largest >= _SMALL else 0) else other
    return [Tick(float(value), label) for value, label in zip(values, labels, strict=True)]


def value_label(value: float) -> str:
    """The label of one value that stands alone: with six digits, below a thousand millions all before the point."""
    digits = max(_DIGITS, _exponent(abs(value)) + 1) if abs(value) < _EXACT else _DIGITS
    return labelled([Decimal(f"{value:.{digits}g}")])[0].label


def _plain(values: Sequence[Decimal], *, logarithmic: bool) -> list[str]:
    """All with the same decimals; on a logarithmic axis, where they differ in size, each with its own."""
    if logarithmic:
        return [_trimmed(value) for value in values]
    decimals = max(_decimals(value) for value in values)
    return [f"{value:.{decimals}f}" if value else "0" for value in values]


def _si(values: Sequence[Decimal]) -> list[str]:
    """Each with the suffix of its own size: 500, 1k, 1.5k."""
    labels = []
    for value in values:
        power = min(max(value.adjusted() // 3 * 3, 0), 18) if value else 0
        labels.append(_trimmed(value.scaleb(-power)) + _SI[power])
    return labels


def _scientific(values: Sequence[Decimal]) -> list[str]:
    labels = []
    for value in values:
        power = value.adjusted() if value else 0
        labels.append(_trimmed(value.scaleb(-power)) + (f"e{power}" if value else ""))
    return labels


def _trimmed(value: Decimal) -> str:
    return f"{value:.{_decimals(value)}f}" if value else "0"


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _cells(labels: Sequence[str]) -> int:
    return max(map(len, labels))


def _exponent(value: float) -> int:
    return math.floor(math.log10(value)) if value > 0 else 0
