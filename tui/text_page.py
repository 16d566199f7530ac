"""TextPage: text to read that grows by lines, for screens that tell all of one thing."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

from rich.cells import cell_len
from rich.text import Text

from labtop.tui import format as fmt
from labtop.tui.run_style import Charset

INDENT = 2
MOST_ROWS, LONGEST = 1000, 4000
"""Of a section, and cells of a value: a page of a megabyte takes seconds to be laid out."""
_LABEL = 12
_FEWEST = 16
"""Cells of a line that words behind something else need at least."""


class TextPage:
    """Text that grows by lines; what is longer than a line goes on below, indented."""

    def __init__(self, width: int, charset: Charset) -> None:
        self.text = Text()
        self.width = max(20, width)
        self.charset = charset

    def title(self, title: str) -> None:
        """The heading of a section."""
        self.text.append(f"\n{title}\n", "bold underline")

    def line(self, words: str, style: str = "", indent: int = INDENT) -> None:
        """Words from a file or our own, wrapped."""
        for part in wrapped(words, self.width - indent):
            self.text.append(" " * indent + part + "\n", style)

    def rows(self, rows: Iterable[tuple[str, str]]) -> None:
        """Labels with their values; an empty label leaves the line to the value."""
        for label, value in rows:
            indent = INDENT + (_LABEL + 1 if label else 0)
            name = fmt.clean(label)
            if len(name) > _LABEL:
                self.line(name, "dim")
                name = ""
            first, *more = wrapped(value, self.width - indent) or [""]
            self.text.append(f"{'':{INDENT}}{name:<{indent - INDENT}}", "dim").append(f"{first}\n")
            for part in more:
                self.text.append(" " * indent + part + "\n")

    def section(self, title: str, rows: Iterable[tuple[str, str]]) -> None:
        """A heading and rows, or nothing where there is no row."""
        found = tuple(rows)
        if found:
            self.title(title)
            self.rows((label, fmt.cut(value, LONGEST)) for label, value in found[:MOST_ROWS])
        if len(found) > MOST_ROWS:
            self.line(f"{len(found) - MOST_ROWS} more: labtop show lists them", "yellow")

    def said(self, when: str, what: str, words: str) -> None:
        """A moment, what happened then, and words about it: behind them, or below where that leaves little room."""
        indent = INDENT + cell_len(when) + cell_len(what) + 2
        self.text.append(f"{'':{INDENT}}{when}", "dim").append(what, "bold")
        if self.width - indent < _FEWEST:
            self.text.append("\n")
            self.line(words, indent=2 * INDENT)
            return
        first, *more = wrapped(words, self.width - indent) or [""]
        self.text.append(f"  {first}\n")
        self.line(" ".join(more), indent=2 * INDENT)


def wrapped(words: str, width: int) -> list[str]:
    """The words as one safe text, in lines of at most `width` cells, unless that is less than 8."""
    return wrap(fmt.clean(words), max(8, width), break_on_hyphens=False)
