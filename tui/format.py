"""Values as short text for the screen: numbers, times, sizes, states, and hostile text made safe. Pure functions."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from rich.cells import cell_len, set_cell_size

from labtop.store.model import Missing, Status

STATUS_MARKS: Mapping[Status, tuple[str, str]] = MappingProxyType(
    {
        Status.RUNNING: ("▶", "green"),
        Status.FINISHED: ("✓", "cyan"),
        Status.FAILED: ("✗", "bold red"),
        Status.KILLED: ("■", "yellow"),
        Status.CRASHED: ("†", "bold magenta"),
        Status.STALE: ("?", "yellow"),
        Status.ENDED: ("·", "dim"),
    }
)
"""Mark (one cell, distinct without colour) and Rich style of each state."""

ASCII_STATUS_MARKS: Mapping[Status, tuple[str, str]] = MappingProxyType(
    {
        status: (mark, STATUS_MARKS[status][1])
        for status, mark in zip(Status, (">", "+", "x", "#", "!", "?", "."), strict=True)
    }
)
"""The same for terminals whose locale is not UTF-8."""

_ESCAPES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f]).*?(?:\x1b\\|[\x07\x9c]|\Z)"  # strings: OSC, DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI
    r"|\x1b[ -/]*[0-~]?",  # everything else
    re.DOTALL,
)
_LINE_ENDS = re.compile(r"\r\n|[\n\v\f\r\x85\u2028\u2029]")
_LONGEST_CLEANED = 4096
_DIGITS = 5


def clean(text: object, limit: int | None = None) -> str:
    """Any text as one safe line: no control or escape sequences, no bidi or invisible marks, at most `limit` cells.

    Line ends show as ⏎, tabs as a space, what was cut off as …
    """
    plain = text if isinstance(text, str) else str(text)
    if limit is not None and len(plain) > (longest := _LONGEST_CLEANED + 8 * limit):
        plain = plain[:longest] + "…"  # time is bounded for a log line of many megabytes
    if not (plain.isascii() and plain.isprintable()):
        plain = _LINE_ENDS.sub("⏎", _ESCAPES.sub("", plain).replace("\t", " "))
        plain = "".join(filter(is_harmless, plain))
    return plain if limit is None else cut(plain, limit)


def is_harmless(character: str) -> bool:
    """Whether a terminal draws the character in its place, with a width that all terminals agree on."""
    if character.isascii():
        return character.isprintable()
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return False
    return not (category in ("Mn", "Me") and ("\ufe00" <= character <= "\ufe0f" or character >= "\U000e0100"))


def cut(text: str, cells: int, more: str = "…") -> str:
    """`text` in at most `cells` cells; where it is cut the last one is `more`."""
    if cells <= 0:
        return ""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip(" ") + more


def number(value: float | None, width: int = 9) -> str:
    """A metric's value in at most `width` cells: five significant digits where they fit, whole numbers exact.

    Trailing zeros stay, so that a column keeps its width while values change. None gives "".
    """
    if value is None:
        return ""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if (value == int(value) or abs(value) >= 10**_DIGITS) and len(whole := f"{value:.0f}") <= width:
        return "0" if whole == "-0" else whole
    text = ""
    for digits in range(_DIGITS, 0, -1):
        text = f"{float(value):#.{digits}g}".removesuffix(".").replace(".e", "e")
        if len(text) <= width:
            break
    return text


def step(value: float | None) -> str:
    """A step: exact up to six digits, then 1.28M, 3.40G. None and what is not finite give ""."""
    if value is None or not math.isfinite(value):
        return ""
    if abs(value) < 999_999.5:
        return str(int(value)) if value == int(value) else f"{value:.6g}"
    if abs(value) >= 1e18:
        return f"{value:.2e}"
    scaled, unit = value / 1e6, "M"
    for larger in "GTPE":
        if abs(scaled) < 999.995:
            break
        scaled, unit = scaled / 1000, larger
    return f"{scaled:.2f}{unit}"


def duration(seconds: float | None) -> str:
    """A length of time by its two largest units: 3s, 4m12s, 2h05m, 3d4h. None and what is not finite give ""."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    if 0 < seconds < 1:
        return f"{math.ceil(seconds * 10) / 10:.1f}s"
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02}m"
    return f"{whole // 86400}d{whole % 86400 // 3600}h"


def age(seconds: float | None) -> str:
    """How long ago, coarsely: now, 2m, 3h, 5d. Changes at most once a minute; the future counts as now."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h" if minutes < 1440 else f"{minutes // 1440}d"


def age_lasts(seconds: float) -> float:
    """So many seconds later `age` says something else; infinite for what is not finite."""
    if not math.isfinite(seconds):
        return math.inf
    unit = 60 if seconds < 3600 else 3600 if seconds < 86400 else 86400
    return 60 - seconds if seconds < 0 else unit - seconds % unit


def progress_bar(fraction: float | None, cells: int, *, ascii_only: bool = False) -> str:
    """A bar exactly `cells` wide, filled to `fraction` in eighths of a cell. None gives blanks."""
    if fraction is None or not math.isfinite(fraction):
        return " " * cells
    done = min(max(fraction, 0.0), 1.0) * cells
    if ascii_only:
        return ("#" * int(done)).ljust(cells, ".")
    part = " ▏▎▍▌▋▊▉"[int(done % 1 * 8)].strip()
    return ("█" * int(done) + part).ljust(cells, "░")


def percent(fraction: float | None) -> str:
    """A fraction as 42%, rounded down, so that 100% means done."""
    if fraction is None or not math.isfinite(fraction):
        return ""
    return f"{math.floor(fraction * 100 + 1e-9)}%"


def value(item: object, *, quoted: bool = False) -> str:
    """Any parameter as one safe line: numbers as logged, true, null, compact JSON for lists and mappings.

    A run that lacks it gives –. `quoted` puts strings in quotes, to tell "1" from 1.
    """
    if isinstance(item, Missing):
        return "–"
    if isinstance(item, str) and not quoted:
        return clean(item)
    if isinstance(item, float):
        return number(item) if not math.isfinite(item) else repr(item)
    try:
        return clean(json.dumps(item, ensure_ascii=False, separators=(",", ":"), default=str))
    except RecursionError:  # a hostile log may nest deeper than Python does
        return "…"


def bytes_(count: float | None) -> str:
    """A size in decimal units, three digits: 512 B, 1.23 kB, 45.6 MB. None gives ""."""
    if count is None or not math.isfinite(count):
        return ""
    scaled, unit = float(count), ""
    for larger in "kMGTPE":
        if abs(scaled) < 999.5:
            break
        scaled, unit = scaled / 1000, larger
    return f"{scaled:.0f} B" if not unit else f"{number_of_digits(scaled, 3)} {unit}B"


def delta(item: float | None, baseline: float | None, *, relative: bool = False) -> str:
    """The signed difference to the baseline, or its relative size in percent of it. Equal gives "=", unknown ""."""
    if item is None or baseline is None or not (math.isfinite(item) and math.isfinite(baseline)):
        return ""
    if item == baseline:
        return "="
    if relative and baseline == 0:
        return ""
    sign = "+" if item > baseline else "-"
    size = abs(item - baseline)
    if not relative:
        return sign + number_of_digits(size, 3)
    return f"{sign}{number_of_digits(100 * size / abs(baseline), 3)}%"


def number_of_digits(amount: float, digits: int) -> str:
    """A finite number with this many significant digits, trailing zeros kept: 0.120, 12.0, 1.2e-05."""
    if 10**digits - 0.5 <= abs(amount) < 1e6:
        return f"{amount:.0f}"
    return f"{amount:#.{digits}g}".removesuffix(".").replace(".e", "e")
