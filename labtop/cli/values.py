"""Values as people read them: numbers, times, durations, whatever JSON a log held."""

from __future__ import annotations

import json
import math
import time

from labtop.cli.text import clean
from labtop.store.answers.to_csv import literal
from labtop.store.model import MISSING

LACKS = "-"
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def number(value: float, digits: int = 5) -> str:
    """A number with `digits` significant digits; whole ones in full, as they are steps, tokens, sizes."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == int(value) and abs(value) < 1e12:
        return str(int(value))
    return f"{value:.{digits}g}"


def shown(value: object) -> str:
    """A value of a log on one line, clean: texts as they are, None as null, what a run lacks as a dash."""
    if value is MISSING:
        return LACKS
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float):
        return number(value)
    return clean(json.dumps(value, ensure_ascii=False, default=str))


def exact(value: object) -> str | int | float | None:
    """A value for CSV: numbers with all digits, nothing for null or what a run lacks, lists and objects as JSON.

    No spreadsheet runs a text.
    """
    if value is None or value is MISSING:
        return None
    if isinstance(value, str):
        return literal(clean(value))
    if isinstance(value, float) and math.isfinite(value) and value == int(value) and abs(value) < 2**53:
        return int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return clean(json.dumps(value, default=str))


def span(seconds: float | None) -> str:
    """A duration in its two largest units: 1h 30m."""
    if seconds is None or not math.isfinite(seconds):
        return LACKS
    left = max(0, round(seconds))
    parts: list[str] = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append(f"{count}{unit}" if count else "")
        if len(parts) == 2:
            break
    return " ".join(filter(None, parts)) or "0s"


def ago(moment: float | None, now: float) -> str:
    """How long ago, in the largest unit: 29m ago."""
    if moment is None or not math.isfinite(moment):
        return LACKS
    seconds = max(0.0, now - moment)
    unit, size = next(((unit, size) for unit, size in _UNITS if seconds >= size), _UNITS[-1])
    return f"{int(seconds // size)}{unit} ago"


def clock(moment: float | None, *, estimated: bool = False) -> str:
    """Local date and time to the second; '~' before a time that no clock of the log said."""
    if moment is None or not math.isfinite(moment):
        return LACKS
    try:
        text = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))
    except (OverflowError, ValueError, OSError):
        return number(moment)
    return f"~{text}" if estimated else text


def minute(moment: float | None) -> str:
    """Local date and time to the minute."""
    text = clock(moment)
    return text.rpartition(":")[0] or text


def progress(step: float | None, total: float | None) -> str:
    """Step, and of how many where that is known."""
    if step is None:
        return LACKS
    return number(step) if total is None else f"{number(step)}/{number(total)}"


def signed(value: float) -> str:
    """A difference, with its sign also where it is positive, and '=' where there is none."""
    if value == 0:
        return "="
    return number(value, 3) if value < 0 or math.isnan(value) else f"+{number(value, 3)}"


def indented(line: str) -> str:
    """A line of a program's text, clean, its indentation kept."""
    return line[: len(line) - len(line.lstrip(" "))] + clean(line.lstrip(" "))
