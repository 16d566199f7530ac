"""Text of logs within a shell script: whatever it holds, it stays a word, a comment or the text of a document."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterable, Iterator
from typing import Final

from labtop.capture.secret_forms import MASKED
from labtop.cli.text import clean

_WITHIN_QUOTES: Final = str.maketrans("", "", "\n\t")
_MARK: Final = "LABTOP_END"
_PACKED: Final = 76  # letters of a line


def is_fit(text: str) -> bool:
    """Whether it can stand in a script that people read: without control codes, what reorders a line, or halves of
    surrogates. Newlines and tabs are no harm within quotes."""
    plain = text.translate(_WITHIN_QUOTES)
    return clean(plain) == plain


def is_path(text: str) -> bool:
    """Whether it can stand in a script as a path."""
    return bool(text) and "\n" not in text and is_fit(text)


def word(text: str, variable: str = "") -> str:
    """One word of a command, behind the path in a variable of the script where one is named."""
    return f'"${variable}"/{shlex.quote(text)}' if variable else shlex.quote(text)


def unmasked(text: str, secrets: Iterator[str]) -> str:
    """One word of a command, with the next variable in place of each secret that was masked in it."""
    first, *others = (shlex.quote(part) if part else "" for part in text.split(MASKED))
    return "".join((first, *(f'"${next(secrets)}"{part}' for part in others))) or word("")


def comment(text: str) -> str:
    """A line that the shell passes over."""
    return f"# {clean(text)}"


def document(command: str, text: str) -> list[str]:
    """The command with the text, which ends with a newline, as its standard input.

    What a reader would not see as it is goes in as Base64.
    """
    if is_fit(text):
        lines = text.removesuffix("\n").split("\n")
        mark = _unlike(lines)
        return [f"{command} <<'{mark}'", *lines, mark]
    packed = base64.b64encode(text.encode("utf-8", "replace")).decode()
    lines = [packed[at : at + _PACKED] for at in range(0, len(packed), _PACKED)]
    return [f"base64 -d <<'{_MARK}' | {command}", *lines, _MARK]


def _unlike(lines: Iterable[str]) -> str:
    """What no line is."""
    there, mark, number = {line for line in lines if line.startswith(_MARK)}, _MARK, 1
    while mark in there:
        number += 1
        mark = f"{_MARK}_{number}"
    return mark
