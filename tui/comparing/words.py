"""Two texts word by word: what one has and the other has not, in the marks of `git diff --word-diff`."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Final

from rich.text import Text

from labtop.tui import format as fmt

WORK: Final = 1_000_000
"""Pairs of words that are held against each other for all texts of a page; beyond that a difference is one piece."""
_WORDS: Final = re.compile(r"\w+ ?|[^\S ]+|[^\w\s] ?| +")


class WordDiff:
    """Texts against one; `left` is how much work may still be done for it."""

    def __init__(self, base: str) -> None:
        self._base = _WORDS.findall(base)
        self._left = WORK

    def __call__(self, text: str) -> Text:
        """The text: what it has more as {+words+}, what it lacks as [-words-]."""
        base, words = self._base, _WORDS.findall(text)
        front = _alike(base, words)
        back = _alike(base[front:][::-1], words[front:][::-1])
        old, new = base[front : len(base) - back], words[front : len(words) - back]
        told = Text(_plain(words[:front]))
        for tag, a, b, c, d in self._changes(old, new):
            if tag == "equal":
                told.append(_plain(new[c:d]))
                continue
            if b > a:
                told.append(f"[-{_plain(old[a:b])}-]", "red strike")
            if d > c:
                told.append(f"{{+{_plain(new[c:d])}+}}", "bold green")
        return told.append(_plain(words[len(words) - back :]))

    def _changes(self, old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
        work = len(old) * len(new)
        if work > self._left:
            return [("replace", 0, len(old), 0, len(new))]
        self._left -= work
        return list(SequenceMatcher(None, old, new).get_opcodes())  # what is everywhere in long texts aligns nothing


def _alike(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _plain(words: list[str]) -> str:
    """Several lines stay several, each safe to be shown."""
    return "\n".join(fmt.clean(line) for line in "".join(words).split("\n"))
