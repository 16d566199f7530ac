"""A rectangle of cells to write characters into, each with an ink, and its way onto the screen as strips."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

PLAIN, DIM, FIRST_FREE = 0, 1, 2
"""Inks: the foreground, the quiet colour of frames and labels; from FIRST_FREE on, those that the caller gives."""
_BLANK, _SECOND_HALF = ord(" "), 0  # of a character that is two cells wide


@lru_cache(maxsize=1024)
def style(color: str, *, dim: bool = False, bold: bool = False, reverse: bool = False, run: int | None = None) -> Style:
    """A foreground style; the background stays that of the widget. `run` goes along as meta, for clicks."""
    meta = None if run is None else {"run": run}
    return Style(color=color, dim=dim or None, bold=bold or None, reverse=reverse or None, meta=meta)


class Canvas:
    """Cells of one character each; a wide character takes two. Writing outside is cut off.

    `paper` is an ink too, that of a cell's background; 0 is that of the widget.
    """

    def __init__(self, width: int, height: int) -> None:
        self.glyph = np.full((height, width), _BLANK, np.uint32)
        self.ink = np.zeros((height, width), np.int64)
        self.paper = np.zeros((height, width), np.int64)

    def copy(self) -> Canvas:
        """Another with the same content."""
        other = Canvas(0, 0)
        other.glyph, other.ink, other.paper = self.glyph.copy(), self.ink.copy(), self.paper
        return other

    def write(self, column: int, row: int, text: str, ink: int = PLAIN) -> None:
        """Write text to the right from a cell."""
        height, width = self.glyph.shape
        if not 0 <= row < height:
            return
        if len(text) == 1 and 0 <= column < width and cell_len(text) == 1:
            self.glyph[row, column], self.ink[row, column] = ord(text), ink
            return
        if text.isascii() and column >= 0:
            seen = slice(column, min(column + len(text), width))
            self.glyph[row, seen] = np.frombuffer(text.encode(), np.uint8)[: max(width - column, 0)]
            self.ink[row, seen] = ink
            return
        place = column
        for character in text:
            cells = 1 if character.isascii() else cell_len(character)
            if cells and place >= 0 and place + cells <= width:
                self.glyph[row, place] = ord(character)
                self.glyph[row, place + 1 : place + cells] = _SECOND_HALF
                self.ink[row, place : place + cells] = ink
            place += cells

    def is_free(self, column: int, row: int) -> bool:
        """Whether a cell is there and blank."""
        height, width = self.glyph.shape
        return 0 <= column < width and 0 <= row < height and bool(self.glyph[row, column] == _BLANK)

    def fill(self, part: tuple[slice, slice], character: str, ink: int) -> None:
        """The character in all free cells of a part (rows, columns)."""
        glyph = self.glyph[part]
        free = glyph == _BLANK
        glyph[free] = ord(character)
        self.ink[part][free] = ink

    def segments(self, inks: Sequence[Style]) -> list[list[Segment]]:
        """Each row as segments; blanks belong to the segment before them."""
        height, width = self.glyph.shape
        if not self.glyph.size:
            return [[] for _ in range(height)]
        places = np.where(self.glyph == _BLANK, 0, np.arange(width))
        colors = np.take_along_axis(self.ink, np.maximum.accumulate(places, axis=1), axis=1)
        colors += self.paper * len(inks)
        text = self.glyph.astype("<u4").tobytes().decode("utf-32-le")
        rows: list[list[Segment]] = [[] for _ in range(height)]
        changes = np.ones((height, width), np.bool_)
        changes[:, 1:] = colors[:, 1:] != colors[:, :-1]
        starts = np.flatnonzero(changes).tolist()
        for start, end, color in zip(starts, [*starts[1:], height * width], colors[changes].tolist(), strict=True):
            shown = text[start:end].replace("\0", "")
            rows[start // width].append(Segment(shown, inks[color] if color < len(inks) else _on(inks, color)))
        return rows


def _on(inks: Sequence[Style], color: int) -> Style:
    """An ink on a paper of the colour of another."""
    paper, ink = divmod(color, len(inks))
    return inks[ink] + Style(bgcolor=inks[paper].color)


def strip(segments: list[Segment], width: int) -> Strip:
    """Segments as a strip of exactly this many cells."""
    return Strip(segments).adjust_cell_length(width)
