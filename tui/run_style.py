"""How a run looks wherever it is shown: colour and marker follow from its number alone and never change."""

from __future__ import annotations

import locale
import os
from collections.abc import Sequence
from typing import Literal

Charset = Literal["braille", "ascii"]

COLORS = ("#1EA5E1", "#C39600", "#FF5AB4", "#0F8769", "#F00F5A", "#874BB4", "#5A78FF", "#965A0F")
"""Sky, gold, pink, green, red, violet, blue, brown: found by search for the largest smallest distance (OKLab) between
any two, for normal sight and the three colour blindnesses (Machado et al. 2009), each with a contrast of at least 2.9
to a dark and 2.0 to a light background."""

MARKERS = "●■▲◆○□△◇▼▽◉▣◈◐◧"
ASCII_MARKERS = "o+*#@%&$=ABCDEF"
_DASHES = 4


def run_color(number: int) -> str:
    """The run's colour as `#RRGGBB`; eight of them, cycled by run number."""
    return COLORS[number % len(COLORS)]


def run_marker(number: int, charset: Charset = "braille") -> str:
    """The run's marker, one cell wide. Fifteen in a row differ; colour and marker together repeat after 120 runs."""
    markers = ASCII_MARKERS if charset == "ascii" else MARKERS
    return markers[number % len(markers)]


def run_dashes(numbers: Sequence[int]) -> list[int]:
    """How the lines of runs in one chart are broken: 0 solid, 1 to 3 dashes to dots.

    Of the runs that share a colour there the oldest is solid, so that no line is broken without need.
    """
    shades: dict[int, list[int]] = {}
    for number in sorted(set(numbers)):
        shades.setdefault(number % len(COLORS), []).append(number)
    return [shades[number % len(COLORS)].index(number) % _DASHES for number in numbers]


def terminal_charset() -> Charset:
    """What this terminal can draw: ASCII where the locale is not UTF-8 and on a Linux console, which has no braille."""
    utf8 = locale.getencoding().lower().replace("-", "") == "utf8"
    return "braille" if utf8 and os.environ.get("TERM") != "linux" else "ascii"
