"""Text from files, made fit for a terminal: cleaned of control codes, measured and cut in cells."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Whole escape sequences go, so that no "[31m" is left: CSI, OSC and its kin up to their end, two-letter ones.
_ESCAPES: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_BLANKS: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# Control codes, directions that reorder what follows, invisible joiners at the start of nothing, halves of surrogates.
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_HALVES: Final = re.compile(r"[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text on one line, without escape sequences, control codes or characters that reorder a line."""
    text = _BLANKS.sub(" ", _ESCAPES.sub("", text))
    return _HALVES.sub("\ufffd", _UNFIT.sub("", text))


def width(text: str) -> int:
    """Terminal cells that a cleaned text takes: two for wide characters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def cut(text: str, cells: int) -> str:
    """The text in at most `cells` cells, its middle replaced by an ellipsis: names of a sweep differ at their ends."""
    if width(text) <= cells:
        return text
    if cells <= 1:
        return "…" if cells == 1 else ""
    head = _take(text, (cells - 1) // 2)
    tail = _take(text[::-1], cells - 1 - width(head))[::-1]
    return f"{head}…{tail}"


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _take(text: str, cells: int) -> str:
    taken, left = 0, cells
    for char in text:
        left -= _cells(char)
        if left < 0:
            break
        taken += 1
    return text[:taken]
