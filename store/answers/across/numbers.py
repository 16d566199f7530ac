"""Columns of the runs table as arrays of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.across.meaning import meaning_of
from labtop.store.answers.columns import pivot
from labtop.store.answers.known import Known
from labtop.store.answers.table import CONTAINS
from labtop.store.model import Column, Floats

_ALL = "select run from {source}"
_MATCHED = "select run from runs_from('{source}', '{names}', ?) {contains}"
_NUMBERS = "select run, {cells} from ({runs}) {joins}"


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column as numbers: `value` is NaN where there is none.

    `has` says which runs have a value other than null, `is_number` of which it is one, perhaps NaN or infinite, also
    where it was logged as text. `text` is that of the Meaning, in what is no metric.
    """

    value: Floats
    has: NDArray[np.bool_]
    is_number: NDArray[np.bool_]
    text: NDArray[np.object_] | None = None


def numbers(
    cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column], contains: str, now: float, known: Known
) -> tuple[NDArray[np.int32], list[Numbers]]:
    """The runs that a table with this `contains` lists, ascending, and for each column what they have in it.

    No column may be of kind 'run'. Raises `StoreError` for an aggregate that there is none.
    """
    cells = pivot(columns)
    matched = (
        _MATCHED.format(source=known.source, names=known.names, contains=CONTAINS)
        if contains
        else _ALL.format(source=known.source)
    )
    wanted: list[object] = [now, contains, contains] if contains else []
    picked = [_number(column, place) for place, column in enumerate(cells.columns)]
    sql = _NUMBERS.format(cells=", ".join(picked), runs=matched, joins=cells.joins)
    found = cursor.execute(sql, [*wanted, *cells.parameters]).fetchnumpy()
    order = np.argsort(found["run"])
    found = {name: column[order] for name, column in found.items()}
    places = [cells.columns.index(column) for column in columns]
    return found["run"], [_column(found, place) for place in places]


def _number(column: Column, place: int) -> str:
    """The SQL of a cell as a number and a text, and of whether there is one."""
    if column.kind == "metric":
        return f"cast(c{place} as double) as n{place}, c{place} is not null as h{place}"
    meaning = meaning_of(f"c{place}", f"n{place}", f"t{place}")
    return f"{meaning}, coalesce(c{place} <> 'null', false) as h{place}"


def _column(found: dict[str, NDArray[Any]], place: int) -> Numbers:
    value, text = found[f"n{place}"], found.get(f"t{place}")
    return Numbers(np.ma.filled(value, np.nan), found[f"h{place}"], ~np.ma.getmaskarray(value), text)
