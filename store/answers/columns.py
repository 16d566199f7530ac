"""Columns of the runs table as SQL: where their values come from and how they sort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labtop.store.answers.rows import FIELDS, marks
from labtop.store.model import Column, SortKey, StoreError

# What a column of kind 'run' sorts by. It shows the column of the view of runs that has its name, or that of _FIELD.
NUMBERS = {
    "number": "run",
    "status": "list_position(['running', 'stale', 'crashed', 'failed', 'killed', 'ended', 'finished'], status)",
    "started": "started",
    "updated": "updated",
    "duration": "duration",
    "step": "step",
    "total_steps": "total_steps",
    "progress": "progress",
    "eta": "eta",
    "steps_per_s": "steps_per_s",
    "attempts": "attempts",
}
TEXTS = {
    "id": "id",
    "name": "name",
    "group": "group_name",
    "tags": "nullif(array_to_string(tags, ' '), '')",
    "notes": "notes",
    "error": "error",
}
_FIELD = {"number": "run", "group": "group_name"}

# For each kind of cell: the view, and the name of its key in it.
SOURCES = {"metric": ("metrics", "metric"), "param": ("run_params", "key"), "attribute": ("run_attributes", "key")}

# Who declares which goal is much to find out, and matters for the best value only.
_WITHOUT_GOALS = """(
    select s.*, k.name as metric, total / nullif(count - nan, 0) as mean
    from (select * rename (metric as number) from summaries) as s join known_metrics as k on k.metric = s.number
)"""

_OF_FINITE = frozenset({"min", "max", "best", "mean"})
"""These are NaN where a metric never was finite, unlike one that was never logged."""
_AGGREGATES = frozenset({"last", "min", "max", "best", "mean", "first", "count"})

_JOIN = "left join (select run, {cells} from {view} where {key} in ({keys}) group by run) {kind}s_of using (run)"


@dataclass(frozen=True, slots=True)
class Pivot:
    """Joins that give each run the cells `c0`, `c1` ..., one for each of `columns`, and their parameters."""

    columns: tuple[Column, ...]
    joins: str
    parameters: tuple[str, ...]


def place_of(column: Column, cells: Sequence[Column]) -> int:
    """Where the column stands in a row of FIELDS and `cells`. Raises `StoreError` for a field that runs do not have."""
    if column.kind != "run":
        return len(FIELDS) + cells.index(column)
    if column.key not in NUMBERS and column.key not in TEXTS:
        raise StoreError(f"a run has no field {column.key!r}; there are {', '.join([*NUMBERS, *TEXTS])}")
    return FIELDS.index(_FIELD.get(column.key, column.key))


def pivot(columns: Sequence[Column]) -> Pivot:
    """The joins for columns that are not of kind 'run'. User text stands in the parameters only."""
    cells = tuple(dict.fromkeys(column for column in columns if column.kind != "run"))
    joins: list[str] = []
    parameters: list[str] = []
    for kind, (view, key) in SOURCES.items():
        here = [(place, column) for place, column in enumerate(cells) if column.kind == kind]
        if here:
            keys = [column.key for _, column in here]
            values = ", ".join(f"any_value({_value(column)}) filter ({key} = ?) as c{place}" for place, column in here)
            if kind == "metric" and all(column.aggregate != "best" for _, column in here):
                view = _WITHOUT_GOALS
            joins.append(_JOIN.format(cells=values, view=view, key=key, keys=marks(len(keys)), kind=kind))
            parameters += keys * 2
    return Pivot(cells, "\n".join(joins), tuple(parameters))


def order_by(keys: Sequence[SortKey], cells: Sequence[Column]) -> str:
    """The ORDER BY list: in both directions numbers first, then NaN, text, and what is missing; ties by number.

    Without keys: running runs first, then the newest.
    """
    if not keys:
        return "status <> 'running', started desc nulls last, run"
    return ", ".join([*(_sorted(key, cells) for key in keys), "run"])


def _value(column: Column) -> str:
    if column.kind != "metric":
        return "value"
    if column.aggregate not in _AGGREGATES:
        raise StoreError(f"no aggregate {column.aggregate!r}; there are {', '.join(sorted(_AGGREGATES))}")
    value = f'"{column.aggregate}"'
    if column.aggregate not in _OF_FINITE:
        return value
    lost = "nan > 0 and goal is not null" if column.aggregate == "best" else "nan > 0"
    return f"coalesce({value}, case when {lost} then 'nan'::double end)"


def _sorted(key: SortKey, cells: Sequence[Column]) -> str:
    number, text = _sort_values(key.column, cells)
    way = "desc" if key.descending else "asc"
    rank = f"case when isnan({number}) then 1 when {number} is not null then 0 when {text} is null then 3 else 2 end"
    return f"{rank}, {number} {way}, lower({text}) {way}"


def _sort_values(column: Column, cells: Sequence[Column]) -> tuple[str, str]:
    """The SQL of a column's value as a number and as a text."""
    if column.kind == "run":
        number, text = NUMBERS.get(column.key), TEXTS.get(column.key)
        return f"cast({number or 'null'} as double)", f"cast({text or 'null'} as varchar)"
    cell = f"c{cells.index(column)}"
    if column.kind == "metric":
        return f"cast({cell} as double)", "null::varchar"
    return f"json_number({cell})", f"json_text({cell})"
