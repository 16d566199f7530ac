"""From a parsed file to settings: each key has a reader, and what is wrong is told and left out."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, get_args

from labtop.store.answers.column_names import read_column
from labtop.store.model import Goal
from labtop.tui.session.session import MOST_FILTERS, MOST_SORTS, TABLE_AGGREGATES
from labtop.tui.settings.settings import Settings

MOST_NAMES: Final = 200
"""In one list."""
LONGEST_NAME: Final = 1000
LONGEST_FILTER: Final = 16_384
_LONGEST_SHOWN: Final = 40
_NEAR: Final = 0.7
"""Likeness of a slip of the keys, a missing underscore or an ending; words that share three letters have less."""
_HUGE: Final = 10**_LONGEST_SHOWN
_GOALS: Final = get_args(Goal)
_GROUPING_FIELDS: Final = ("group", "config")
_Item = TypeVar("_Item")


class Complaints:
    """What is wrong, each `told` with the name of the `file` that was read then."""

    def __init__(self) -> None:
        self.file = ""
        self.told: list[tuple[str, str]] = []

    def add(self, text: str) -> None:
        """One more. Control characters are made visible."""
        self.told.append((_visible(self.file), _visible(text)))

    @property
    def lines(self) -> tuple[str, ...]:
        """Each as a line."""
        return tuple(f"{file}: {text}" for file, text in self.told)


class _Wrong(Exception):
    """The value is not what is expected; the text says what is."""


def settings_of(table: Mapping[str, Any], complaints: Complaints, *, is_own: bool) -> Settings:
    """What a parsed file says. `is_own`: it is the user's, which may name a theme."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key in _TABLES:
            found[key] = _table(key, value, complaints)
        elif key not in _READERS:
            complaints.add(f"{_shown(key)} is no setting{_nearest(key)}")
        elif key == "theme" and not is_own:
            complaints.add("theme: this file is everybody's; put it into your own config.toml")
        else:
            try:
                found[key] = _READERS[key](value)
            except _Wrong as wrong:
                complaints.add(f"{key}: {wrong}, not {_shown(value)}")
    return Settings(**found)


def _table(key: str, value: object, complaints: Complaints) -> tuple[tuple[str, Any], ...]:
    """The pairs of a table; each stands or falls for itself."""
    expected, read = _TABLES[key]
    if not isinstance(value, dict):
        complaints.add(f"{key}: a table [{key}] of {expected} is expected, not {_shown(value)}")
        return ()
    found: dict[str, Any] = {}
    for name, item in value.items():
        try:
            found[_name(name)] = read(item)
        except _Wrong as wrong:
            complaints.add(f"{key}.{_shown(name)}: {wrong}, not {_shown(item)}")
    if len(found) > MOST_FILTERS and key == "filters":
        complaints.add(f"filters: the first {MOST_FILTERS} of {len(found)} are kept")
        found = dict(list(found.items())[:MOST_FILTERS])
    return tuple(found.items())


def _one_of(choices: tuple[str, ...]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise _Wrong(f"{', '.join(map(repr, choices[:-1]))} or {choices[-1]!r} is expected")
        return value

    return read


def _text(longest: int) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise _Wrong("a text is expected")
        if len(value) > longest:
            raise _Wrong(f"at most {longest} letters are expected")
        return value

    return read


_name = _text(LONGEST_NAME)


def _names(value: object, most: int = MOST_NAMES) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Wrong("a list of texts is expected")
    if len(value) > most:
        raise _Wrong(f"at most {most} texts are expected")
    for item in value:
        try:
            _name(item)
        except _Wrong as wrong:
            raise _Wrong(f"a list of texts is expected, and in it {_shown(item)} is none") from wrong
    return tuple(dict.fromkeys(value))


def _sort(value: object) -> tuple[str, ...]:
    return _names(value, MOST_SORTS)


def _group_by(value: object) -> tuple[str, ...]:
    names = _names(value, MOST_SORTS)
    for name in names:
        column = read_column(name)
        if column.kind == "metric" or (column.kind == "run" and name not in _GROUPING_FIELDS):
            raise _Wrong(f"params, attributes, 'group' and 'config' are expected, and {_shown(name)} is none of these")
    return names


def _tolerance(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _Wrong("a number from 0 to 1 is expected")
    return float(value)


def _shown(value: object) -> str:
    """A value in a complaint, short."""
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= _HUGE:
        return "a huge number"  # Python refuses to write thousands of digits
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _visible(text: str) -> str:
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _nearest(key: str) -> str:
    names = [*_READERS, *_TABLES]
    near = difflib.get_close_matches(key[:LONGEST_NAME].lower(), names, n=1, cutoff=_NEAR)
    return f"; {near[0]} is meant?" if near else f"; there are {', '.join(names)}"


_READERS: Final[dict[str, Callable[[object], Any]]] = {
    "pins": _names,
    "columns": _names,
    "sort": _sort,
    "aggregate": _one_of(TABLE_AGGREGATES),
    "group_by": _group_by,
    "tolerance": _tolerance,
    "theme": _name,
    "ignore": _names,
}
_TABLES: Final[dict[str, tuple[str, Callable[[object], Any]]]] = {
    "goals": ("metrics and 'min' or 'max'", _one_of(_GOALS)),
    "filters": ("names and filters", _text(LONGEST_FILTER)),
}
