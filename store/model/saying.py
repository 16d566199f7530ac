"""What a person said of a run, as one line of its history."""

from __future__ import annotations

from collections.abc import Mapping

from labtop.store.model.detail import Event, RunDetail
from labtop.store.model.models import version_name
from labtop.store.model.values import Json

SAYINGS = frozenset(("note", "tag", "hide", "hypothesis", "decision", "stage"))
"""Events that a person says of a run."""


def said_by(event: Event) -> str:
    """Who said it, empty where nobody is named."""
    return _text(event.data, "by")


def said_words(event: Event) -> str:
    """What was said: `keep: it is stable`. Of other events their text."""
    data = event.data
    if event.event == "hide":
        return "hidden" if data.get("hidden", True) else "shown again"
    if event.event == "decision":
        return _joined(_text(data, "verdict"), _text(data, "why"))
    if event.event == "stage":
        version = _text(data, "version")
        approver = _text(data, "approved_by")
        what = " ".join(filter(None, (_text(data, "model"), version and version_name(version), _text(data, "stage"))))
        what += " (rollback)" if _text(data, "rolled_back_from") else ""
        return _joined(what + (f", approved by {approver}" if approver else ""), _text(data, "why")) + _forced(data)
    return " ".join(event.text.split())


def last_decision(detail: RunDetail) -> Event | None:
    """The decision that holds, with its reason; None where nothing is decided."""
    made = (each for each in reversed(detail.events) if each.event == "decision")
    return next((each for each in made if each.data.get("verdict") == detail.run.verdict), None)


def _forced(data: Mapping[str, Json]) -> str:
    """What was overruled; other writers may say no more than that something was."""
    said = data.get("forced")
    words = [" ".join(str(each).split()) for each in said] if isinstance(said, list) else [_text(data, "forced")]
    if said is True:
        words = ["not said what"]
    return f" (forced: {', '.join(words)})" if any(words) else ""


def _joined(what: str, why: str) -> str:
    return ": ".join(filter(None, (what, why)))


def _text(data: Mapping[str, Json], key: str) -> str:
    value = data.get(key)
    return "" if value is None or isinstance(value, (bool, list, dict)) else " ".join(str(value).split())
