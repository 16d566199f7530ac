"""What was expected at the place where a filter cannot be read, in plain words."""

from __future__ import annotations

import re
from typing import Final

from labtop.store.filter.limits import unclosed
from labtop.store.filter.terms import Wrong

_LAST: Final = re.compile(
    r"(<=|>=|<>|==|!=|!~|[=<>~(),-]|\b(?:not\s+)?i?like|\b(?:not\s+)?in|\bis(?:\s+not)?|\band|\bor|\bnot|[^\s()<>=,]+)$",
    re.IGNORECASE,
)
_FIRST: Final = re.compile(r"<=|>=|<>|==|!=|!~|[=<>~(),'\"`]|[^\s()<>=~,]{1,20}")
_OPERATOR: Final = re.compile(r"[=<>~!]")
_OPERATORS: Final = "= != < <= > >= ~ like in is"


def explain(text: str, place: int, allowed: frozenset[str]) -> Wrong:
    """The error for a text that goes wrong at a place where one of the terminals in `allowed` could have stood."""
    rest = text[place:]
    before = text[:place].rstrip()
    found = _LAST.search(before)
    last = " ".join(found.group().split()) if found else ""
    if rest[:1] in ("'", '"', "`") and rest.find(rest[0], 1) < 0:
        return Wrong(f"this {rest[0]} is not closed", place)
    expected = _in_a_condition(last, rest, allowed) or _between_conditions(last, rest, allowed)
    opened = unclosed(text)
    if expected is None and not rest and opened is not None:
        return Wrong("this ( is not closed", opened)
    return Wrong(expected or f"expected and, or, or another condition, not {_shown(rest)}", place)


def _in_a_condition(last: str, rest: str, allowed: frozenset[str]) -> str | None:
    """What is missing of a condition that has begun."""
    if "VALUE" in allowed:
        if last in ("(", ","):
            return f"expected a value in the list, after {last}"
        hint = {"(": "; text with parentheses is put in quotes", "`": "; values are put in ' or \""}
        return f"expected a value after {last}{hint.get(rest[:1], '')}"
    if "NULL" in allowed:
        return f"expected {'null' if last.lower().endswith('not') else 'null or not null'} after {last}"
    if "INNER" in allowed:
        return "expected the name of a metric after ("
    if allowed == {"_LPAR"}:
        return f"expected ( after {last}"
    if allowed == {"_COMMA", "_RPAR"}:
        return f"expected , or ) after {last}"
    if allowed == {"_RPAR"} and rest:
        return f"expected ) after {last}"
    if "OP" in allowed and "WORD" not in allowed:
        return f"expected an operator after the name: {_OPERATORS}"
    return None


def _between_conditions(last: str, rest: str, allowed: frozenset[str]) -> str | None:
    """What is missing where a condition begins or has ended."""
    if "WORD" not in allowed or "_AND" in allowed:
        return "this ) closes nothing" if rest.startswith(")") else None
    if not last:
        return f"expected a name before {_shown(rest)}" if _OPERATOR.match(rest) else "expected a condition"
    if last == "(" and rest.startswith(")"):
        return "expected a condition between ( and )"
    if rest.startswith("-"):
        return "expected a word or a condition after -"
    return f"expected a condition after {last}"


def _shown(rest: str) -> str:
    """The first piece of what stands there."""
    found = _FIRST.search(rest)
    return found.group() if found else "the end"
