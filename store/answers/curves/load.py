"""Load: rows of the index as columns, all of an octet of metrics together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.curves.asked import Runs
from labtop.store.answers.curves.block import Columns, by_run
from labtop.store.answers.rows import listed

Base = Literal["step", "time"]
"""The column of the index that is x, or from which x is worked out."""

_ROWS = """
select run, file, line, attempt::integer as attempt, has, coalesce({base}, 'infinity'::double) as x, {values}
from point_rows where octet = ? and has & ? <> 0 and run in ({runs})
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
    """The rows of each of these runs that has any with one of the slots: file, place, line, attempt, has, x, v0 to v7
    as asked; where there is no x it is infinite, which is last in every order.

    `reached`: only those after these lines of files.
    """
    if not numbers:
        return
    values = ", ".join(f"coalesce(v{slot}, 'nan'::double) as v{slot}" for slot in sorted(slots))
    asked, wanted = listed(numbers)
    sql = _ROWS.format(base=base, values=values, runs=asked)
    parameters: list[object] = [octet, sum(1 << slot for slot in slots), *wanted]
    if reached is not None:
        sql += _AFTER
        parameters += [min(reached.values(), default=0), _by_number(reached)]
    rows = {name: np.asarray(column) for name, column in cursor.execute(sql, parameters).fetchnumpy().items()}
    for run, own in by_run(rows):
        own["place"] = places(own["file"], runs.files.get(run, ()))
        yield run, own


def _by_number(reached: Mapping[int, int]) -> list[int]:
    """A list is looked up faster than a table is joined."""
    return [reached.get(file, 0) for file in range(max(reached, default=-1) + 1)]


def places(file: NDArray[np.int32], files: Sequence[int]) -> NDArray[np.uint16]:
    """The place of each row's file among `files`, those of its run; 0 where it is none of several."""
    if not files:
        return np.zeros(len(file), np.uint16)
    numbers = np.array(files)
    by_number = np.argsort(numbers)
    at = np.minimum(np.searchsorted(numbers[by_number], file), len(files) - 1)
    place = np.where(numbers[by_number][at] == file, by_number[at], 0)
    return np.minimum(place, 65535).astype(np.uint16)
