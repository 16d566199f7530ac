"""What a filter can be: how long, how deep, of which characters."""

from __future__ import annotations

import re
from typing import Final

from labtop.store.filter.terms import Wrong

LONGEST: Final = 20_000
DEEPEST: Final = 50
MOST: Final = 50
"""Conditions: with so many the database is busy for half a second where there are 75,000 runs."""

_HARMFUL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_PIECES = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|[()]""")


def check(text: str) -> None:
    """Raises `Wrong` for a text that is too long, too deep, or holds characters that no filter has a use for."""
    if len(text) > LONGEST:
        raise Wrong(f"a filter can have {LONGEST:,} characters, this one has {len(text):,}", LONGEST)
    harmful = _HARMFUL.search(text)
    if harmful:
        raise Wrong(f"there is a control character, {harmful.group()!r}", harmful.start())
    opened: list[int] = []
    for place, piece in parentheses(text):
        if piece == "(":
            opened.append(place)
        elif opened:
            opened.pop()
        if len(opened) > DEEPEST:
            raise Wrong(f"more than {DEEPEST} parentheses in each other", place)


def parentheses(text: str) -> list[tuple[int, str]]:
    """Place and kind of each parenthesis that does not stand in quotes."""
    found = ((piece.start(), piece.group()) for piece in _PIECES.finditer(text))
    return [(place, piece) for place, piece in found if piece in ("(", ")")]


def unclosed(text: str) -> int | None:
    """The place of the last parenthesis that is opened and not closed."""
    opened: list[int] = []
    for place, piece in parentheses(text):
        if piece == "(":
            opened.append(place)
        elif opened:
            opened.pop()
    return opened[-1] if opened else None
