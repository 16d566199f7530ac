"""How a run looks wherever it is shown: colour, marker and dash follow from its number alone and never change."""

from __future__ import annotations

from typing import Literal

Charset = Literal["braille", "ascii"]

COLORS = ("#3B8EEA", "#E07B00", "#1FA187", "#CC4FA0", "#8A7BE8", "#9C8B00", "#E0524D", "#7F8C99")
MARKERS = "●■▲◆○□△◇"
ASCII_MARKERS = "o+*#@%&$"
DASHES = 4


def run_color(number: int) -> str:
    """The run's colour as `#RRGGBB`; eight of them, cycled by run number."""
    return COLORS[number % len(COLORS)]


def run_marker(number: int, charset: Charset = "braille") -> str:
    """The run's marker, one cell wide. Eight in a row differ, and colour and marker together repeat after 64 runs."""
    markers = ASCII_MARKERS if charset == "ascii" else MARKERS
    return markers[(number + number // len(COLORS)) % len(markers)]


def run_dash(number: int) -> int:
    """How the run's line is broken: 0 solid for the first eight, then longer to shorter dashes, 1 to 3, cycled."""
    return number // len(COLORS) % DASHES
