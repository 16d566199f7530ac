"""Columns of the runs table as SQL: where their values come from and how they sort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labtop.store.answers.rows import marks
from labtop.store.model import Column, Run, SortKey, StoreError

# Fields of a run by the name that a column has for them: the attribute of `Run`, and what to sort by.
NUMBERS = {
    "number": ("number", "run"),
    "status": (
        "status",
        "list_position(['running', 'stale', 'crashed', 'failed', 'killed', 'ended', 'finished'], status)",
    ),
    "started": ("started", "started"),
    "updated": ("updated", "updated"),
    "duration": ("duration_s", "duration"),
    "step": ("step", "step"),
    "total_steps": ("total_steps", "total_steps"),
    "progress": ("progress", "progress"),
    "eta": ("eta_s", "eta"),
    "steps_per_s": ("steps_per_s", "steps_per_s"),
    "attempts": ("attempts", "attempts"),
}
TEXTS = {
    "id": ("id", "id"),
    "name": ("name", "name"),
    "group": ("group", "group_name"),
    "tags": ("tags", "nullif(array_to_string(tags, ' '), '')"),
    "notes": ("notes", "notes"),
    "error": ("error", "error"),
}

# For each kind of cell: the view, and the name of its key in it.
SOURCES = {"metric": ("metrics", "metric"), "param": ("run_params", "key"), "attribute": ("run_attributes", "key")}

_AGGREGATES = frozenset({"last", "min", "max", "best", "mean", "first", "count"})

_JOIN = "left join (select run, {cells} from {view} where {key} in ({keys}) group by run) {kind}s_of using (run)"


@dataclass(frozen=True, slots=True)
class Pivot:
    """Joins that give each run the cells `c0`, `c1` ..., one for each of `columns`, and their parameters."""

    columns: tuple[Column, ...]
    joins: str
    parameters: tuple[str, ...]


def field_of(column: Column) -> str:
    """The attribute of `Run` behind a column of kind 'run'. Raises `StoreError` for one that does not exist."""
    try:
        return (NUMBERS.get(column.key) or TEXTS[column.key])[0]
    except KeyError:
        raise StoreError(f"a run has no field {column.key!r}; there are {', '.join([*NUMBERS, *TEXTS])}") from None


def cell_of(run: Run, column: Column) -> object:
    """What a column of kind 'run' shows of a run."""
    value = getattr(run, field_of(column))
    return list(value) if isinstance(value, tuple) else value


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
    return f'"{column.aggregate}"'


def _sorted(key: SortKey, cells: Sequence[Column]) -> str:
    number, text = _sort_values(key.column, cells)
    way = "desc" if key.descending else "asc"
    rank = f"case when isnan({number}) then 1 when {number} is not null then 0 when {text} is null then 3 else 2 end"
    return f"{rank}, {number} {way}, lower({text}) {way}"


def _sort_values(column: Column, cells: Sequence[Column]) -> tuple[str, str]:
    """The SQL of a column's value as a number and as a text."""
    if column.kind == "run":
        field_of(column)
        number, text = NUMBERS.get(column.key), TEXTS.get(column.key)
        return (f"cast({number[1]} as double)" if number else "null::double"), (text[1] if text else "null::varchar")
    cell = f"c{cells.index(column)}"
    if column.kind == "metric":
        return f"cast({cell} as double)", "null::varchar"
    return f"json_number({cell})", f"json_text({cell})"
