"""What a filter says, as a tree: names and values as they are written, each with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass


class Wrong(Exception):
    """A filter that cannot be used, and the place where, before the whole text is put to it."""

    def __init__(self, reason: str, place: int) -> None:
        super().__init__(reason)
        self.place = place


@dataclass(frozen=True, slots=True)
class Name:
    """What is compared: `lr`, `metrics.loss`, `min(val/loss)`; without its quotes.

    `whole`: it stood in quotes from its first character, and has no prefix.
    """

    text: str
    place: int
    whole: bool = False
    aggregate: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """What a name is compared with, without its quotes."""

    text: str
    place: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A condition on one name. `place` is that of the operator, which is in lower case, with single spaces."""

    name: Name
    operator: str
    values: tuple[Value, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Pair:
    """`key:"a value"`, where the value is quoted."""

    key: str
    value: Value
    place: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word to look for, or `key:value`, which only the names tell."""

    text: str
    place: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """The complement."""

    term: Term


@dataclass(frozen=True, slots=True)
class AllOf:
    """Two terms or more, all of which must hold."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Two terms or more, one of which must hold."""

    terms: tuple[Term, ...]


Term = Comparison | Pair | Word | Not | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Piece:
    """A terminal of the grammar in a text, from `begin` to `end`."""

    kind: str
    text: str
    begin: int
    end: int
