"""What a completion can offer: names, operators and values, as they are written in a filter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from labtop.store.filter import fields
from labtop.store.filter.names import FilterNames
from labtop.store.filter.operands import AGGREGATES, Operand
from labtop.store.filter.resolve import meaning, resolve
from labtop.store.filter.terms import Name
from labtop.store.model import VERDICTS, Status

_PLAIN_NAME: Final = re.compile(r"(?!['-])(?:(?![!][=~])[^\s,()<>=~\"`])+")
_PLAIN_VALUE: Final = re.compile(r"[^\s,()<>=!~\"'`][^\s,()]*")
_KEYWORDS: Final = ("and", "or", "not", "in", "is", "like", "ilike", "null")
_FIRST: Final = 6  # of each kind, before anything was typed

_OF_NUMBERS: Final = ("<", "<=", ">", ">=", "=", "!=", "is null", "is not null")
_OF_TEXTS: Final = ("=", "!=", "~", "!~", "in", "like", "ilike", "not in", "not like", "is null", "is not null")
_OF_STATES: Final = ("=", "!=", "in", "not in", "~")
_MEANS: Final = {"~": "regular expression", "!~": "regular expression", "like": "% any text, _ any character"}
_TIMES: Final = {
    "moment": (("-1h", "an hour ago"), ("-1d", "a day ago"), ("-7d", "a week ago")),
    "duration": (("10m", ""), ("1h", ""), ("1d", "")),
    "age": (("10m", ""), ("1h", ""), ("1d", "")),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """`text` is what would be written, `match` what is compared with what was typed, but for its first characters."""

    text: str
    detail: str
    match: str
    but: int = 0

    def behind(self, head: str) -> Offer:
        """The same with something before it that was typed already."""
        return Offer(head + self.text, self.detail, self.match, len(head))


def words(*texts: str) -> list[Offer]:
    """What says itself what it is."""
    return [Offer(text, "", text) for text in texts]


def aggregates() -> list[Offer]:
    """What a metric can be put in."""
    return [Offer(f"{name}(", "of a metric", f"{name}(") for name in AGGREGATES]


def keys(names: FilterNames, *, typed: bool) -> Iterator[Offer]:
    """All names that a condition can begin with; before anything is typed some of each kind first."""
    of_fields = [Offer(name, "field", name) for name in fields.FIELDS]
    kinds = [list(names_of(kind, names, bare=True)) for kind in ("a param", "a metric", "an attribute")]
    if typed:
        yield from of_fields
        for kind in kinds:
            yield from kind
        return
    for kind in kinds:
        yield from islice(kind, _FIRST)
    yield from of_fields


def metrics(names: FilterNames) -> list[Offer]:
    """Metrics as they are written in an aggregate."""
    return [Offer(quoted_name(name), _goal(name, names), name) for name in names.metrics]


def names_of(kind: str, names: FilterNames, *, bare: bool = False) -> Iterator[Offer]:
    """The names of a kind, without its prefix; `bare`: as they are written alone, with a prefix where that means
    something else.
    """
    if kind == "a tag":
        keyed = [re.split("[=:]", tag, maxsplit=1)[0] for tag in names.tags]
        yield from (Offer(quoted_name(key), "tag", key) for key in dict.fromkeys([*names.attributes, *keyed]))
        return
    prefix, all_names = _KINDS[kind](names)
    before = {"a param": set(), "a metric": set(names.params)}.get(kind, {*names.params, *names.metrics})
    for name in all_names:
        written = quoted_name(name)
        if bare and (name in before or fields.field(name) is not None):
            written = f"{prefix}.{written}"
        yield Offer(written, _goal(name, names) if kind == "a metric" else kind.split()[1], name)
    if kind == "an attribute" and not bare:
        yield from (Offer(name, "field", name) for name in ("run_name", "run_id", "status", "start_time", "end_time"))


_KINDS: Final[dict[str, Callable[[FilterNames], tuple[str, Iterable[str]]]]] = {
    "a param": lambda names: ("params", names.params),
    "a metric": lambda names: ("metrics", names.metrics),
    "an attribute": lambda names: ("attributes", names.attributes),
}


def operators(name: Name, names: FilterNames) -> list[Offer]:
    """What the values of a name can be compared by."""
    if not name.aggregate and meaning(name, names) is None:
        return []
    kind = "number" if name.aggregate else resolve(name, names).kind
    texts: tuple[str, ...] = _OF_TEXTS if kind == "text" else _OF_STATES if kind in ("status", "flag") else _OF_NUMBERS
    if kind == "mixed":
        texts = tuple(dict.fromkeys(("=", "!=", *_OF_NUMBERS[:4], *_OF_TEXTS)))
    return [Offer(text, _MEANS.get(text, ""), text) for text in texts]


def values_of(name: Name | None, names: FilterNames, values: Callable[[str, str], Sequence[str]]) -> list[Offer]:
    """What a name can be compared with."""
    found = resolve(name, names) if name else None
    if found is None:
        return []
    if found.kind in _TIMES:
        return [Offer(text, detail, text) for text, detail in _TIMES[found.kind]]
    return [Offer(quoted_value(text), found.key, text) for text in _known(found, names, values)]


def _known(operand: Operand, names: FilterNames, values: Callable[[str, str], Sequence[str]]) -> Iterable[str]:
    if operand.kind == "flag":
        return ("true", "false")
    if operand.origin == "run" and operand.key in _FIXED:
        return _FIXED[operand.key]
    if operand.origin == "tag":
        lower = operand.key.lower()
        of_tags = [tag[len(lower) + 1 :] for tag in names.tags if tag.lower().startswith((f"{lower}=", f"{lower}:"))]
        return [*of_tags, *(values("attribute", operand.key) if operand.key in names.attributes else ())]
    if (operand.origin, operand.key) == ("run", "tags"):
        return names.tags
    return values(operand.origin, operand.key) if operand.key and operand.kind in ("text", "mixed") else ()


_FIXED: Final[dict[str, tuple[str, ...]]] = {"status": tuple(map(str, Status)), "verdict": VERDICTS}


def quoted_name(name: str) -> str:
    """A name as it is written: in backticks where it would not be read as one."""
    if _PLAIN_NAME.fullmatch(name) and name.lower() not in _KEYWORDS:
        return name
    return f'"{name.replace(chr(34), chr(34) * 2)}"' if "`" in name else f"`{name}`"


def quoted_value(text: str) -> str:
    """A value as it is written: in quotes where it would not be read as one."""
    if _PLAIN_VALUE.fullmatch(text) and text.lower() not in _KEYWORDS:
        return text
    return f"""'{text.replace("'", "''")}'"""


def _goal(name: str, names: FilterNames) -> str:
    goal = names.metrics[name].goal
    return f"metric, {goal} is best" if goal else "metric"
