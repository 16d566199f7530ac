"""Logged: the points of a metric as a SELECT, for what is worked out by the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import duckdb
import numpy as np

from labtop.store.answers.curves.asked import Metric, Runs
from labtop.store.answers.curves.block import Columns, Points, by_run, in_order
from labtop.store.answers.curves.load import places
from labtop.store.answers.rows import listed

_LOGGED = """
    select run, file, line, attempt, {x} as x, {value} as value
    from point_rows where octet = ? and has & ? <> 0 and run in ({runs}) {placed} {but}
"""
_ODD_VALUE = "coalesce(v{slot}, 'nan'::double)"
_PLACED = "and isfinite(x)"  # a step always is one
_BUT = "and (run, file) not in (select unnest(?::integer[]), unnest(?::integer[]))"
# Where a file wrote steps twice the later pass counts; the window over all steps is paid for by resumed runs only.
_LAST_PASS = """
    qualify pass = max(pass) over (partition by run, file, attempt, step)
"""
_X = {"step": "step", "relative": "time - (?::double[])[run + 1]", "wall": "time"}


@dataclass(frozen=True, slots=True)
class Logged:
    """A SELECT of points (run, file, line, attempt, x, value), and its parameters."""

    sql: str
    parameters: tuple[object, ...]


def logged(metric: Metric, runs: Runs, numbers: Collection[int], axis: str) -> Logged:
    """The points of a metric in some of the runs, `axis` being step, relative or wall."""
    but = [list(column) for column in zip(*metric.shadowed, strict=True)]
    starts = [_by_number(runs)] if axis == "relative" else []
    parts: list[str] = []
    parameters: list[object] = []
    whole = [run for run in numbers if run not in runs.resumed]
    resumed = [run for run in numbers if run in runs.resumed]
    for group, rule in ((whole, ""), (resumed, _LAST_PASS)):
        if group:
            asked, wanted = listed(group)
            sql = _LOGGED.format(
                x=_X[axis],
                value=(_ODD_VALUE if metric.odd else "v{slot}").format(slot=metric.slot),
                runs=asked,
                placed=_PLACED if axis != "step" else "",
                but=_BUT if but else "",
            )
            parts.append(sql + rule)
            parameters += [*starts, metric.octet, 1 << metric.slot, *wanted, *but]
    return Logged(" union all ".join(parts), tuple(parameters))


def _by_number(runs: Runs) -> list[float | None]:
    """When each run began, by its number: a list is looked up faster than a table is joined."""
    return [runs.starts.get(run) for run in range(max(runs.starts, default=-1) + 1)]


_POINTS = "select run, file, line, attempt::integer as attempt, x, value from ({logged})"
_IN_WINDOW = " where x between ? and ?"


def fetch(
    cursor: duckdb.DuckDBPyConnection, source: Logged, runs: Runs, window: tuple[float, float] | None = None
) -> dict[int, Points]:
    """The points themselves, of each run that has any."""
    sql = _POINTS.format(logged=source.sql) + (_IN_WINDOW if window else "")
    found = cursor.execute(sql, [*source.parameters, *(window or ())]).fetchnumpy()
    rows: Columns = {name: np.asarray(column) for name, column in found.items()}
    return {run: _points(own, run, runs) for run, own in by_run(rows)}


def _points(own: Columns, run: int, runs: Runs) -> Points:
    """Those of one run, by attempt, x, place of their file and line."""
    own["place"] = places(own["file"], runs.files.get(run, ()))
    ordered = in_order(own)
    return Points(ordered["x"], ordered["value"], ordered["attempt"])
