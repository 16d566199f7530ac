"""Names of as many words, cut down to the words that tell them apart. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rich.cells import cell_len

MORE = "…"
"""Stands for what was left out."""
_SEVERAL = re.compile(f"{MORE}{{2,}}")
_WORDS = re.compile(r"([_/,;:= ]+|(?<!\de)-)")
_OF_NUMBERS = "0123456789."
_TELLING = 3  # letters below which a beginning says nothing


def condensed(names: Sequence[str], cells: int, *, tersely: bool = False) -> list[str]:
    """The names with `…` for what those with as many words share, the longest first, until they fit.

    Tersely: ends of words go too, and where numbers begin alike. Even then some may be wider than that.
    """
    built: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for name in names:
        words = _WORDS.split(name)
        built.setdefault(tuple(words[1::2]), {})[name] = words
    shown: dict[str, str] = {}
    for alike in built.values():
        shown |= zip(alike, _Columns(list(alike.values())).fitted(cells, tersely=tersely), strict=True)
    return [shown[name] for name in names]


def once(text: str) -> str:
    """The text without ellipses side by side."""
    return _SEVERAL.sub(MORE, text)


class _Columns:
    """Names as columns of words that differ, with gaps around them where all are the same."""

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        self._gaps = [""]
        self._columns: list[list[str]] = []
        for words in zip(*names, strict=True):
            front = _front(words)
            self._gaps[-1] += front
            if len(set(words)) > 1:
                self._columns.append([word[len(front) :] for word in words])
                self._gaps.append("")
        self._count = len(names)
        self._widths = [[*map(cell_len, column)] for column in self._columns]

    def fitted(self, cells: int, *, tersely: bool) -> list[str]:
        """The names, narrowed step by step until they are as narrow as that."""
        steps = self._steps(cells, tersely=tersely) if self._columns else iter(())
        while self._width() > cells and (step := next(steps, None)):
            step()
        return [once(self._text(place)) for place in range(self._count)]

    def _steps(self, cells: int, *, tersely: bool) -> Iterator[Callable[[], None]]:
        """The least telling first."""
        for at in sorted(range(len(self._gaps)), key=lambda at: -len(self._gaps[at])):
            yield partial(self._close, at, cells)
        for narrow in (self._cut_ends, self._cut_zeros, self._cut_fronts) if tersely else ():
            for at in range(len(self._columns)):
                yield partial(narrow, at, cells)

    def _close(self, at: int, cells: int) -> None:
        """No more of it than has no room."""
        gap = self._gaps[at]
        kept = gap[: max(len(gap) - 1 - (self._width() - cells), 0)].rstrip() if gap.isascii() else ""
        begin = kept if len(kept) >= _TELLING else ""
        self._gaps[at] = " " if gap.isspace() else begin + MORE if len(gap) > 1 else gap

    def _cut_ends(self, at: int, cells: int) -> None:
        """As much of the words stays as has room, at least what tells them apart; the ends of numbers tell most."""
        words = self._columns[at]
        if all(word[:1] in _OF_NUMBERS for word in words):
            return
        different, longest = len(set(words)), max(map(len, words))
        least = next((most for most in range(1, cells) if len({word[:most] for word in words}) == different), longest)
        if least >= longest:
            return
        self._gaps[at + 1] = MORE
        for most in range(min(longest - 1, max(cells, least)), least - 1, -1):
            self._put(at, [word[:most] for word in words])
            if self._width() <= cells:
                return

    def _cut_zeros(self, at: int, _: int) -> None:
        words = self._columns[at]
        if self._gaps[at] and all(word.startswith("0.") for word in words):
            self._drop(at, 1)

    def _cut_fronts(self, at: int, _: int) -> None:
        words = self._columns[at]
        same = min(len(shared_beginning(words)), min(map(len, words)) - 1)
        if same > (not self._gaps[at]):  # an ellipsis takes a cell
            self._drop(at, same)

    def _drop(self, at: int, letters: int) -> None:
        """That many letters at the front of each word."""
        self._gaps[at] = MORE
        self._put(at, [word[letters:] for word in self._columns[at]])

    def _put(self, at: int, words: list[str]) -> None:
        self._columns[at], self._widths[at] = words, [*map(cell_len, words)]

    def _width(self) -> int:
        """Of the widest name."""
        return max(map(sum, zip(*self._widths, strict=True)), default=0) + sum(map(cell_len, self._gaps))

    def _text(self, place: int) -> str:
        words = [column[place] + gap for column, gap in zip(self._columns, self._gaps[1:], strict=True)]
        return "".join([self._gaps[0], *words])


def _front(words: Sequence[str]) -> str:
    """What the words begin with before they differ: all of it, or the letters before numbers."""
    same = shared_beginning(words)
    if len(same) == max(map(len, words)):
        return same
    letters = same.rstrip(_OF_NUMBERS)
    numbered = all(word[len(letters) : len(letters) + 1] in tuple(_OF_NUMBERS) for word in words)
    return letters if numbered else ""


def shared_beginning(words: Sequence[str]) -> str:
    """What all begin with."""
    first, last = min(words), max(words)
    return first[: next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]
