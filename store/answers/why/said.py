"""What runs have as params, as arrays: all keys of many runs in one query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.across.meaning import Meaning
from labtop.store.answers.known import Known
from labtop.store.model import Floats

_SAID: Final = """
with wanted as (select unnest(?::varchar[]) as key, unnest(range(?))::integer as place),
asked as (select unnest(?::integer[]) as run)
select place, run, number, hash(number, text) as meaning, from_name
from sheet.params join wanted using (key) semi join asked using (run) order by place, run
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What runs have under a key: arrays of one length.

    `at` are places among the runs that were asked about, ascending; `number` is NaN where the value is none, `meaning`
    equal where values mean the same.
    """

    key: str
    at: NDArray[np.intp]
    number: Floats
    is_number: NDArray[np.bool_]
    meaning: NDArray[np.uint64]


def varying(cursor: duckdb.DuckDBPyConnection, runs: NDArray[np.int32], known: Known) -> tuple[Iterator[Said], int]:
    """The params in which these runs, ascending and all there, differ, by key, and how many others they have.

    What is known from names alone, and only repeats another param, is not among them.
    """
    keys = sorted(known.filter_names(cursor).params)
    found = cursor.execute(_SAID, [keys, len(keys), runs.tolist()]).fetchnumpy()
    place, meaning = found["place"], found["meaning"]
    if not len(place):
        return iter(()), 0
    first = np.flatnonzero(np.diff(place, prepend=-1))
    varies = np.minimum.reduceat(meaning, first) != np.maximum.reduceat(meaning, first)
    constant = len(first) - int(varies.sum())
    coded = varies & np.logical_and.reduceat(found["from_name"], first)
    ends = np.append(first[1:], len(place))
    for each in np.flatnonzero(coded).tolist():
        varies[each] = not _repeats(found, slice(first[each], ends[each]))
    chosen = [
        (keys[place[start]], slice(start, end))
        for start, end in zip(first[varies].tolist(), ends[varies].tolist(), strict=True)
    ]
    return (_said(key, rows, found, runs) for key, rows in chosen), constant


def _said(key: str, rows: slice, found: dict[str, NDArray[Any]], runs: NDArray[np.int32]) -> Said:
    number = found["number"][rows]
    at = np.searchsorted(runs, found["run"][rows])
    return Said(key, at, np.ma.filled(number, np.nan), ~np.ma.getmaskarray(number), found["meaning"][rows])


def _repeats(found: dict[str, NDArray[Any]], coded: slice) -> bool:
    """Whether some key was logged with the same value in each of these runs."""
    place, run, meaning, logged = found["place"], found["run"], found["meaning"], ~found["from_name"]
    alike = (run == run[coded.start]) & (meaning == meaning[coded.start]) & logged
    for other in place[alike]:
        rows = slice(*np.searchsorted(place, (other, other + 1)))
        at = np.searchsorted(run[rows], run[coded])
        at = np.minimum(at, rows.stop - rows.start - 1)
        same = (run[rows][at] == run[coded]) & (meaning[rows][at] == meaning[coded]) & logged[rows][at]
        if same.all():
            return True
    return False


_LABELS: Final = """
select place, any_value(number), any_value(text)
from (select unnest(range(?))::integer as place, unnest(?::varchar[]) as key, unnest(?::integer[]) as run)
    join sheet.params using (key, run)
group by place
"""


def labels(cursor: duckdb.DuckDBPyConnection, values: Sequence[tuple[str, int]]) -> list[str]:
    """What the values are called that runs have under keys, each with a key and a run that has it."""
    asked = [len(values), [key for key, _ in values], [run for _, run in values]]
    found = {place: Meaning(number, text).label for place, number, text in cursor.execute(_LABELS, asked).fetchall()}
    return [found[place] for place in range(len(values))]
