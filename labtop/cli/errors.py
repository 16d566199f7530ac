"""What ends a command early: one line for the user and an exit status."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Final

USAGE: Final = 2
NOT_THERE: Final = 3


class CommandError(Exception):
    """Ends the command: the text is one line, what is wrong and what to do; `status` is the exit status.

    The lines `below` show where it is wrong.
    """

    def __init__(self, text: str, status: int = USAGE, below: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.status = status
        self.below = below


def nearest(word: str, names: Iterable[str], *, most: int = 3) -> str:
    """'; near: a, b' for the names most like `word`, empty where none is like it."""
    by_lower = {name.lower(): name for name in names}
    close = difflib.get_close_matches(word.lower(), by_lower, n=most, cutoff=0.6)
    return f"; near: {', '.join(by_lower[name] for name in close)}" if close else ""
