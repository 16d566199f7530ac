"""A rectangle of cells to write characters into, each with an ink, and its way onto the screen as strips."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

PLAIN, DIM, FIRST_FREE = 0, 1, 2
"""Inks: the foreground, the quiet colour of frames and labels; from FIRST_FREE on, those that the caller gives."""


@lru_cache(maxsize=256)
def style(color: str, *, dim: bool = False, bold: bool = False, reverse: bool = False) -> Style:
    """A foreground style; the background stays that of the widget."""
    return Style(color=color, dim=dim or None, bold=bold or None, reverse=reverse or None)


class Canvas:
    """Cells of one character each, all of which are one cell wide. Writing outside is cut off."""

    def __init__(self, width: int, height: int) -> None:
        self.glyph = np.full((height, width), ord(" "), np.uint32)
        self.ink = np.zeros((height, width), np.int64)

    def write(self, column: int, row: int, text: str, ink: int = PLAIN) -> None:
        """Write text to the right from a cell."""
        height, width = self.glyph.shape
        if not 0 <= row < height:
            return
        for place, character in enumerate(text, column):
            if 0 <= place < width:
                self.glyph[row, place] = ord(character)
                self.ink[row, place] = ink

    def is_free(self, column: int, row: int) -> bool:
        """Whether a cell is there and blank."""
        height, width = self.glyph.shape
        return 0 <= column < width and 0 <= row < height and self.glyph[row, column] == ord(" ")

    def segments(self, inks: Sequence[Style]) -> list[list[Segment]]:
        """Each row as segments; blanks belong to the segment before them."""
        return [
            _row(glyphs.tobytes().decode("utf-32-le"), ink.tolist(), inks)
            for glyphs, ink in zip(self.glyph.astype("<u4"), self.ink, strict=True)
        ]


def _row(text: str, ink: list[int], inks: Sequence[Style]) -> list[Segment]:
    segments, start = [], 0
    current = ink[0] if ink else PLAIN
    for place, character in enumerate(text):
        if ink[place] != current and character != " ":
            if place > start:
                segments.append(Segment(text[start:place], inks[current]))
            start, current = place, ink[place]
    if start < len(text):
        segments.append(Segment(text[start:], inks[current]))
    return segments


def strip(segments: list[Segment], width: int) -> Strip:
    """Segments as a strip of exactly this many cells."""
    return Strip(segments).adjust_cell_length(width)
