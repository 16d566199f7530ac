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
        height, width = self.glyph.shape
        if not self.glyph.size:
            return [[] for _ in range(height)]
        places = np.where(self.glyph == ord(" "), 0, np.arange(width))
        ink = np.take_along_axis(self.ink, np.maximum.accumulate(places, axis=1), axis=1)
        text = self.glyph.astype("<u4").tobytes().decode("utf-32-le")
        rows: list[list[Segment]] = [[] for _ in range(height)]
        changes = np.ones((height, width), np.bool_)
        changes[:, 1:] = ink[:, 1:] != ink[:, :-1]
        starts = np.flatnonzero(changes).tolist()
        for start, end, color in zip(starts, [*starts[1:], height * width], ink[changes].tolist(), strict=True):
            rows[start // width].append(Segment(text[start:end], inks[color]))
        return rows


def strip(segments: list[Segment], width: int) -> Strip:
    """Segments as a strip of exactly this many cells."""
    return Strip(segments).adjust_cell_length(width)
