"""A filter as one condition of SQL."""

from __future__ import annotations

from labtop.store.filter.compare import compare
from labtop.store.filter.limits import MOST
from labtop.store.filter.names import FilterNames, Where
from labtop.store.filter.operands import Operand, Sql, either, joined, tagged
from labtop.store.filter.resolve import meaning, resolve
from labtop.store.filter.search import search
from labtop.store.filter.terms import AllOf, AnyOf, Comparison, Name, Not, Pair, Term, Value, Word, Wrong
from labtop.store.model import FilterError, Status

_OPERATORS_OF_WORDS = ("has", "is", "tag", "tags")


def where(text: str, names: FilterNames, now: float) -> Where:
    """The condition that a filter is, of which none is `true`; `now` is in seconds since the epoch.

    It is never null, so NOT is the exact complement. Raises `FilterError` for a filter that cannot be read, or names
    what no run has.
    """
    if not text.strip():
        return Where("true")
    # Loaded with the first filter: the parser library takes 40 ms.
    from labtop.store.filter.grammar import parse

    compiler = _Compiler(names, now)
    try:
        sql = compiler.term(parse(text))
    except Wrong as wrong:
        raise FilterError(str(wrong), text, wrong.place) from None
    return Where(sql.text.replace("$last", str(names.last)), sql.parameters, compiler.of_hidden)


class _Compiler:
    """Makes SQL of a tree, and counts its conditions."""

    def __init__(self, names: FilterNames, now: float) -> None:
        self._names = names
        self._now = now
        self._count = 0
        self.of_hidden = False

    def term(self, term: Term) -> Sql:
        if isinstance(term, Not):
            inner = self.term(term.term)
            return Sql(f"(not {inner.text})", inner.parameters)
        if isinstance(term, AllOf):
            return joined(" and ", [self.term(part) for part in term.terms])
        if isinstance(term, AnyOf):
            return either([self.term(part) for part in term.terms])
        return self._condition(term)

    def _condition(self, term: Comparison | Pair | Word) -> Sql:
        self._count += 1
        if self._count > MOST:
            place = term.name.place if isinstance(term, Comparison) else term.place
            raise Wrong(f"a filter can have {MOST} conditions; this is one more", place)
        if isinstance(term, Comparison):
            return compare(self._resolved(term.name), term, self._now)
        if isinstance(term, Pair):
            found = self._pair(term.key, term.value, term.place)
            return found or compare(self._resolved(Name(term.key, term.place)), _equal(term), self._now)
        return self._word(term)

    def _word(self, term: Word) -> Sql:
        if term.quoted:
            return search(term.text, self._names)
        if term.text.lower() in ("and", "or"):
            raise Wrong(f"expected a condition before {term.text}", term.place)
        key, colon, rest = term.text.partition(":")
        pair = self._pair(key, Value(rest, term.place + len(key) + 1), term.place) if colon else None
        return pair or search(term.text, self._names)

    def _pair(self, key: str, value: Value, place: int) -> Sql | None:
        """`key:value`; None where it is a word that has a colon."""
        known = key.lower() in _OPERATORS_OF_WORDS or meaning(Name(key, place), self._names) is not None
        if not known or (not value.text and not value.quoted and key.lower() not in _OPERATORS_OF_WORDS):
            return None
        if not value.text and not value.quoted:
            raise Wrong(f"expected a value after {key}:", value.place)
        if key.lower() == "has":
            return self._resolved(Name(value.text, value.place, value.quoted)).present()
        if key.lower() == "is":
            return self._is(value)
        if key.lower() in ("tag", "tags"):
            part = tagged()
            return part.where(Sql(f"{part.text} = lower(?)", (value.text,)))
        return compare(self._resolved(Name(key, place)), _equal(Pair(key, value, place)), self._now)

    def _is(self, value: Value) -> Sql:
        """`is:hidden`, `is:running`."""
        word = value.text.lower()
        if word == "hidden":
            key, value = "hidden", Value("true", value.place)
        elif word in set(Status):
            key = "status"
        else:
            raise Wrong(f"expected hidden, or a status ({', '.join(Status)}), after is:", value.place)
        return compare(self._resolved(Name(key, value.place)), _equal(Pair(key, value, value.place)), self._now)

    def _resolved(self, name: Name) -> Operand:
        found = resolve(name, self._names)
        self.of_hidden = self.of_hidden or (found.origin, found.key) == ("run", "hidden")
        return found


def _equal(pair: Pair) -> Comparison:
    return Comparison(Name(pair.key, pair.place), "=", (pair.value,), pair.place + len(pair.key))
