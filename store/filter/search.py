"""Words to look for, as SQL."""

from __future__ import annotations

from typing import Final

from labtop.store.filter.names import FilterNames
from labtop.store.filter.operands import RUN_IN, SHOWN, Sql, either, joined

_OF_RUN: Final = "contains(lower(concat_ws(chr(10), name, id, array_to_string(tags, chr(10)), notes)), lower(?))"
_OF_PARAMS: Final = RUN_IN.format("from sheet.params where {}")
_KEY: Final = "contains(lower(key), lower(?))"
_ONE_OF_KEYS: Final = "key in (select unnest(?::varchar[]))"
_TEXT: Final = """(number is null and (
    contains(lower(text), lower(?)) or (length(text) >= 500 and contains(lower(json_text(value)), lower(?)))
))"""
_NUMBER: Final = "(number is not null and contains(lower(value), lower(?)))"
_KEY_AND_VALUE: Final = f"({_ONE_OF_KEYS} and starts_with(lower({SHOWN}), lower(?)))"
_ANY: Final = f"contains(lower(key || '=' || {SHOWN}), lower(?))"

_IN_NUMBERS: Final = frozenset("0123456789.+-_einfaty ")
"""Most params are numbers, and a word with any other letter is in none: it takes a third of the time."""
_MOST_SPLIT: Final = 4


def search(word: str, names: FilterNames) -> Sql:
    """Runs that have the word in name, id, a tag, the notes, or `key=value` of a param; capitals do not count."""
    in_params = joined(" or ", _of_params(word, names))
    return either([Sql(_OF_RUN, (word,)), Sql(_OF_PARAMS.format(in_params.text), in_params.parameters)])


def _of_params(word: str, names: FilterNames) -> list[Sql]:
    """What holds for a param that has the word: in its key, in its value, or from the one into the other."""
    folded = word.lower()
    pieces = folded.split("=")
    if len(pieces) > _MOST_SPLIT:
        return [Sql(_ANY, (word,))]
    conditions = [Sql(_TEXT, (word, word))]
    if _IN_NUMBERS.issuperset(folded):
        conditions.append(Sql(_NUMBER, (word,)))
    if any(folded in key.lower() for key in names.params):
        conditions.append(Sql(_KEY, (word,)))
    for place in range(1, len(pieces)):
        ending = [key for key in names.params if key.lower().endswith("=".join(pieces[:place]))]
        if ending:
            conditions.append(Sql(_KEY_AND_VALUE, (ending, "=".join(pieces[place:]))))
    return conditions
