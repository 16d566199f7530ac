"""Runs side by side: a row a key, a column a run."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence

import duckdb

from labtop.store.answers.detail import details
from labtop.store.model import MISSING, CompareRow, Comparison, Json, Metric, RunDetail

Flat = dict[str, Json]


def compare(cursor: duckdb.DuckDBPyConnection, runs: Sequence[int], now: float) -> Comparison:
    """The runs in this order; `now` is in seconds since the epoch. Numbers that no run has are left out."""
    found = details(cursor, runs, now, events=False)
    return Comparison(
        runs=tuple(detail.run for detail in found),
        params=_without_repeats(_rows([_params(detail) for detail in found], _from_names(found))),
        code=_rows([_code(detail) for detail in found]),
        data=_rows([_data(detail) for detail in found]),
        env=_rows([flattened(detail.env or {}) for detail in found]),
        metrics=tuple(_metric_row(key, found) for key in _keys(detail.metrics for detail in found)),
    )


def flattened(value: Mapping[str, Json], above: str = "") -> Flat:
    """Nested objects as one level, keys joined with a dot; lists stay whole."""
    flat: Flat = {}
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            flat |= flattened(inner, f"{above}{key}.")
        else:
            flat[f"{above}{key}"] = inner
    return flat


def same(one: object, other: object) -> bool:
    """Whether two values mean the same: 0.01 and "0.01" do, NaN and NaN do; missing and null do not.

    Two texts are the same only letter by letter: of versions, 2.1 is not 2.10.
    """
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    left, right = _number(one), _number(other)
    if left is None or right is None:
        return type(one) is type(other) and one == other
    return left == right or (math.isnan(left) and math.isnan(right))


def _number(value: object) -> int | float | None:
    """The value as a number, also where it was logged as text; None when it is none. Booleans are none."""
    if isinstance(value, str) and "_" not in value:
        try:
            return float(value)
        except ValueError:
            return None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _type(value: object) -> str:
    """The type as a reader of the log sees it: integers and other numbers are one."""
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def _rows(sides: Sequence[Flat], from_names: frozenset[str] = frozenset()) -> tuple[CompareRow, ...]:
    return tuple(_row(key, [side.get(key, MISSING) for side in sides], key in from_names) for key in _keys(sides))


def _without_repeats(rows: Sequence[CompareRow]) -> tuple[CompareRow, ...]:
    """The rows without what names only repeat, such as `w` beside a logged `width`."""
    logged = [row.values for row in rows if not row.from_name]
    return tuple(
        row
        for row in rows
        if not (row.from_name and row.differs and any(all(map(same, row.values, values)) for values in logged))
    )


def _row(key: str, values: Sequence[object], from_name: bool) -> CompareRow:
    differs = not all(same(values[0], value) for value in values[1:])
    types = {_type(value) for value in values if value is not MISSING}
    return CompareRow(key, tuple(values), differs, types_differ=len(types) > 1, from_name=from_name)


def _keys(sides: Iterable[Iterable[str]]) -> list[str]:
    return sorted({key for side in sides for key in side})


def _params(detail: RunDetail) -> Flat:
    return flattened({key: param.value for key, param in detail.params.items()})


def _from_names(found: Sequence[RunDetail]) -> frozenset[str]:
    """Keys that at least one of the runs knows from its name only."""
    return frozenset(key for detail in found for key, param in detail.params.items() if param.source == "name")


def _code(detail: RunDetail) -> Flat:
    """What is known of the code; a patch is named by its size and digest, being too long to stand in a row."""
    flat = flattened(detail.code or {})
    patch = flat.get("diff")
    if isinstance(patch, str) and patch:
        digest = hashlib.sha256(patch.encode("utf-8", "surrogatepass")).hexdigest()
        flat["diff"] = f"{len(patch.splitlines())} lines, sha256 {digest[:8]}"
    return flat


def _data(detail: RunDetail) -> Flat:
    """Data sets by their names, by their place where they have none."""
    sets = {str(each.get("name") or place): dict(each) for place, each in enumerate(detail.data or ())}
    return flattened(
        {name: {key: value for key, value in each.items() if key != "name"} for name, each in sets.items()}
    )


def _metric_row(key: str, found: Sequence[RunDetail]) -> CompareRow:
    values: list[object] = [detail.metrics.get(key, MISSING) for detail in found]
    results = [(v.last, v.best) if isinstance(v, Metric) else v for v in values]
    differs = not all(_same_result(results[0], result) for result in results[1:])
    return CompareRow(key, tuple(values), differs)


def _same_result(one: object, other: object) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return all(map(same, one, other))
    return one is other
