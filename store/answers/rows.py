"""Rows of the view of runs as `Run` values, and JSON texts of the index as Python values."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from labtop.store.model import Json, Run, Status

FIELDS = (
    "run",
    "id",
    "name",
    "status",
    "started",
    "updated",
    "estimated",
    "step",
    "total_steps",
    "progress",
    "eta",
    "steps_per_s",
    "attempts",
    "group_name",
    "tags",
    "notes",
    "error",
    "hypothesis",
    "verdict",
    "host",
    "hidden",
    "duration",
    "exit_code",
)
"""The columns of the view of runs with which a row begins that `to_run` reads."""

_RUN_STATUS, _TAGS, _DURATION = (FIELDS.index(name) for name in ("status", "tags", "duration"))
_STATUS = {str(status): status for status in Status}
_LONGEST_KEPT = 200


def to_run(row: tuple[Any, ...], cells: tuple[Json, ...] = ()) -> Run:
    """The run of a row that begins with FIELDS."""
    fields = [*row[:_DURATION], cells]
    fields[_RUN_STATUS] = _STATUS[fields[_RUN_STATUS]]
    fields[_TAGS] = tuple(fields[_TAGS] or ())
    return Run(*fields)


def from_json(text: str) -> Json:
    """The value of a JSON text; NaN and Infinity are read too. Lists and objects are fresh each time."""
    if len(text) > _LONGEST_KEPT or text[0] in "[{":
        value: Json = json.loads(text)
        return value
    return _scalar(text)


@lru_cache(maxsize=16384)
def _scalar(text: str) -> Json:
    value: Json = json.loads(text)
    return value


def marks(count: int) -> str:
    """`count` question marks for an IN list."""
    return ", ".join("?" * count)


_FEW = 100


def listed(numbers: Collection[int], few: int = _FEW) -> tuple[str, list[object]]:
    """What stands in an IN list of these, and its parameters. To plan many question marks takes longer than to look
    them up in a list; of `few` it reads less of the table, which tells where that is large.
    """
    if len(numbers) > few:
        return "select unnest(?::bigint[])", [list(numbers)]
    return marks(len(numbers)) or "null", [*numbers]
