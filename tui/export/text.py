"""A chart as plain text: the cells of the terminal, without colours."""

from __future__ import annotations

from rich.cells import cell_len
from textual.strip import Strip

from labtop.tui.charts.draw import draw
from labtop.tui.charts.spec import Look, Spec
from labtop.tui.run_style import Charset


def text(spec: Spec, width: int, height: int, charset: Charset = "braille") -> str:
    """`height` lines of at most `width` cells each, each ended, without blanks at their ends."""
    look = Look(charset=charset, colors="none")
    return "".join(f"{plain(strip, charset)}\n" for strip in draw(spec, width, height, look))


def plain(strip: Strip, charset: Charset) -> str:
    """The characters of a strip. In ASCII a letter that it lacks is a '?' for each of its cells."""
    line = strip.text.rstrip()
    if charset == "braille" or line.isascii():
        return line
    return "".join(letter if letter.isascii() else "?" * cell_len(letter) for letter in line)
