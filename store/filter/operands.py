"""What can be compared: where its values come from in SQL, and how they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from labtop.store.filter.recorded import RECORDED

Origin = Literal["", "run", "param", "metric", "attribute", "tag"]
Kind = Literal["number", "fraction", "duration", "age", "moment", "text", "mixed", "status", "flag"]


class Sql(NamedTuple):
    """A piece of SQL, with its parameters in the order of its question marks."""

    text: str
    parameters: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One place where values stand: `number`, `text` and `shown` are expressions of them.

    `within` makes a condition on them one on the run, in place of its `{}`, and is never null. `shown` is the whole
    text, also of a number; `text` may stand for it where it is compared for equality. `present` holds where there is
    a value.
    """

    within: str
    parameters: tuple[object, ...] = ()
    number: str = ""
    text: str = ""
    shown: str = ""
    present: str = "true"

    def where(self, condition: Sql) -> Sql:
        """The condition as one on the run."""
        return Sql(self.within.format(condition.text), self.parameters + condition.parameters)


@dataclass(frozen=True, slots=True)
class Operand:
    """What a name means. `several`: a run can have more than one value. `origin` and `key` say where they come from, of
    'run' a field; both are empty of what has no name but MLflow's.
    """

    kind: Kind
    parts: tuple[Part, ...]
    several: bool = False
    origin: Origin = ""
    key: str = ""

    def present(self) -> Sql:
        """Whether the run has a value."""
        return either([part.where(Sql(part.present)) for part in self.parts])


def either(conditions: list[Sql]) -> Sql:
    """One of the conditions holds."""
    return joined(" or ", conditions)


def joined(word: str, conditions: list[Sql]) -> Sql:
    """The conditions in one pair of parentheses, with the word between them."""
    if len(conditions) == 1:
        return conditions[0]
    parameters = tuple(parameter for condition in conditions for parameter in condition.parameters)
    return Sql(f"({word.join(condition.text for condition in conditions)})", parameters)


_ROW: Final = "coalesce({}, false)"
# One bit a run: as exact as `run in (select run ...)`, and a filter with many conditions takes no memory. $last is the
# highest number of a run.
RUN_IN: Final = "coalesce(get_bit((select bitstring_agg(run, 0, $last) {}), run) = 1, false)"
_KEYED: Final = RUN_IN.format("from sheet.{table} where key = ? and {{}}")
# Of long texts the sheet has only the beginning; those of numbers are in their JSON, perhaps in quotes.
SHOWN: Final = """\
case when text = '' then trim(value, '"') when length(text) < 500 then text else json_text(value) end"""


def column(kind: Kind, expression: str, field: str = "") -> Operand:
    """A column of the view of runs, or what is worked out from some."""
    if kind in ("text", "status"):
        part = Part(_ROW, text=expression, shown=expression, present=f"{expression} is not null")
    else:
        part = Part(_ROW, number=f"{expression}::double", present=f"{expression} is not null")
    return Operand(kind, (part,), origin="run" if field else "", key=field)


def keyed(table: Literal["params", "attributes"], key: str) -> Operand:
    """A param or an attribute."""
    part = Part(_KEYED.format(table=table), (key,), "number", "text", SHOWN)
    return Operand("mixed", (part,), origin="param" if table == "params" else "attribute", key=key)


_METRIC: Final = RUN_IN.format("from summaries where metric = ? and {}")
_LOST: Final = "case when nan > 0 then 'nan'::double end"
_AGGREGATES: Final = {
    "last": "last",
    "first": "first",
    "min": f"coalesce(min, {_LOST})",
    "max": f"coalesce(max, {_LOST})",
    "mean": f"coalesce(total / nullif(count - nan, 0), {_LOST})",
    "count": "count::double",
}
AGGREGATES: Final = ("last", "min", "max", "best", "mean", "first", "count")
"""What a metric can be compared by; `best` is min or max."""


def metric(number: int, aggregate: str) -> Operand:
    """An aggregate of a metric. Those over finite values are NaN where there are none, as in the table."""
    expression = _AGGREGATES[aggregate]
    part = Part(_METRIC, (number,), expression, present=f"{expression} is not null")
    return Operand("number", (part,), origin="metric")


_TAG: Final = "coalesce(len(list_filter(tags, lambda t: {})) > 0, false)"


def tags() -> Operand:
    """The tags of a run."""
    return Operand("text", (Part(_TAG, text="t", shown="t"),), several=True, origin="run", key="tags")


def tagged() -> Part:
    """Tags, of which case does not matter."""
    return Part(_TAG, text="lower(t)", shown="t")


_OF_TAGS: Final = """coalesce(len(list_filter(list_transform(tags, lambda t: case
    when lower(t) = lower(?) then 'true'
    when starts_with(lower(t), lower(?)) or starts_with(lower(t), lower(?)) then substr(t, ?) end
), lambda v: v is not null and {})) > 0, false)"""


def of_tags(key: str, *, is_attribute: bool) -> Operand:
    """What tags say of a key: `key=value`, `key:value`, or `key`, which is true; and the attribute of that name."""
    part = Part(_OF_TAGS, (key, f"{key}=", f"{key}:", len(key) + 2), "try_cast(v as double)", "v", "v")
    parts = (*keyed("attributes", key).parts, part) if is_attribute else (part,)
    return Operand("mixed", parts, several=True, origin="tag", key=key)


_FACT: Final = RUN_IN.format("from shares where contains(facts, '\"{word}\"') and {value} is not null and {{}}")
_DATASET: Final = RUN_IN.format(
    """from (select run, facts from shares where contains(facts, '"data"')), json_each(facts, '$.data') as d
    where {value} is not null and {{}}"""
)


def fact(*path: str, field: str = "") -> Operand:
    """What a `run` event said, by where it stands in its facts; a text."""
    value = f"json_extract_string(facts, '$.{'.'.join(path)}')"
    part = Part(_FACT.format(word=path[-1], value=value), text=value, shown=value)
    return Operand("text", (part,), origin="run" if field else "", key=field)


def record() -> Operand:
    """How much of its record the run has."""
    part = Part(RUN_IN.format(f"from ({RECORDED}) where {{}}"), number="recorded::double")
    return Operand("number", (part,), origin="run", key="record")


def dataset(key: Literal["name", "digest", "context", "version", "uri"]) -> Operand:
    """What was said of a run's data, each set by itself."""
    value = f"json_extract_string(d.value, '$.{key}')"
    return Operand("text", (Part(_DATASET.format(value=value), text=value, shown=value),), several=True)
