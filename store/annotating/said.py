"""What a person said, fit to be kept: bounded, without control characters, and something at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from labtop.store.model import STAGES, VERDICTS, Json, StoreError
from labtop.store.read.plain import LONGEST_NAME, in_a_line, is_seen, plain

LONGEST_TEXT = 64 * 1024
"""Bytes of UTF-8 of a note, a reason or a hypothesis."""
LONGEST_TAG = LONGEST_NAME
"""Characters of a tag."""

_LONGEST_SHOWN = 40


def checked(event: str, fields: Mapping[str, Json]) -> dict[str, Json]:
    """The fields of an annotation as they are kept. Raises StoreError where one says nothing or too much."""
    check = _CHECKS.get(event)
    if check is None:
        raise StoreError(f"{event!r} is nothing to say of a run: {', '.join(_CHECKS)} are")
    return check(fields)


def clean(text: str) -> str:
    """The text without escape sequences, control characters and blanks around it; line ends are newlines, a tab is
    a space.

    Raises StoreError where it is too long.
    """
    found = plain(text)
    size = len(found.encode("utf-8", "replace"))
    if size > LONGEST_TEXT:
        raise StoreError(f"a text of {size:,} bytes is too long: {LONGEST_TEXT:,} at most; note the name of a file")
    return found


def _text(fields: Mapping[str, Json]) -> dict[str, Json]:
    return {"text": _words(fields, "text", "say something")}


def _decision(fields: Mapping[str, Json]) -> dict[str, Json]:
    verdict = fields.get("verdict")
    if verdict not in VERDICTS:
        raise StoreError(f"{str(verdict)[:_LONGEST_SHOWN]!r} is no verdict: {', '.join(VERDICTS)} are")
    return {"verdict": verdict, "why": _words(fields, "why", "a decision needs a reason")}


def _words(fields: Mapping[str, Json], key: str, lacking: str) -> str:
    value = fields.get(key)
    words = clean(value) if isinstance(value, str) else ""
    if not is_seen(words):
        raise StoreError(f"the {key} is empty: {lacking}")
    return words


def _hide(fields: Mapping[str, Json]) -> dict[str, Json]:
    return {"hidden": fields.get("hidden") is not False}


def _tag(fields: Mapping[str, Json]) -> dict[str, Json]:
    """Tags to remove stay as they are: a log may hold any, and each can be taken off."""
    added = list(dict.fromkeys(_one_tag(tag) for tag in _texts(fields, "add")))
    removed = list(dict.fromkeys(_texts(fields, "remove")))
    both = next((tag for tag in added if tag in removed), None)
    if both is not None:
        raise StoreError(f"the tag {both[:_LONGEST_SHOWN]!r} is both added and removed: say one")
    if not added and not removed:
        raise StoreError("no tag is named: say which to add or remove")
    lists: dict[str, list[Json]] = {"add": [*added], "remove": [*removed]}
    return {key: tags for key, tags in lists.items() if tags}


def _texts(fields: Mapping[str, Json], key: str) -> list[str]:
    values = fields.get(key) or []
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _one_tag(text: str) -> str:
    return _bounded(clean(text).replace("\n", " "), "a tag", "; a note has more room")


def _name(value: Json, what: str) -> str:
    """A name in a line, which looks like no other."""
    return _bounded(in_a_line(value) if isinstance(value, str) else "", what)


def _bounded(text: str, what: str, hint: str = "") -> str:
    if not is_seen(text):
        raise StoreError(f"{what} is empty: give it a letter at least")
    if len(text) > LONGEST_TAG:
        raise StoreError(f"{what} of {len(text):,} characters is too long: {LONGEST_TAG} at most{hint}")
    return text


def _stage(fields: Mapping[str, Json]) -> dict[str, Json]:
    """Who promotes says of which version of which model, why, and who approved it; other fields where they are told."""
    if (stage := fields.get("stage")) not in STAGES:
        raise StoreError(f"{str(stage)[:_LONGEST_SHOWN]!r} is no stage: {', '.join(STAGES)} are")
    kept: dict[str, Json] = {
        "model": _name(fields.get("model"), "the name of the model"),
        "version": _name(fields.get("version"), "the version"),
        "stage": stage,
        "sha256": _if_told(fields, "sha256"),
        "artifact": _if_told(fields, "artifact"),
        "why": _words(fields, "why", "a stage is kept with its reason"),
        "approved_by": _name(fields.get("approved_by"), "the name of who approved it"),
        "forced": [*map(clean, _texts(fields, "forced"))],
        "rolled_back_from": _if_told(fields, "rolled_back_from"),
    }
    return {key: value for key, value in kept.items() if value not in (None, [])}


def _if_told(fields: Mapping[str, Json], key: str) -> str | None:
    return _name(fields[key], f"the {key}") if fields.get(key) is not None else None


_CHECKS: Mapping[str, Callable[[Mapping[str, Json]], dict[str, Json]]] = {
    "note": _text,
    "tag": _tag,
    "hide": _hide,
    "hypothesis": _text,
    "decision": _decision,
    "stage": _stage,
}
