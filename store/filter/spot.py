"""Where in a filter the cursor is: what could stand there, and what of it has been typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from labtop.store.filter.terms import Name, Piece, Wrong

_GROWING: Final = ("WORD", "VALUE", "INNER", "_AND", "_OR", "_NOT", "LIKE", "IN", "IS", "NULL")
_AFTER_TERMS: Final = frozenset(("_AND", "_OR", "_COMMA", "_RPAR", "OP", "LIKE", "IN", "IS", "$END"))
_REST: Final = re.compile(r"[^\s,()<>=~\"'`]*")
_REST_OF_QUOTED: Final = re.compile(r"[^'\"`<>=~()]*['\"`]|[^\s,()<>=~'\"`]*")


@dataclass(frozen=True, slots=True)
class Spot:
    """`allowed` are the terminals that may stand where `begin` is, `typed` is what stands there so far, without quotes.

    What is chosen replaces the text from `begin` to `end`, of which `written` stands before the cursor. `name` is the
    one that is being compared, or that was just written.
    """

    allowed: frozenset[str]
    begin: int
    end: int
    typed: str
    written: str
    name: Name | None


def spot(text: str, cursor: int) -> Spot | None:
    """The spot of the cursor; None where the text before it is none of a filter."""
    # Loaded with the first filter, see where.py.
    from labtop.store.filter.grammar import read
    from labtop.store.filter.limits import check

    before = text[:cursor]
    try:
        check(before)
    except Wrong:
        return None
    begin = _beginning(before, *read(before))
    if begin is None:
        return None
    # A minus is one only before something.
    negated = before[:begin].endswith("-")
    pieces, allowed, stopped = read(before[: begin - negated])
    if stopped is not None:
        return None
    written = before[begin:]
    rest = (_REST_OF_QUOTED if re.search(r"['\"`]", written) else _REST).match(text, cursor)
    return Spot(
        allowed=allowed - _AFTER_TERMS if negated else allowed,
        begin=begin,
        end=rest.end() if rest and written else cursor,
        typed=re.sub(r"['\"`]", "", written),
        written=written,
        name=_name(pieces),
    )


def _beginning(before: str, pieces: list[Piece], _: frozenset[str], stopped: int | None) -> int | None:
    """Where that begins which is being typed at the end of `before`; None where that is none of a filter."""
    if stopped is None:
        growing = pieces and pieces[-1].end == len(before) and pieces[-1].kind in _GROWING
        return pieces[-1].begin if growing else len(before)
    if before[stopped:] == "-":
        return len(before)
    if before[stopped] not in ("'", '"', "`"):
        return None
    return pieces[-1].begin if pieces and pieces[-1].kind in ("DOTTED", "TAGGED") else stopped


def _name(pieces: list[Piece]) -> Name | None:
    """The last name among the pieces, with what stands before it."""
    tokens = [(piece.kind, piece.text, piece.begin) for piece in pieces]
    while tokens and tokens[-1][0] in ("OP", "LIKE", "IN", "IS", "_LPAR", "VALUE", "_COMMA", "_NOT"):
        tokens = tokens[:-1]
    if not tokens:
        return None
    kind, text, place = tokens[-1]
    if kind == "_RPAR" and len(tokens) > 2:
        return Name("", place, aggregate="last")
    bare = text[1:-1] if kind in ("STRING", "BACKTICK") else text
    if len(tokens) > 1 and tokens[-2][0] == "DOTTED":
        return Name(tokens[-2][1] + bare, place)
    return Name(bare, place, kind != "WORD") if kind in ("WORD", "STRING", "BACKTICK") else None
