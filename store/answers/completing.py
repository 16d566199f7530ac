"""What may stand in a filter, from what there is in the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import duckdb

from labtop.store.answers.known import Known
from labtop.store.answers.sheet import tags
from labtop.store.model import Completion, Status

_MOST = 50  # values of a key that are looked at: the most frequent

_VALUES: Final = """
select case when text = '' then min_by(json_text(value), length(value)) else text end
from sheet.{kind}s where key = ? and length(text) <= 60
group by text, number order by count(*) desc, text, number limit ?
"""
_FIELDS: Final = {"group": "group_name", "host": "host", "verdict": "verdict"}
_OF_RUNS: Final = """
select {field} from sheet.runs where {field} is not null
group by all order by count(*) desc, {field} limit ?
"""


def completions(cursor: duckdb.DuckDBPyConnection, text: str, at: int, known: Known) -> tuple[Completion, ...]:
    """What may be put at place `at` of the filter `text`: keys, operators, values that some run has."""
    from labtop.store.filter.complete import completions as completed

    names = replace(known.filter_names(cursor), tags=tags(cursor))

    def values(kind: str, key: str) -> Sequence[str]:
        if (kind, key) == ("run", "status"):
            return [str(status) for status in Status]
        if kind == "run" and key in _FIELDS:
            sql = _OF_RUNS.format(field=_FIELDS[key])
            return [value for (value,) in cursor.execute(sql, [_MOST]).fetchall()]
        if kind in ("param", "attribute"):
            found = cursor.execute(_VALUES.format(kind=kind), [key, _MOST]).fetchall()
            return [value for (value,) in found]
        return ()

    return completed(text, at, names, values)
