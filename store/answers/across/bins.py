"""Round edges of bins. Pure functions, exact: widths and edges are fractions until they are done."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import Final

import numpy as np

from labtop.store.model import Floats

_MOST: Final = 1000
_LARGEST: Final = sys.float_info.max


def edges_around(values: Floats, bins: int) -> Floats:
    """The edges of equally wide bins that hold all these finite values; none where there is no value.

    Edges are multiples of a width that is 1, 2 or 5 times a power of ten and makes between half and twice as many bins
    as asked for (1 to 1000). Values that are equal, or too close for a float to part them, are in one bin around them.
    """
    if not len(values):
        return np.zeros(0)
    low, high = Fraction(float(values.min())), Fraction(float(values.max()))
    if low == high:
        return _one_bin(low, high)
    bins = min(max(bins, 1), _MOST)
    fits = [_places(low, high, width) for width in _round_widths((high - low) / bins)]
    width, first, last = min(fits, key=lambda fit: abs(math.log((fit[2] - fit[1]) / bins)))
    edges = np.array([_float(place * width) for place in range(first, last + 1)])
    return edges if (np.diff(edges) > 0).all() else _one_bin(low, high)


def _places(low: Fraction, high: Fraction, width: Fraction) -> tuple[Fraction, int, int]:
    """The width, and the first and last edge in parts of it."""
    return width, math.floor(low / width), math.ceil(high / width)


def _one_bin(low: Fraction, high: Fraction) -> Floats:
    """The edges of one bin about a tenth as wide as the values are large, in the middle of which they lie."""
    size = max(abs(low), abs(high))
    width = _round_widths(size / 10)[1] if size else Fraction(1)
    middle = round(low / width) * width
    left, right = _float(min(middle - width / 2, low)), _float(max(middle + width / 2, high))
    if left == right:
        left, right = math.nextafter(left, -math.inf), math.nextafter(right, math.inf)
    return np.array([left, right])


def _round_widths(about: Fraction) -> list[Fraction]:
    """The round numbers from less than a fifth of this one to more than five times it, the next smaller one second."""
    digits = len(str(about.numerator)) - len(str(about.denominator))
    ladder = [digit * Fraction(10) ** (digits + up) for up in (-2, -1, 0, 1) for digit in (1, 2, 5)]
    below = sum(step <= about for step in ladder)
    return ladder[below - 2 : below + 3]


def _float(number: Fraction) -> float:
    """The nearest finite float."""
    return float(min(max(number, -Fraction(_LARGEST)), Fraction(_LARGEST)))
