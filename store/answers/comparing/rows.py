"""From what each run has to a row for each key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from labtop.store.answers.comparing.same import all_same, distinct, same, types_of
from labtop.store.model import MISSING, CompareRow, Json, Metric

Flat = dict[str, Json]


def flattened(value: Mapping[str, Json], above: str = "") -> Flat:
    """Nested objects as one level, keys joined with a dot; lists stay whole."""
    flat: Flat = {}
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            flat |= flattened(inner, f"{above}{key}.")
        else:
            flat[f"{above}{key}"] = inner
    return flat


def key_rows(sides: Sequence[Mapping[str, object]], from_names: frozenset[str] = frozenset()) -> tuple[CompareRow, ...]:
    """A row for each key that any side has, by key; `from_names` are those that a side has from its name only."""
    return tuple(_row(key, [side.get(key, MISSING) for side in sides], key in from_names) for key in _keys(sides))


def metric_rows(sides: Sequence[Mapping[str, Metric]]) -> tuple[CompareRow, ...]:
    """A row for each metric, by name: of Metric values, which differ where the last or the best value does."""
    return tuple(_metric_row(key, [side.get(key, MISSING) for side in sides]) for key in _keys(sides))


def without_repeats(rows: Sequence[CompareRow]) -> tuple[CompareRow, ...]:
    """The rows without what names only repeat, such as `w` beside a logged `width`."""
    logged = [row.values for row in rows if not row.from_name and row.differs]
    return tuple(
        row
        for row in rows
        if not (row.from_name and row.differs and any(all(map(same, row.values, values)) for values in logged))
    )


def _keys(sides: Iterable[Iterable[str]]) -> list[str]:
    return sorted({key for side in sides for key in side})


def _row(key: str, values: list[object], from_name: bool) -> CompareRow:
    return CompareRow(key, tuple(values), not all_same(values), len(types_of(distinct(values))) > 1, from_name)


def _metric_row(key: str, values: list[object]) -> CompareRow:
    results = [(value.last, value.best) if isinstance(value, Metric) else value for value in values]
    differs = not all(_same_result(results[0], result) for result in results[1:])
    return CompareRow(key, tuple(values), differs)


def _same_result(one: object, other: object) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return all(map(same, one, other))
    return one is other
