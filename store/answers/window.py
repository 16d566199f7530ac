"""The rows of some runs, with what they show in columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import duckdb
import numpy as np

from labtop.store.answers.fields import place_of
from labtop.store.answers.known import Known
from labtop.store.answers.order import Numbers
from labtop.store.answers.rows import FIELDS, from_json, listed, to_run
from labtop.store.answers.sheet import SAID
from labtop.store.answers.values import metric_value
from labtop.store.model import Column, Goal, Json, Run

_Cells = Mapping[int, Json]

_FEW_RUNS: Final = 4
_RUNS: Final = "select {fields} from runs_in('sheet.runs', ?) where run in ({runs})"


def rows_of(
    cursor: duckdb.DuckDBPyConnection,
    runs: Sequence[int],
    bare: Sequence[int],
    columns: Sequence[Column],
    now: float,
    known: Known,
) -> tuple[dict[int, Run], tuple[Run, ...]]:
    """The rows of `runs` by number, with the cells of these columns, and those of `bare` without any.

    Runs that are not there are left out.
    """
    wanted, parameters = listed(dict.fromkeys((*runs, *bare)), _FEW_RUNS)
    sql = _RUNS.format(fields=", ".join(FIELDS), runs=wanted)
    rows = {row[0]: row for row in cursor.execute(sql, [now, *parameters]).fetchall()}
    cells = _cells(cursor, [run for run in runs if run in rows], columns, known, rows)
    full = {run: to_run(rows[run], tuple(column.get(run) for column in cells)) for run in runs if run in rows}
    return full, tuple(full.get(run) or to_run(rows[run]) for run in bare if run in rows)


def _cells(
    cursor: duckdb.DuckDBPyConnection,
    runs: Sequence[int],
    columns: Sequence[Column],
    known: Known,
    rows: Mapping[int, tuple[Any, ...]],
) -> list[_Cells]:
    """For each column what each run has in it; nothing where it has none."""
    found = _metrics(cursor, runs, columns, known) | _values(cursor, runs, columns, known)
    for column in columns:
        if column.kind == "run":
            place = place_of(column.key)
            found[column] = {run: rows[run][place] for run in runs}
    return [found[column] for column in columns]


_METRICS: Final = "select run, metric, {values} from {summaries} where run in ({runs}) and metric in ({metrics})"


def _metrics(
    cursor: duckdb.DuckDBPyConnection, runs: Sequence[int], columns: Sequence[Column], known: Known
) -> dict[Column, _Cells]:
    wanted = [column for column in columns if column.kind == "metric"]
    found: dict[Column, dict[int, Json]] = {column: {} for column in wanted}
    if not wanted:
        return dict(found)
    there, goals = known.filter_names(cursor).metrics, known.goals(cursor)
    values = [metric_value(column, goals.get(column.key)) for column in wanted]
    asked = list(dict.fromkeys(values))
    by_metric: dict[int, list[tuple[Column, int]]] = {}
    for column, value in zip(wanted, values, strict=True):
        if column.key in there:
            by_metric.setdefault(there[column.key].number, []).append((column, 2 + asked.index(value)))
    if runs and by_metric:
        of_runs, run_parameters = listed(runs, _FEW_RUNS)
        of_metrics, metric_parameters = listed(by_metric)
        sql = _METRICS.format(values=", ".join(asked), summaries=known.summaries, runs=of_runs, metrics=of_metrics)
        for row in cursor.execute(sql, [*run_parameters, *metric_parameters]).fetchall():
            for column, place in by_metric[row[1]]:
                if row[place] is not None:
                    found[column][row[0]] = int(row[place]) if column.aggregate == "count" else row[place]
    return dict(found)


_VALUES: Final = "select run, key, value from {said} where run in ({runs})"
_OF_KEYS: Final = " and key in (select unnest(?::varchar[]))"
_FEW_KEYS: Final = 200  # of runs with so few params it takes less to look at all of them than to find some


def _values(
    cursor: duckdb.DuckDBPyConnection, runs: Sequence[int], columns: Sequence[Column], known: Known
) -> dict[Column, _Cells]:
    """Params, attributes and tags, from the sheet."""
    found: dict[Column, _Cells] = {}
    names = known.filter_names(cursor)
    for kind, keys in (("param", len(names.params)), ("attribute", len(names.attributes)), ("tag", math.inf)):
        wanted = {column.key: column for column in columns if column.kind == kind}
        held: dict[str, dict[int, Json]] = {key: {} for key in wanted}
        if wanted and runs:
            of_runs, parameters = listed(runs, _FEW_RUNS)
            few = keys <= _FEW_KEYS
            sql = _VALUES.format(said=SAID[kind], runs=of_runs) + ("" if few else _OF_KEYS)
            for run, key, value in cursor.execute(sql, [*parameters, *([] if few else [[*wanted]])]).fetchall():
                if key in held:
                    held[key][run] = from_json(value)
        found |= {column: held[column.key] for column in columns if column.kind == kind}
    return found


_BEST: Final = "select metric, {extremes} from {summaries} where metric in ({metrics}) {among} group by metric"
_EXTREMES: Final = """
min({value}) filter (isfinite({value})), max({value}) filter (isfinite({value})),
min({value}) filter (not isnan({value})) <> max({value}) filter (not isnan({value}))
"""


def best_of(
    cursor: duckdb.DuckDBPyConnection,
    columns: Sequence[Column],
    goals: Sequence[Goal | None],
    among: Numbers | None,
    known: Known,
) -> tuple[float | None, ...]:
    """For each column the best finite value by its goal, of these runs or, where None, of all.

    None without a goal, and where no two values differ.
    """
    key = "best", tuple(columns)
    if among is None and key in known.of_commits:
        kept: tuple[float | None, ...] = known.of_commits[key]
        return kept
    best = _best_of(cursor, columns, goals, among, known)
    if among is None:
        known.of_commits[key] = best
    return best


def _best_of(
    cursor: duckdb.DuckDBPyConnection,
    columns: Sequence[Column],
    goals: Sequence[Goal | None],
    among: Numbers | None,
    known: Known,
) -> tuple[float | None, ...]:
    names = known.filter_names(cursor)
    there = names.metrics
    wanted = [
        (column, goal)
        for column, goal in dict(zip(columns, goals, strict=True)).items()
        if goal is not None and column.key in there
    ]
    if not wanted or (among is not None and not len(among)):
        return (None,) * len(columns)
    values = {column: metric_value(column, goal) for column, goal in wanted}
    extremes = list(dict.fromkeys(values.values()))
    of_metrics, parameters = listed(dict.fromkeys(there[column.key].number for column, _ in wanted))
    sql = _BEST.format(
        extremes=", ".join(_EXTREMES.format(value=value) for value in extremes),
        summaries=known.summaries,
        metrics=of_metrics,
        among="" if among is None else _AMONG,
    )
    rows = cursor.execute(sql, [*parameters, *([] if among is None else [_bits(among, names.last)])]).fetchall()
    found = {row[0]: row[1:] for row in rows}
    best = dict[Column, float | None]()
    for column, goal in wanted:
        at = 3 * extremes.index(values[column])
        low, high, differ = found.get(there[column.key].number, _NONE * len(extremes))[at : at + 3]
        best[column] = (high if goal == "max" else low) if differ else None
    return tuple(best.get(column) for column in columns)


_NONE: Final = (None, None, False)
# A list of thousands takes longer to hand over and to look up than all the rest.
_AMONG: Final = "and get_bit(?::varchar::bit, run) = 1"


def _bits(runs: Numbers, last: int) -> str:
    """A text of 0 and 1, a letter for each run from number 0 to the last."""
    letters = np.full(last + 1, ord("0"), np.uint8)
    letters[runs] = ord("1")
    return letters.tobytes().decode()
