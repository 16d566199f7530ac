"""Alike: what runs have in something, as numpy arrays for thousands of them.

The database hands over a column for each thing that is asked, and numpy puts runs together and adds up: to hand tens of
thousands of numbers of runs to the database takes longer than all the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.across.among import AMONG, among
from labtop.store.answers.sheet import SAID

Codes = NDArray[np.int64]
_MOST_NAMED: Final = 2000  # of more runs the database is not told which are meant

HASHES: Final = {
    **{kind: f"select run, hash(number, text) as hash from {said} where key = ?" for kind, said in SAID.items()},
    "group": "select run, hash(group_name) as hash from sheet.runs where group_name is not null",
    "config": "select run, config as hash from sheet.configs where config is not null",
}
"""What runs agree in, by kind of column, as a hash of what it means."""


def hashes_of(
    cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object], runs: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """What `sql` gives as the `hash` of each of these runs, and which have one."""
    found = found_of(cursor, f"from ({sql})", parameters, runs)
    return spread_over(found["run"], found["hash"], runs)


def spread_over(
    of: NDArray[np.int32], hashes: NDArray[np.uint64], runs: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Values of some runs as those of these runs, 0 where there is none, and which have one."""
    most = int(max(runs.max(initial=0), of.max(initial=0))) + 1
    value, has = np.zeros(most, np.uint64), np.zeros(most, np.bool_)
    value[of] = np.ma.filled(hashes, 0)
    has[of] = ~np.ma.getmaskarray(hashes)
    return value[runs], has[runs]


def found_of(
    cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object], runs: NDArray[np.int32]
) -> dict[str, NDArray[Any]]:
    """The answer for these runs at least."""
    if len(runs) > _MOST_NAMED:
        return cursor.execute(sql, list(parameters)).fetchnumpy()
    return cursor.execute(f"{sql} where {AMONG}", [*parameters, *among(runs.tolist())]).fetchnumpy()
