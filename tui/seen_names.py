"""What names of rows are called while a person scrolls through them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from labtop.tui.run_names import fitted

_MOST_NAMES = 300


class SeenNames:
    """Names, each shortened among all that were seen when it was seen first: what a row is called does not change with
    the part of the table that is at hand, unless two would look the same."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}
        self._of: object = None

    def fitted(self, lists: Sequence[Sequence[str]], cells: int, of: object = None) -> list[str]:
        """The names in at most this many cells each, those of all lists one after the other.

        Names in one list are told apart before those of different lists. Names seen of another thing than `of` do not
        count.
        """
        if (cells, of) != self._of:
            self._shown, self._of = {}, (cells, of)
        current = dict.fromkeys(chain.from_iterable(lists))
        if not self._shown.keys() >= current.keys():
            others = [name for name in self._shown if name not in current]
            seen = [*others[max(len(others) + len(current) - _MOST_NAMES, 0) :], *current]
            anew = _fitted(lists, seen, cells)
            kept = anew | {name: self._shown[name] for name in seen if name in self._shown}
            self._shown = kept if _told(lists, kept) >= _told(lists, anew) else anew
        return [self._shown[name] for names in lists for name in names]


def _fitted(lists: Sequence[Sequence[str]], seen: Sequence[str], cells: int) -> dict[str, str]:
    """All that were seen, beside each other; those of a list beside themselves where some still look the same."""
    shown = dict(zip(seen, fitted(seen, cells), strict=True))
    for names in lists:
        if len({shown[name] for name in names}) < len(set(names)):
            shown |= zip(names, fitted(names, cells), strict=True)
    return shown


def _told(lists: Sequence[Sequence[str]], shown: Mapping[str, str]) -> tuple[int, int]:
    """How many are told apart in their lists, and how many at all."""
    return sum(len({shown[name] for name in names}) for names in lists), len(set(shown.values()))
