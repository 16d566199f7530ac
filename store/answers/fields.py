"""Fields of runs as SQL: what a column of kind 'run' shows, and what it sorts by."""

from __future__ import annotations

from typing import Final

from labtop.store.answers.rows import FIELDS
from labtop.store.answers.sheet import FACTS, RECORD_FIELD
from labtop.store.model import StoreError

NUMBERS: Final = {
    "number": "run",
    "status": "list_position(['running', 'stale', 'crashed', 'failed', 'killed', 'ended', 'finished'], status)",
    "started": "started",
    "updated": "updated",
    "duration": "duration",
    "step": "step",
    "total_steps": "total_steps",
    "progress": "progress",
    "eta": "eta",
    "steps_per_s": "steps_per_s",
    "attempts": "attempts",
    "exit_code": "exit_code",
    "hidden": "hidden::integer",
}
"""Fields that sort as numbers."""
_WORDS: Final = ("status", "hidden")  # sort as numbers, and show a word

TEXTS: Final = {
    "id": "id",
    "name": "name",
    "group": "group_name",
    "tags": "nullif(array_to_string(tags, ' '), '')",
    "notes": "notes",
    "error": "error",
    "hypothesis": "hypothesis",
    "verdict": "verdict",
    "host": "host",
}
"""Fields that sort as texts."""

_SHOWN: Final = {"number": "run", "group": "group_name"}


def check(field: str) -> None:
    """Raises `StoreError` for a field that runs do not have."""
    if field not in NUMBERS and field not in TEXTS and field not in FACTS:
        raise StoreError(f"a run has no field {field!r}; there are {', '.join([*NUMBERS, *TEXTS, *FACTS])}")


def is_number(field: str) -> bool:
    """Whether it shows numbers."""
    return field == RECORD_FIELD or (field in NUMBERS and field not in _WORDS)


def place_of(field: str) -> int:
    """Where the field, none of FACTS, stands in a row of FIELDS. Raises `StoreError` for one that runs do not have."""
    check(field)
    return FIELDS.index(_SHOWN.get(field, field))
