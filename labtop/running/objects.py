"""Lines that are JSON: metrics, and events that labtop reads (docs/event-format.md)."""

from __future__ import annotations

import json
from typing import Any, Final

_OF_TRAININGS: Final = frozenset(("run", "metrics", "params", "metric", "system", "log", "artifact", "heartbeat"))
_OF_PEOPLE: Final = frozenset(("note", "tag", "hide", "hypothesis", "decision", "alert", "stage"))
OWN_EVENTS: Final = _OF_TRAININGS | _OF_PEOPLE
"""Events that a command may write; how it ended is told by what ran it."""
_CLOCKS: Final = ("_timestamp", "timestamp", "ts", "time", "datetime", "date", "created_at", "wall_time", "ts_iso")
_CLOCK_S: Final = (1e9, 4.2e9)
_CLOCK_MS: Final = (1e12, 4.2e12)
_DEEPEST: Final = 30


def object_of(line: bytes) -> dict[str, Any] | None:
    """The object that the line is, where it says something of the run: it holds a number, or is an event of labtop."""
    text = line.strip()
    if text[:1] != b"{" or text[-1:] != b"}":
        return None
    try:
        found = json.loads(text.decode())
    except (ValueError, RecursionError):
        return None
    event = found.get("event")
    if event == "end":
        return None
    return found if _is_own(event) or _holds_number(found, _DEEPEST) else None


def is_event(found: dict[str, Any]) -> bool:
    """Whether the object is one of labtop's own events."""
    return _is_own(found.get("event"))


def timed(line: bytes, found: dict[str, Any], now: float) -> bytes:
    """The line of the object, as it was written, with the time where it has none."""
    text = line.strip()
    lowered = {key.lower(): value for key, value in found.items()}
    if not any(_is_clock(lowered[key]) for key in _CLOCKS if key in lowered):
        key = "_timestamp" if "time" in lowered else "time"  # a `time` that is none counts seconds since the start
        text = b'{"%s":%.6f,%s' % (key.encode(), now, text[1:].lstrip())
    return text + b"\n"


def _is_own(event: object) -> bool:
    return isinstance(event, str) and event in OWN_EVENTS


def _is_clock(value: object) -> bool:
    if isinstance(value, str):
        return value[:1].isdigit() and len(value) >= len("2026-11-22")
    return isinstance(value, (int, float)) and any(low <= value <= high for low, high in (_CLOCK_S, _CLOCK_MS))


def _holds_number(value: object, levels: int) -> bool:
    if isinstance(value, dict):
        return levels > 0 and any(_holds_number(item, levels - 1) for item in value.values())
    if isinstance(value, list):
        return levels > 0 and any(_holds_number(item, levels - 1) for item in value)
    return isinstance(value, (int, float)) and not isinstance(value, bool)
