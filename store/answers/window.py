"""The rows of some runs, with what they show in columns."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import duckdb

from labtop.store.answers.fields import place_of
from labtop.store.answers.known import Known
from labtop.store.answers.metric_cells import Cells, MetricCells
from labtop.store.answers.rows import FIELDS, from_json, listed, to_run
from labtop.store.answers.sheet import FACTS, SAID, kind_of
from labtop.store.model import Column, Json, Run

_NO_CELLS: Final[Cells] = {}
_FEW_RUNS: Final = 4
_RUNS: Final = "select {fields} from sheet.runs where run in ({runs})"


def rows_of(
    cursor: duckdb.DuckDBPyConnection,
    runs: Sequence[int],
    bare: Sequence[int],
    columns: Sequence[Column],
    known: Known,
    metrics: MetricCells | None = None,
    filled: Collection[Column] = (),
) -> tuple[dict[int, Run], tuple[Run, ...]]:
    """The rows of `runs` by number, with the cells of these columns, and those of `bare` without any.

    Runs that are not there are left out. `metrics` has the columns of metrics, where there are any. In columns that are
    not `filled` cells are None.
    """
    wanted, parameters = listed(dict.fromkeys((*runs, *bare)), _FEW_RUNS)
    sql = _RUNS.format(fields=", ".join(FIELDS), runs=wanted)
    rows = {row[0]: row for row in cursor.execute(sql, parameters).fetchall()}
    there = [run for run in runs if run in rows]
    cells = _cells(cursor, there, [column for column in columns if column in filled], metrics, known, rows)
    in_order = [cells.get(column, _NO_CELLS) for column in columns]
    full = {run: to_run(rows[run], tuple(cell.get(run) for cell in in_order)) for run in there}
    return full, tuple(full.get(run) or to_run(rows[run]) for run in bare if run in rows)


def _cells(
    cursor: duckdb.DuckDBPyConnection,
    runs: Sequence[int],
    columns: Sequence[Column],
    metrics: MetricCells | None,
    known: Known,
    rows: Mapping[int, tuple[Any, ...]],
) -> dict[Column, Cells]:
    """For each column what each run has in it; nothing where it has none."""
    found = _values(cursor, runs, columns, known) | (metrics.of_runs(runs, columns) if metrics else {})
    for column in columns:
        if kind_of(column) == "run":
            place = place_of(column.key)
            found[column] = {run: rows[run][place] for run in runs}
    return found


_VALUES: Final = "select run, key, value from {said} where run in ({runs})"
_OF_KEYS: Final = " and key in (select unnest(?::varchar[]))"
_FEW_KEYS: Final = 200  # of runs with so few params it takes less to look at all of them than to find some


def _values(
    cursor: duckdb.DuckDBPyConnection, runs: Sequence[int], columns: Sequence[Column], known: Known
) -> dict[Column, Cells]:
    """Params, attributes, tags and facts, from the sheet."""
    found: dict[Column, Cells] = {}
    names = known.filter_names(cursor)
    held_keys = {"param": len(names.params), "attribute": len(names.attributes), "tag": math.inf, "fact": len(FACTS)}
    for kind, keys in held_keys.items():
        wanted = {column.key: column for column in columns if kind_of(column) == kind}
        held: dict[str, dict[int, Json]] = {key: {} for key in wanted}
        if wanted and runs:
            of_runs, parameters = listed(runs, _FEW_RUNS)
            few = keys <= _FEW_KEYS
            sql = _VALUES.format(said=SAID[kind], runs=of_runs) + ("" if few else _OF_KEYS)
            for run, key, value in cursor.execute(sql, [*parameters, *([] if few else [[*wanted]])]).fetchall():
                if key in held:
                    held[key][run] = from_json(value)
        found |= {column: held[column.key] for column in columns if kind_of(column) == kind}
    return found
