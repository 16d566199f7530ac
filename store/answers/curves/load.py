"""Load: rows of the index as columns, all of an octet of metrics together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Literal

import duckdb
import numpy as np

from labtop.store.answers.curves.asked import Runs
from labtop.store.answers.curves.block import Columns
from labtop.store.answers.rows import marks

Base = Literal["step", "time"]
"""The column of the index that is x, or from which x is worked out."""

_ROWS = """
select run, file, line, attempt::integer as attempt, has, coalesce({base}, 'nan'::double) as x, {values} from point_rows
where octet = ? and has & ? <> 0 and run in ({runs})
"""
_AFTER = "and line > ? and line > coalesce((?::bigint[])[file + 1], 0)"


def load(
    cursor: duckdb.DuckDBPyConnection,
    runs: Runs,
    numbers: Collection[int],
    octet: int,
    slots: Collection[int],
    base: Base,
    reached: Mapping[int, int] | None = None,
) -> Iterator[tuple[int, Columns]]:
    """The rows of each of these runs that have any of the slots: file, place, line, attempt, has, x, v0 to v7 as asked.

    `reached`: only those after these lines of files.
    """
    if not numbers:
        return
    values = ", ".join(f"coalesce(v{slot}, 'nan'::double) as v{slot}" for slot in sorted(slots))
    sql = _ROWS.format(base=base, values=values, runs=marks(len(numbers)))
    parameters: list[object] = [octet, sum(1 << slot for slot in slots), *numbers]
    if reached is not None:
        sql += _AFTER
        parameters += [min(reached.values(), default=0), _by_number(reached)]
    rows = {name: np.asarray(column) for name, column in cursor.execute(sql, parameters).fetchnumpy().items()}
    rows["place"] = _places(rows, runs)
    order = None if (rows["run"][1:] >= rows["run"][:-1]).all() else np.argsort(rows["run"], kind="stable")
    if order is not None:
        rows = {name: column[order] for name, column in rows.items()}
    for run in numbers:
        begin, end = np.searchsorted(rows["run"], (run, run + 1)).tolist()
        yield run, {name: column[begin:end] for name, column in rows.items()}


def _by_number(reached: Mapping[int, int]) -> list[int]:
    """A list is looked up faster than a table is joined."""
    return [reached.get(file, 0) for file in range(max(reached, default=-1) + 1)]


def _places(rows: Columns, runs: Runs) -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
    """The place of each row's file among those of its run."""
    places = np.zeros(len(rows["file"]), np.uint16)
    for run, files in runs.files.items():
        mine = rows["run"] == run
        for place, file in enumerate(files):
            places[mine & (rows["file"] == file)] = min(place, 65535)
    return places
