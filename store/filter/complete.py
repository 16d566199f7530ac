"""What may stand at the cursor of a filter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from lark.exceptions import LarkError

from labtop.store.filter.names import FilterNames
from labtop.store.filter.offers import Offer, aggregates, keys, metrics, names_of, operators, values_of, words
from labtop.store.filter.resolve import PREFIXES, meaning
from labtop.store.filter.spot import Spot, spot
from labtop.store.filter.terms import Name, Wrong
from labtop.store.model import Completion, Status

MOST: Final = 20
Values = Callable[[str, str], Sequence[str]]


def completions(text: str, cursor: int, names: FilterNames, values: Values) -> tuple[Completion, ...]:
    """Keys, operators and values that may stand at the cursor, the best first, at most 20. Raises what `values` raises.

    `values` gives what is known of a param, an attribute or a field: ("param", "lr"), ("run", "host").
    """
    try:
        here = spot(text, max(0, min(cursor, len(text))))
        return () if here is None else tuple(_ranked(here, _offers(here, names, values)))
    except (Wrong, LarkError):  # a filter that is being typed need not be one
        return ()


def _offers(here: Spot, names: FilterNames, values: Values) -> Iterable[Offer]:
    if "VALUE" in here.allowed:
        return values_of(_named(here.name, names), names, values) if here.name else ()
    if "INNER" in here.allowed:
        return metrics(names)
    if "NULL" in here.allowed:
        return words("null", "not null")
    if here.allowed <= {"_LPAR", "_COMMA", "_RPAR"}:
        return words(*(word for word, name in _SIGNS if name in here.allowed))
    return _between(here, names, values)


_SIGNS: Final = (("(", "_LPAR"), (", ", "_COMMA"), (")", "_RPAR"))


def _named(name: Name, names: FilterNames) -> Name | None:
    return name if not name.aggregate and meaning(name, names) is not None else None


def _between(here: Spot, names: FilterNames, values: Values) -> list[Offer]:
    """Where a condition may begin, or a name has just been written."""
    offers: list[Offer] = []
    is_quoted = here.written[:1] in ("'", '"', "`")
    if "OP" in here.allowed and here.name is not None and not is_quoted:
        offers += operators(here.name, names)
    if "_AND" in here.allowed and not is_quoted:
        offers += words("and", "or")
    if "WORD" in here.allowed and (here.typed or "_AND" not in here.allowed):
        offers += _beginning(here, names, values)
    return offers


def _beginning(here: Spot, names: FilterNames, values: Values) -> Iterable[Offer]:
    head, colon, _ = here.typed.partition(":")
    if colon:
        return _after_colon(head, names, values)
    head, dot, _ = here.typed.partition(".")
    kind = PREFIXES.get(head.lower()) if dot else None
    if kind:
        return [offer.behind(f"{head}.") for offer in names_of(kind, names)]
    return [*keys(names, typed=bool(here.typed)), *aggregates(), *words("not", "has:", "tag:", "is:hidden")]


def _after_colon(head: str, names: FilterNames, values: Values) -> list[Offer]:
    """What completes `key:`."""
    if head.lower() == "has":
        found: Iterable[Offer] = keys(names, typed=True)
    elif head.lower() == "is":
        found = words("hidden", *Status)
    else:
        name = Name(head, 0)
        found = values_of(name, names, values) if meaning(name, names) is not None else ()
    return [offer.behind(f"{head}:") for offer in found]


def _ranked(here: Spot, offers: Iterable[Offer]) -> list[Completion]:
    """Those that begin with what was typed, then those of which a part does, then those that hold it."""
    ranked: list[tuple[int, int, Completion]] = []
    for place, offer in enumerate(offers):
        match = offer.match.casefold()
        found = match.find(here.typed[offer.but :].casefold())
        if found < 0 or offer.text == here.written:
            continue
        rank = 0 if found == 0 else 1 if not match[found - 1].isalnum() else 2
        ranked.append((rank, place, Completion(here.begin, here.end, offer.text, offer.detail)))
    ranked.sort(key=lambda each: each[:2])
    unique = {completion.text: completion for _, _, completion in reversed(ranked)}
    return [completion for _, _, completion in ranked if unique[completion.text] is completion][:MOST]
