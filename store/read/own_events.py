"""labtop's own events: what each field of a `run`, `end` or other event says of its run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from labtop.store.read.flatten import flatten_params
from labtop.store.read.nested import as_text
from labtop.store.read.scalars import clock, number, positive
from labtop.store.read.share import Share

COMMON = frozenset({"event", "run", "time", "step"})

FIELDS: dict[str, frozenset[str]] = {
    name: frozenset(fields.split()) | COMMON
    for name, fields in {
        "run": "name params tags attributes notes hypothesis group parent seed total_steps command user host pid "
        "pid_started git data env hardware slurm launcher expect_next_in",
        "metrics": "",
        "params": "params",
        "metric": "name goal unit x",
        "system": "",
        "log": "level text",
        "artifact": "name path kind size sha256",
        "heartbeat": "expect_next_in",
        "note": "text by",
        "tag": "add remove by",
        "hide": "hidden by",
        "hypothesis": "text by",
        "decision": "verdict why by",
        "alert": "level title text",
        "stage": "model version stage sha256 artifact by approved_by why forced rolled_back_from",
        "end": "status exit_code error traceback",
    }.items()
}

ANNOTATIONS = frozenset(("note", "tag", "hide", "hypothesis", "decision", "stage"))
"""What a person says of a run."""

KEPT = frozenset(FIELDS) - {"run", "metrics", "params", "metric", "system", "heartbeat"}

_TEXTS = {"name": "name", "group": "group_name", "parent": "parent", "notes": "notes", "hypothesis": "hypothesis"}
_FACTS = ("attributes", "seed", "command", "user", "git", "data", "env", "hardware", "slurm", "launcher", "host", "pid")
_GOES_ON = {"running", "scheduled", "pending", "queued", "started"}  # MLflow's words and their relatives


def _text(value: object) -> str | None:
    return None if value is None else as_text(value)


def _texts(value: object) -> list[str]:
    return [as_text(item) for item in value] if isinstance(value, list) else [value] if isinstance(value, str) else []


def _run(share: Share, line: dict[str, Any]) -> None:
    share.wake()
    for key, name in _TEXTS.items():
        if line.get(key) is not None:
            setattr(share, name, _text(line[key]))
    share.tags = list(dict.fromkeys(share.tags + _texts(line.get("tags"))))
    share.total_steps = positive(line.get("total_steps")) or share.total_steps
    share.expect_s = positive(line.get("expect_next_in")) or share.expect_s
    share.host = _text(line.get("host")) or share.host
    pid = number(line.get("pid"))
    if pid is not None and 0 < pid < 1 << 31:
        share.pid = int(pid)
        share.pid_started = clock(line.get("pid_started"))
    known = share.facts.get("attributes")
    share.facts.update({key: line[key] for key in _FACTS if line.get(key) is not None})
    new = share.facts.get("attributes")
    if isinstance(known, dict) and isinstance(new, dict):
        share.facts["attributes"] = known | new


def _end(share: Share, line: dict[str, Any]) -> None:
    code = number(line.get("exit_code"))
    failed = bool(line.get("error")) or bool(code)
    status = as_text(line.get("status") or ("failed" if failed else "finished")).lower()
    if status in _GOES_ON:
        share.wake()
        return
    share.end_status = status
    share.exit_code = int(code) if code is not None and abs(code) < 1 << 31 else None
    share.error = _text(line.get("error"))
    share.traceback = _text(line.get("traceback"))


def _tag(share: Share, line: dict[str, Any]) -> None:
    removed = set(_texts(line.get("remove")))
    tags = share.tags + _texts(line.get("add"))
    share.tags = [tag for tag in dict.fromkeys(tags) if tag not in removed]


def _hypothesis(share: Share, line: dict[str, Any]) -> None:
    share.hypothesis = _text(line.get("text")) or share.hypothesis


def _heartbeat(share: Share, line: dict[str, Any]) -> None:
    share.expect_s = positive(line.get("expect_next_in")) or share.expect_s


_APPLY: dict[str, Callable[[Share, dict[str, Any]], None]] = {
    "run": _run,
    "end": _end,
    "tag": _tag,
    "hypothesis": _hypothesis,
    "heartbeat": _heartbeat,
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an annotation changes: tags, whether the run is hidden, what was decided; None where it says nothing."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    hidden: bool | None = None
    verdict: str | None = None


def opinion_of(event: str, line: Mapping[str, Any]) -> Opinion:
    """What the fields of an annotation change; a `hide` that does not say otherwise hides."""
    if event == "tag":
        removed = tuple(_texts(line.get("remove")))
        return Opinion(tuple(tag for tag in _texts(line.get("add")) if tag not in removed), removed)
    if event == "hide":
        return Opinion(hidden=bool(line.get("hidden", True)))
    if event == "decision":
        return Opinion(verdict=_text(line.get("verdict")))
    return Opinion()


def apply(share: Share, event: str, line: dict[str, Any]) -> None:
    """Let the event change what is known of the run."""
    change = _APPLY.get(event)
    if change is not None:
        change(share, line)


def params_of(line: dict[str, Any]) -> dict[str, Any]:
    """The parameters that a `run` or `params` event holds, nested keys joined with a dot.

    The `seed` of a `run` event is one of them, where none tells a seed.
    """
    params = line.get("params")
    found = dict(flatten_params(params)) if isinstance(params, dict) else {}
    seed = line.get("seed") if line.get("event") == "run" else None
    if seed is not None and not any(key.rsplit(".", 1)[-1].lower().endswith("seed") for key in found):
        found["seed"] = seed
    return found


def headline(event: str, line: dict[str, Any]) -> str:
    """One text for the timeline of the run."""
    match event:
        case "tag":
            return " ".join(
                [*(f"+{t}" for t in _texts(line.get("add"))), *(f"-{t}" for t in _texts(line.get("remove")))]
            )
        case "decision":
            parts: tuple[object, ...] = (line.get("verdict"), line.get("why"))
        case "alert":
            parts = (line.get("title"), line.get("text"))
        case "artifact":
            parts = (line.get("name"), line.get("path"))
        case "stage":
            parts = (line.get("model"), line.get("version"), line.get("stage"), line.get("why"))
        case "end":
            parts = (line.get("status"), line.get("error"))
        case _:
            parts = (line.get("text"),)
    return " ".join(as_text(part) for part in parts if part is not None)


def measured(event: str, line: dict[str, Any]) -> dict[str, Any]:
    """What is left to be read as metrics: `metrics`, `step`, `time` and values beyond the event's own fields."""
    own = FIELDS[event] - {"step", "time", "run"}
    rest = {key: value for key, value in line.items() if key not in own}
    inner = rest.pop("metrics", None)
    if isinstance(inner, dict):
        rest.update(inner)
    if event == "system":
        rest = {key if key in COMMON or key.startswith("system/") else f"system/{key}": v for key, v in rest.items()}
    return rest
