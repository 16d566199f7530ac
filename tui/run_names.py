"""Names of runs in little room, shortened so that they can still be told apart. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

_MORE = "…"
_TELLING = 3  # letters below which a beginning says nothing
_WORTH = 4  # letters that leaving out a common beginning must save
_MOMENT = re.compile(r"[-_]\d{8,}…?$")  # the seconds, or the date, of a start: the least telling part of a long name
_WORD_END = re.compile(r"[_/,;:= ]|(?<!\de)-(?!e\d)")  # not within 1e-3, be it read forward or backward


def fitted(names: Sequence[str], cells: int) -> list[str]:
    """The names in at most this many cells each.

    Names that begin with the same word, where one is too long, lose what all of them share before anything else, and
    show of their beginning what has room. Where two would still look the same, other places are cut.
    """
    short: dict[str, str] = {}
    for family in _families(names):
        short |= _family_fitted(family, cells)
    result = [short[name] for name in names]
    if _telling(names, result):
        return result
    return max((result, *([_cut(name, cells, head) for name in names] for head in _heads(cells))), key=_distinct)


def told_apart(names: Sequence[str]) -> list[str]:
    """The names without the words that all those with the same first word begin and end with.

    What is left differs early. Names stay as they are where two would become the same.
    """
    short = {part.name: part.short for family in _families(names) for part in _parts(family)}
    result = [short[name] for name in names]
    return result if _telling(names, result) else list(names)


def cut_middle(name: str, cells: int) -> str:
    """`name` in at most `cells` cells: names of a sweep tell most at their end, and something at their start."""
    return _cut(name, cells, (cells - 1) // 3)


def cut_front(text: str, cells: int) -> str:
    """`text` in at most `cells` cells: of a path the end tells most."""
    return _cut(text, cells, 0)


def _cut(name: str, cells: int, head: int) -> str:
    """The name in at most `cells` cells; where it is cut, `head` cells of the beginning stay, the rest is the end."""
    if cell_len(name) <= cells:
        return name
    if cells <= 0:
        return ""
    begin = set_cell_size(name, head).rstrip()
    end = name
    while end and (cell_len(end) > cells - 1 - cell_len(begin) or unicodedata.combining(end[0])):
        end = end[1:]
    return begin + _MORE + end


@dataclass(frozen=True, slots=True)
class _Part:
    """A name and how much of its beginning and end all of its family share."""

    name: str
    before: int
    after: int

    @property
    def short(self) -> str:
        """What is left without that."""
        left = self.name[self.before : len(self.name) - self.after]
        return (_MORE if self.before else "") + left + (_MORE if self.after else "")

    def lengthened(self, room: int) -> str:
        """`short`, with as much of the shared beginning as goes into this many cells more."""
        if not self.before or room < _TELLING:
            return self.short
        if cell_len(self.name[: self.before]) <= room + 1:
            return self.name[: self.before] + self.short.removeprefix(_MORE)
        return set_cell_size(self.name, room).rstrip() + self.short


def _family_fitted(names: Sequence[str], cells: int) -> dict[str, str]:
    """Each name of a family and what is shown of it, by the way to cut that keeps most apart."""
    if all(cell_len(name) <= cells for name in names):
        return {name: name for name in names}
    family = _parts(names)
    room = cells - max(cell_len(part.short) for part in family)
    parts = [part.lengthened(room) for part in family]
    stamped = [_MOMENT.sub(_MORE, part) for part in parts]
    if room < 0 and _telling(names, stamped):
        parts = stamped
    best = max(([_cut(part, cells, head) for part in parts] for head in _heads(cells)), key=_distinct)
    return dict(zip(names, best, strict=True))


def _heads(cells: int) -> tuple[int, ...]:
    """How much of the beginning may stay of a name that is cut, best first."""
    return (cells - 1) // 3, cells - 1, 0, (cells - 1) * 2 // 3


def _distinct(shown: Sequence[str]) -> int:
    return len(set(shown))


def _families(names: Sequence[str]) -> list[list[str]]:
    """The distinct names, those with the same first word together."""
    families: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        families.setdefault(_WORD_END.split(name, maxsplit=1)[0], []).append(name)
    return list(families.values())


def _parts(names: Sequence[str]) -> list[_Part]:
    before = _whole_words(names)
    after = _whole_words([name[::-1] for name in names])
    if len(names) < 2 or any(len(name) <= before + after for name in names):
        before = after = 0
    return [_Part(name, before, after) for name in names]


def _whole_words(names: Sequence[str]) -> int:
    """The length of the common beginning up to the end of its last whole word, 0 where that is not worth it."""
    first, last = min(names), max(names)
    same = next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    length = max((match.end() for match in _WORD_END.finditer(first[:same])), default=0)
    return length if length >= _WORTH else 0


def _telling(names: Sequence[str], shown: Sequence[str]) -> bool:
    """Whether what is shown differs wherever the names do."""
    return _distinct(shown) == _distinct(names)
