"""What plots are made of: how a character set divides a cell into dots, and what this terminal can draw."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labtop.tui.run_style import terminal_charset

Dots = Literal["braille", "blocks", "ascii"]
"""Braille (2 × 4 dots a cell), half blocks (1 × 2, each in its own colour), or apostrophe, point and colon (1 × 2)."""


@dataclass(frozen=True, slots=True)
class Grain:
    """How a character set divides a cell into dots, and the code points of all patterns of dots.

    `halves`: where two runs have a half of a cell each, the lower one is seen in its background.
    """

    across: int
    down: int
    bits: tuple[tuple[int, ...], ...]  # bits[column][row] of the pattern's number
    glyphs: NDArray[np.uint32]
    halves: bool = False


BRAILLE = Grain(
    2,
    4,
    ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80)),
    np.where(np.arange(256) == 0, ord(" "), 0x2800 + np.arange(256)).astype(np.uint32),
)
BLOCKS = Grain(1, 2, ((1, 2),), np.array([ord(glyph) for glyph in " ▀▄█"], np.uint32), halves=True)
ASCII = Grain(1, 2, ((1, 2),), np.array([ord(glyph) for glyph in " '.:"], np.uint32))
GRAINS: Mapping[Dots, Grain] = MappingProxyType({"braille": BRAILLE, "blocks": BLOCKS, "ascii": ASCII})


def terminal_dots() -> Dots:
    """What plots are made of here: `LABTOP_DOTS` where it is one of the words, else what the terminal can draw.

    A Linux console with a UTF-8 locale has half blocks and no braille.
    """
    match os.environ.get("LABTOP_DOTS"):
        case "braille" | "blocks" | "ascii" as wanted:
            return wanted
    if terminal_charset() == "braille":
        return "braille"
    utf8 = locale.getencoding().lower().replace("-", "") == "utf8"
    return "blocks" if utf8 and os.environ.get("TERM") == "linux" else "ascii"
