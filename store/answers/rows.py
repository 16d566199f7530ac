"""Rows of the view of runs as `Run` values, and JSON texts of the index as Python values."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from labtop.store.model import Json, Run, Status

RUN_FIELDS = """
    run, id, name, status, started, updated, estimated, step, total_steps, progress, eta, steps_per_s, attempts,
    group_name, tags, notes, error
"""
RUN_WIDTH = 17  # how many columns RUN_FIELDS has

_STATUS = {str(status): status for status in Status}


def to_run(row: tuple[Any, ...], cells: tuple[Json, ...] = ()) -> Run:
    """The run of a row that begins with RUN_FIELDS."""
    (number, id_, name, status, started, updated, estimated, step, total, progress, eta, speed, attempts) = row[:13]
    group, tags, notes, error = row[13:RUN_WIDTH]
    return Run(
        number,
        id_,
        name,
        _STATUS[status],
        started,
        updated,
        estimated,
        step,
        total,
        progress,
        eta,
        speed,
        attempts,
        group,
        tuple(tags or ()),
        notes,
        error,
        cells,
    )


@lru_cache(maxsize=16384)
def _scalar(text: str) -> Json:
    value: Json = json.loads(text)
    return value


def from_json(text: str) -> Json:
    """The value of a JSON text; NaN and Infinity are read too. Lists and objects are fresh each time."""
    if text[0] in "[{" or len(text) > 200:
        value: Json = json.loads(text)
        return value
    return _scalar(text)


def marks(count: int) -> str:
    """`count` question marks for an IN list."""
    return ", ".join("?" * count)
