"""Fuzzy search of names: letters in their order, best matches first. Quick for ten thousand names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from heapq import nsmallest

_LONGEST = 120
"""So many letters of a name are searched."""
_MOST_ALIGNED = 2000
"""So many letters are searched for one by one in names that hold them only scattered, first where they end first."""
_TIER = 1000
_AT_FIRST, _AT_START, _BEHIND, _LETTER = 5, 4, 5, 1


class Names:
    """Names that are searched: of each a label, and a detail in which only whole parts are looked for."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        folded = [(label[:_LONGEST].casefold(), detail[:_LONGEST].casefold()) for label, detail in names]
        self._labels = [label for label, _ in folded]
        self._wholes = [f"{label}\n{detail}" for label, detail in folded]

    def search(self, typed: str) -> list[int]:
        """The places of the names that match every word typed, best first; all, as they are, where none is typed.

        A word is best the label, then its begin, the begin of a word in it, a part of it, a part of the detail, and
        last scattered over the label, where begins of words and letters that stand together count.
        """
        scores: dict[int, int] = dict.fromkeys(range(len(self._labels)), 0)
        for word in typed[:_LONGEST].casefold().split():
            found = self._rank(word, scores)
            scores = {place: scores[place] + score for place, score in found.items()}
        return sorted(sorted(scores), key=scores.__getitem__, reverse=True)

    def _rank(self, word: str, places: Iterable[int]) -> dict[int, int]:
        begins = re.compile(rf"(?:^|[\W_]){re.escape(word)}").search
        scattered = re.compile("".join(f"[^{(letter := re.escape(each))}]*{letter}" for each in word), re.DOTALL).match
        labels, wholes = self._labels, self._wholes
        ranks: dict[int, int] = {}
        loose: list[tuple[int, int]] = []
        for place in places:
            if word in wholes[place]:
                label = labels[place]
                if label.startswith(word):
                    ranks[place] = (5 if label == word else 4) * _TIER
                else:
                    ranks[place] = (1 if word not in label else 3 if begins(label) else 2) * _TIER
            elif match := scattered(labels[place]):
                loose.append((match.end(), place))
        aligned = {place for _, place in nsmallest(_MOST_ALIGNED // len(word), loose)}
        ranks.update((place, alignment(word, labels[place]) if place in aligned else 0) for _, place in loose)
        return ranks


def alignment(letters: Sequence[str], name: str) -> int:
    """How well the letters stand in the name, in their order, where they stand best; 0 where they do not.

    Each counts 1, 5 more as the first of the name, 4 more as the first of a word and 5 more directly behind the letter
    before.
    """
    best: dict[int, int] = {-2: 0}
    for letter in letters:
        before = iter(sorted(best.items()))
        upcoming, highest = next(before, None), None
        found: dict[int, int] = {}
        place = name.find(letter)
        while place >= 0:
            while upcoming is not None and upcoming[0] < place:
                highest = max(highest or 0, upcoming[1])
                upcoming = next(before, None)
            if highest is not None:
                behind = best[place - 1] + _BEHIND if place - 1 in best else 0
                start = _AT_FIRST if place == 0 else 0 if name[place - 1].isalnum() else _AT_START
                found[place] = _LETTER + start + max(highest, behind)
            place = name.find(letter, place + 1)
        best = found
    return min(max(best.values(), default=0), _TIER - 1)
