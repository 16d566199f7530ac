"""Where a filter is wrong, as two lines."""

from __future__ import annotations

import unicodedata

from labtop.store.model import FilterError

_WIDE = ("W", "F")


def caret(error: FilterError, width: int = 80) -> str:
    """The filter, cut to `width` cells around the place, and below it a ^; control characters are blanks."""
    cells = [_cell(character) for character in error.text]
    place = max(0, min(error.place, len(cells)))
    begin, end, used = place, place, 1  # a cell for the caret behind the last character
    while True:
        before = begin > 0 and used + _width(cells[begin - 1]) <= width
        if before and (place - begin <= (end - place) + width // 3 or end == len(cells)):
            begin -= 1
            used += _width(cells[begin])
        elif end < len(cells) and used + _width(cells[end]) <= width:
            used += _width(cells[end])
            end += 1
        elif before:
            begin -= 1
            used += _width(cells[begin])
        else:
            break
    return "".join(cells[begin:end]).rstrip() + "\n" + " " * sum(map(_width, cells[begin:place])) + "^"


def _cell(character: str) -> str:
    """The character as a terminal may be given it: one that takes no cell, or has power over it, is a blank."""
    if unicodedata.category(character)[0] in "CZ" or unicodedata.combining(character):
        return " "
    return character


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1
