"""Sparkline: the course of a run in one row of cells."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from labtop.tui.run_style import Charset

_BARS: dict[Charset, str] = {"braille": "▁▂▃▄▅▆▇█", "ascii": " .:-=+*#"}


def sparkline(values: Sequence[float], charset: Charset) -> str:
    """A cell for each value, from the lowest bar for the smallest to the highest for the largest.

    Where all are equal their bars are half as high; what is NaN or infinite is a blank.
    """
    bars = _BARS[charset]
    finite = [value for value in values if isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    if low == high:
        return "".join(bars[3] if isfinite(value) else " " for value in values)
    part = 1.0 if isfinite(high - low) else 0.5  # the range may be more than a float holds
    span = high * part - low * part
    heights = [(value * part - low * part) / span if isfinite(value) else None for value in values]
    return "".join(" " if height is None else bars[min(int(height * len(bars)), len(bars) - 1)] for height in heights)
