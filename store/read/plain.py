"""Texts of people without what a terminal would take for commands."""

from __future__ import annotations

import re

_LINE_END = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_UNFIT = re.compile(  # escape sequences go whole: what is pasted from a terminal leaves no "[31m"
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)


def plain(text: str) -> str:
    """Without escape sequences, control characters and blanks around it; line ends are newlines, a tab is a space."""
    return _UNFIT.sub("", _LINE_END.sub("\n", text)).replace("\t", " ").strip()


def in_a_line(text: str) -> str:
    """`plain`, with single spaces between words: names that look the same are the same."""
    return " ".join(plain(text).split())
