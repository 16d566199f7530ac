"""What a person says of runs, and where it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from labtop.store.model.values import Json

Verdict = Literal["keep", "discard", "continue", "stop", "repeat"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Annotation:
    """One event for each of `runs`, which are named by id: `event` is note, tag, hide, hypothesis, decision or stage.

    `fields` are those of the event, see the event format, without `run`, `time` and `by`, which are put to them.
    """

    runs: tuple[str, ...]
    event: str
    fields: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Noted:
    """Where annotations were appended. `beside`: in the user's own folder; `why` the directory did not take them."""

    path: str
    beside: bool
    why: str = ""
