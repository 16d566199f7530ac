"""Names near to one that there is not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice
from typing import Final

from labtop.store.filter.fields import FIELDS
from labtop.store.filter.names import FilterNames

_NEAR: Final = 3
_LOOKED_AT: Final = 1500
"""Names of each kind: a filter is read at every key, and a look at each name takes some microseconds."""
_LONGEST: Final = 60


def unknown(what: str, name: str, names: FilterNames) -> str:
    """One line: no run has this, and up to three names of any kind that come near, with the prefix of another kind."""
    kinds = {"a param": names.params, "a metric": names.metrics, "an attribute": names.attributes}
    near = nearest(name, names)
    if what in kinds:
        near = [other if other in kinds[what] else _prefixed(other, names) for other in near]
    shown = printable(name)
    if near:
        return f"no run has {what} {shown!r}; near: {', '.join(map(printable, near))}"
    return f"no run has {what} {shown!r}"


def nearest(name: str, names: FilterNames) -> list[str]:
    """Up to three names, of whatever kind, the nearest first; capitals do not count."""
    wanted = name[:_LONGEST].casefold()
    kinds: tuple[Iterable[str], ...] = (FIELDS, names.params, names.metrics, names.attributes)
    by_case: dict[str, str] = {}
    for kind in kinds:
        for known in islice(kind, _LOOKED_AT):
            by_case.setdefault(known.casefold(), known)
    near = [by_case[wanted]] if wanted in by_case else []
    if len(wanted) > 1:
        near += [known for folded, known in by_case.items() if folded.rpartition("/")[2] == wanted and folded != wanted]
    near += [by_case[folded] for folded in difflib.get_close_matches(wanted, by_case, n=_NEAR, cutoff=0.6)]
    if not near:
        last_parts = {folded.rpartition("/")[2]: known for folded, known in by_case.items() if "/" in folded}
        near += [last_parts[part] for part in difflib.get_close_matches(wanted, last_parts, n=_NEAR, cutoff=0.7)]
    return list(dict.fromkeys(near))[:_NEAR]


def _prefixed(name: str, names: FilterNames) -> str:
    kinds = (("", FIELDS), ("params.", names.params), ("metrics.", names.metrics), ("attributes.", names.attributes))
    return next((prefix + name for prefix, kind in kinds if name in kind), name)


def printable(text: str) -> str:
    """A text of a log on one line of a message."""
    plain = "".join(filter(str.isprintable, text[: _LONGEST + 1]))
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"
