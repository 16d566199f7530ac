"""Texts of people without what a terminal would take for commands."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST_NAME: Final = 200
"""Characters of a name in a line."""

_LINE_END = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_UNFIT = re.compile(  # escape sequences go whole: what is pasted from a terminal leaves no "[31m"
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)

_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")  # beside formats


def plain(text: str) -> str:
    """Without escape sequences, control characters and blanks around it; line ends are newlines, a tab is a space."""
    return _UNFIT.sub("", _LINE_END.sub("\n", text)).replace("\t", " ").strip()


def in_a_line(text: str) -> str:
    """`plain`, with single spaces between words, letters composed, and no signs of no width: names that look the same
    are the same."""
    seen = plain(text)
    if not seen.isascii():
        seen = "".join(sign for sign in _UNSEEN.sub("", seen) if unicodedata.category(sign) != "Cf")
        seen = unicodedata.normalize("NFC", seen)
    return " ".join(seen.split())


def is_seen(text: str) -> bool:
    """Whether anything of the text shows."""
    return any(character.isprintable() and not character.isspace() for character in text)


def name_in(text: str) -> str | None:
    """A text of anybody's as a name: in a line, no longer than a name may be, None where nothing of it shows."""
    name = in_a_line(text)[:LONGEST_NAME].rstrip()
    return name if is_seen(name) else None
