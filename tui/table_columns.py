"""Which columns the runs table has: what is asked of the store for them, their keys and names, how they first sort."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from labtop.store.model import Aggregate, Column, Goal, Outline, SortKey
from labtop.tui import format as fmt

MOST_PARAMS = 12
MOST_SORTS = 3
"""So many of the columns that were asked for last decide on the order."""

DEFAULT_SORT = (SortKey(Column("run", "started"), descending=True),)
STEP, STATUS, UPDATED = Column("run", "step"), Column("run", "status"), Column("run", "updated")
NAME, DONE = Column("run", "name"), Column("run", "progress")

_ALWAYS_THERE = (NAME, STATUS, STEP, DONE, UPDATED)

SORTED_BY = ("name", "status", "started", "updated", "step", "duration")
"""Fields by which the table can be sorted though they are no columns."""

SHOWABLE = (
    *("tags", "notes", "group", "verdict", "hypothesis", "host", "started", "duration", "steps_per_s", "eta"),
    *(
        "total_steps",
        "attempts",
        "error",
        "exit_code",
        "id",
        "number",
        "user",
        "git.commit",
        "git.branch",
        "record",
        "hidden",
    ),
)
"""Fields that can be columns beside those that are always there."""

_LARGEST_FIRST = ("started", "updated", "step", "duration", "steps_per_s", "progress", "hidden")


def default_columns(pins: Iterable[str], outline: Outline, aggregate: Aggregate) -> tuple[Column, ...]:
    """While nobody chose: pinned metrics, then the parameters that differ."""
    metrics = [Column("metric", name, aggregate) for name in pins]
    return (*metrics, *(Column("param", key) for key in outline.varying_params[:MOST_PARAMS]))


def with_aggregate(columns: Iterable[Column], aggregate: Aggregate) -> tuple[Column, ...]:
    """Metrics as another of their values, each once."""
    changed = (replace(column, aggregate=aggregate) if column.kind == "metric" else column for column in columns)
    return tuple(dict.fromkeys(changed))


def new_aggregate(column: Column, among: Iterable[Column], after: Aggregate) -> Column:
    """The column when metrics show another value: one that has a sister among these stays."""
    alone = sum((each.kind, each.key) == ("metric", column.key) for each in among) <= 1
    return replace(column, aggregate=after) if column.kind == "metric" and alone else column


def out_of_sight(sort: Sequence[SortKey], columns: Sequence[Column], seen: Collection[str] | None) -> list[SortKey]:
    """Those sort keys that none of the columns of a table shows, of which those with the grid's keys `seen` are in
    sight (None: all); none where the table is sorted as it is at first."""
    if tuple(sort) == DEFAULT_SORT:
        return []
    there = [
        *zip(column_keys(columns), columns, strict=True),
        *((column_key(column), column) for column in _ALWAYS_THERE),
    ]
    shown = [column for key, column in there if seen is None or key in seen]
    return [key for key in sort if key.column not in shown]


def column_key(column: Column) -> str:
    """The grid's key of a column: of a metric the same whichever of its values it shows."""
    return f"{column.kind}:{column.key}"


def column_keys(columns: Sequence[Column]) -> list[str]:
    """The grid's keys, each once: a metric that has a second column has its other value in the key."""
    keys = list[str]()
    for column in columns:
        key = column_key(column)
        keys.append(f"{key}@{column.aggregate}" if key in keys else key)
    return keys


def sort_choices(columns: Sequence[Column]) -> tuple[Column, ...]:
    """What the table can be sorted by."""
    return tuple(dict.fromkeys((*columns, *(Column("run", field) for field in SORTED_BY))))


def first_direction(column: Column, goal: Goal | None) -> SortKey:
    """The order a person means first: best on top, newest on top, hidden on top, names from A."""
    largest_first = column.kind == "run" and column.key in _LARGEST_FIRST
    return SortKey(column, descending=goal == "max" or largest_first)


def sorted_first_by(key: SortKey, before: tuple[SortKey, ...]) -> tuple[SortKey, ...]:
    """By this first; where that is equal, by what the table was sorted by before."""
    if before == DEFAULT_SORT:
        return (key,)
    rest = (each for each in before if each.column != key.column)
    return (key, *rest)[:MOST_SORTS]


def label(column: Column) -> str:
    """What stands above a column."""
    if column.kind == "run":
        return {"updated": "age", "steps_per_s": "steps/s", "group": "group", "total_steps": "of steps"}.get(
            column.key, column.key
        )
    if column.kind == "tag":
        return f"#{fmt.clean(column.key)}"
    prefix = "" if column.kind != "metric" or column.aggregate == "last" else f"{column.aggregate} "
    return prefix + fmt.clean(column.key)


def moved(columns: Sequence[Column], column: Column, by: int) -> tuple[Column, ...]:
    """The column one place to the left (-1) or to the right (1), unless it is the last there."""
    order = list(columns)
    here = order.index(column)
    there = min(max(here + by, 0), len(order) - 1)
    order.insert(there, order.pop(here))
    return tuple(order)
