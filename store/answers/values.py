"""Values of columns as SQL: what a metric comes to, and by what a table is sorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from labtop.store.answers.fields import NUMBERS, TEXTS, check
from labtop.store.answers.sheet import SAID, kind_of
from labtop.store.model import Column, Goal, SortKey, StoreError

_AGGREGATES: Final = {
    "last": "last",
    "first": "first",
    "count": "count::double",
    "min": "coalesce(min, case when nan > 0 then 'nan'::double end)",
    "max": "coalesce(max, case when nan > 0 then 'nan'::double end)",
    "mean": """coalesce(
        case when greatest(abs(min), abs(max)) <= 1.79e308 / nullif(count - nan, 0) then total / (count - nan) end,
        case when nan > 0 then 'nan'::double end
    )""",
}
"""What a sum of huge values comes to depends on their order, for it may pass through infinity: there is no mean. Of a
metric that never was finite min, max and mean are NaN, unlike those of one that was never logged."""


def metric_value(column: Column, goal: Goal | None) -> str:
    """What the column shows of a row of `summaries`. Raises `StoreError` for an aggregate that there is none."""
    aggregate = column.aggregate if column.aggregate != "best" else goal
    if aggregate is None:
        return "null::double"
    if aggregate not in _AGGREGATES:
        there_are = ", ".join(sorted((*_AGGREGATES, "best")))
        raise StoreError(f"no aggregate {column.aggregate!r}; there are {there_are}")
    return _AGGREGATES[aggregate]


@dataclass(frozen=True, slots=True)
class Order:
    """Joins that bring what a table is sorted by, their parameters, and the ORDER BY list."""

    joins: str
    parameters: tuple[object, ...]
    terms: str


_OF_METRIC: Final = "left join (select run, {value} as s{place} from {summaries} where metric = ?) using (run)"
_OF_KEY: Final = """
left join (select run, number as s{place}, text as t{place} from {said} where key = ?) using (run)
"""


def order_of(
    keys: Sequence[SortKey], metrics: Mapping[str, int], goals: Mapping[str, Goal | None], summaries: str
) -> Order:
    """In both directions numbers first, then NaN, text, and what is missing; ties by number of run.

    `metrics` are numbers by name; one that there is none of is missing everywhere. Without keys running runs stand
    first, then the newest.
    """
    joins, parameters, terms = [], list[object](), []
    for place, key in enumerate(keys):
        column = key.column
        if column.kind == "metric":
            value = metric_value(column, goals.get(column.key))
            joins.append(_OF_METRIC.format(value=value, place=place, summaries=summaries))
            parameters.append(metrics.get(column.key, -1))
            number, text = f"s{place}", "null::varchar"
        elif kind_of(column) == "run":
            check(column.key)
            number = f"cast({NUMBERS.get(column.key, 'null')} as double)"
            text = f"cast({TEXTS.get(column.key, 'null')} as varchar)"
        else:
            joins.append(_OF_KEY.format(place=place, said=SAID[kind_of(column)]))
            parameters.append(column.key)
            number, text = f"s{place}", f"t{place}"
        terms.append(_sorted(number, text, "desc" if key.descending else "asc"))
    usual = "status <> 'running', started desc nulls last"
    return Order("\n".join(joins), tuple(parameters), ", ".join([*(terms or [usual]), "run"]))


def _sorted(number: str, text: str, way: str) -> str:
    rank = f"case when isnan({number}) then 1 when {number} is not null then 0 when {text} is null then 3 else 2 end"
    return f"{rank}, {number} {way}, lower({text}) {way}"
