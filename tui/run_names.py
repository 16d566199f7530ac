"""Names of runs in little room, shortened so that they can still be told apart. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from rich.cells import cell_len, set_cell_size

from labtop.tui.condensed_names import MORE, condensed, once

_BESIDE = " …"  # would waste room there
_TELLING = 3  # letters below which a beginning says nothing
_WORTH = 4  # letters that leaving out a common beginning must save
_MOMENT = re.compile(r"[-_]\d{8,}…?$")  # the seconds, or the date, of a start: the least telling part of a long name
_WORD_END = re.compile(r"[_/,;:= ]|(?<!\de)-(?!e\d)")  # not within 1e-3, be it read forward or backward


def fitted(names: Sequence[str], cells: int) -> list[str]:
    """The names in at most this many cells each.

    Those that fit stay. The others that begin with the same word lose what all of them share before anything else, and
    show of their beginning what has room. Where two would still look the same, other places are cut.
    """
    too_long = [name for name in names if cell_len(name) > cells]
    short: dict[str, str] = {}
    for family in _families(too_long):
        short |= _family_fitted(family, cells)
    seen = Counter(short.get(name, name) for name in dict.fromkeys(names))
    alike = [name for name in short if seen[short[name]] > 1]
    others = (short | dict(zip(alike, way, strict=True)) for way in _ways(alike, alike, cells))
    return _most_telling(names, ([way.get(name, name) for name in names] for way in chain([short], others)))


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
    begin = _begin(name, head)
    if begin.startswith(MORE) and cell_len(begin) < _TELLING:
        return MORE + _end(name, cells - 1)
    end = _end(name, cells - 1 - cell_len(begin))
    return _begin(name, cells - 1 - cell_len(end)) + MORE + end


def _begin(name: str, cells: int) -> str:
    return (name[:cells] if _is_plain(name) else set_cell_size(name, cells)).rstrip(_BESIDE)


def _end(name: str, cells: int) -> str:
    end = name[len(name) - cells :] if _is_plain(name) else name
    while end and (cell_len(end) > cells or unicodedata.combining(end[0])):
        end = end[1:]
    return end.lstrip(_BESIDE)


def _is_plain(name: str) -> bool:
    """Whether each letter takes a cell, or none."""
    return name.replace(MORE, "").isascii()


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
        return once((MORE if self.before else "") + left + (MORE if self.after else ""))

    def lengthened(self, room: int) -> str:
        """`short`, with as much of the shared beginning as goes into this many cells more."""
        if not self.before or room < _TELLING:
            return self.short
        if cell_len(self.name[: self.before]) <= room + 1:
            return self.name[: self.before] + self.short.removeprefix(MORE)
        return _begin(self.name, room) + self.short


def _family_fitted(names: Sequence[str], cells: int) -> dict[str, str]:
    """Each name of a family and what is shown of it, by the way to cut that keeps most apart."""
    family = _parts(names)
    room = cells - max(cell_len(part.short) for part in family)
    parts = [part.lengthened(room) for part in family]
    stamped = [once(_MOMENT.sub(MORE, part)) for part in parts]
    ways = _ways(names, parts, cells)
    if room < 0 and stamped != parts and _telling(names, stamped):
        ways = chain(_cuts(stamped, cells), ways)
    return dict(zip(names, _most_telling(names, ways), strict=True))


def _ways(names: Sequence[str], parts: Sequence[str], cells: int) -> Iterator[list[str]]:
    """Ways to show in so many cells names of which these are the `parts` that tell most, the most readable first."""
    if all(cell_len(part) <= cells for part in parts):
        yield list(parts)
    short = condensed(names, cells)
    if all(cell_len(name) <= cells for name in short):
        yield short
    yield from _cuts(parts, cells)
    tersest = condensed(names, cells, tersely=True)
    forms = zip(names, parts, short, tersest, strict=True)
    yield [
        next((form for form in each if cell_len(form) <= cells), _cut(each[-1], cells, cells // 3)) for each in forms
    ]
    yield from _cuts(tersest, cells)


def _cuts(names: Sequence[str], cells: int) -> Iterator[list[str]]:
    """The names cut at one place each: how much of their beginning stays, the best first."""
    for head in ((cells - 1) // 3, cells - 1, 0, (cells - 1) * 2 // 3):
        yield [_cut(name, cells, head) for name in names]


def _most_telling(names: Sequence[str], ways: Iterable[list[str]]) -> list[str]:
    """The first way that tells all names apart, else the one that tells most."""
    most, best = _distinct(names), list[str]()
    for shown in ways:
        if _distinct(shown) == most:
            return shown
        best = max(best, shown, key=_distinct)
    return best


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
