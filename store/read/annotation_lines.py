"""What a person says of runs: a file of labtop's own events, each with the run that it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from labtop.store.read.batch import Rejected, SaidEvent
from labtop.store.read.identity import file_identity, run_below
from labtop.store.read.lines import Parsed, parse, split
from labtop.store.read.own_events import ANNOTATIONS, COMMON, headline
from labtop.store.read.scalars import clock

LARGEST: Final = 256 << 20
"""Bytes of such a file that are read."""

_LONGEST_NAMED = 60


@dataclass(slots=True)
class Annotations:
    """What bytes hold: `used` of them in so many `lines`, of which so many gave `events`, or are blank."""

    used: int = 0
    lines: int = 0
    events: int = 0
    skipped: int = 0
    said: list[SaidEvent] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


class _Refused(ValueError):
    """Why a line does not count."""


def read_annotations(
    data: bytes, holder: PurePosixPath, root_name: str, *, lines_before: int = 0, position: int = 0
) -> Annotations:
    """What the bytes of a file from `position` on say, with so many lines before them. Runs are named below the folder
    `holder`, a path below the root.

    A last line without a newline counts as soon as it is whole.
    """
    ids = _Ids(holder, root_name)
    lines, used = split(data)
    last = parse(data[used:])
    if last.objects and last.reason is None:
        lines.append(data[used:])
        used = len(data)
    found = Annotations(used, len(lines))
    for number, line in enumerate(lines, lines_before + 1):
        objects, reason = parse(line)
        said, reasons = _said(Parsed(objects, reason), number, ids)
        found.rejected += [Rejected(number, position, why) for why in reasons]
        found.events += bool(said)
        found.skipped += not said and not reasons
        found.said += said
        position += len(line) + 1
    return found


def _said(line: Parsed, number: int, ids: Callable[[str], tuple[str, ...]]) -> tuple[list[SaidEvent], list[str]]:
    """The events of a line, and why some of it does not count."""
    said, reasons = [], [] if line.reason is None else [line.reason]
    for obj in line.objects:
        try:
            said += _events(obj, number, ids)
        except _Refused as refused:
            reasons.append(str(refused))
    return said, reasons


def _events(obj: dict[str, Any], number: int, ids: Callable[[str], tuple[str, ...]]) -> list[SaidEvent]:
    """The event for each run that it may be about."""
    event, run = obj.get("event"), obj.get("run")
    if not isinstance(event, str) or event not in ANNOTATIONS:
        raise _Refused(f"no annotation: event {_short(event)}" if "event" in obj else "no event")
    if type(run) is int:
        run = str(run)
    if not isinstance(run, str):
        raise _Refused("names no run")
    data = {key: value for key, value in obj.items() if key not in COMMON}
    moment, text = clock(obj.get("time")), headline(event, obj)
    return [SaidEvent(each, number, moment, event, text, data) for each in ids(run)]


class _Ids:
    """The ids that a run may have here, which is called so below a folder: what lies directly in it is called as the
    folder, where labtop is opened there. Raises _Refused for a run that is not below it."""

    def __init__(self, holder: PurePosixPath, root_name: str) -> None:
        self._holder = holder
        self._itself = file_identity(holder / "events.jsonl", root_name)
        self._known: dict[str, tuple[str, ...]] = {}

    def __call__(self, run: str) -> tuple[str, ...]:
        known = self._known.get(run)
        if known is None:
            below = run_below(self._holder, run)
            if below is None:
                raise _Refused(f"the run {_short(run)} is not below the folder of this file")
            is_itself = self._holder.name and run == self._holder.name
            known = self._known[run] = (below, self._itself) if is_itself else (below,)
        return known


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_NAMED else text[: _LONGEST_NAMED - 1] + "…"
