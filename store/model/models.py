"""The registry of models: versions, their stages, and how they came there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from labtop.store.model.annotations import Noted
from labtop.store.model.table import Run
from labtop.store.model.values import Goal, Json, StoreError

Stage = Literal["none", "staging", "production", "archived"]
STAGES: tuple[Stage, ...] = get_args(Stage)
Unnamed = Literal["artifact", "version"]
UNKNOWN_VERSION = "?"
"""The version of a `stage` event that names none."""

NO_FILE, NOT_LOGGED = "no file", "not a file that the run logged"
"""What a version may lack, beside what its run lacks: first of what is missing."""


def version_name(version: str) -> str:
    """A version as people write it: v3."""
    return f"v{version}" if re.match(r"\d", version) else version


def plain_version(text: str) -> str:
    """A version as it is kept: v3 and 3 are the same."""
    return re.sub(r"^[vV](?=\d)", "", text)


@dataclass(frozen=True, slots=True)
class StageChange:
    """One `stage` event: a version of a model came to a stage. `run` is an id, `time` seconds since the epoch.

    `forced` says what was missing and overruled, in words; `artifact` names the file. `rolled_back_from` is the version
    that was in production last, before production went back to this one.
    """

    model: str
    version: str
    stage: Stage
    run: str
    time: float | None
    by: str | None
    approved_by: str | None
    why: str
    forced: tuple[str, ...]
    sha256: str | None
    rolled_back_from: str | None = None
    artifact: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """How well a run does by a metric that has a goal: its best value, and its last."""

    metric: str
    goal: Goal
    best: float | None
    last: float | None


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A version as it stands now. `since`, `by`, `approved_by`, `why` and `forced` are those of its last stage.

    `run` is None where the log of the run `run_id` is gone. `sha256` and `artifact` are the digest and the name of the
    file that was said to be it, in changes of this version and this run alone. `replaced_by` is the version that came
    to production while this one was still said to be there. `data` are the data sets that the run named; `missing` says
    what its record lacks for the run to be reproduced, in words; `results` has validation metrics first. `before` is
    the promotion that a rollback went back to, None for what came to its stage otherwise. `code` says in words which
    code the run had, `recorded` how much of RECORD its log tells, None where that is gone.
    """

    version: str
    stage: Stage
    run: Run | None
    run_id: str
    since: float | None
    by: str | None
    approved_by: str | None
    why: str
    forced: tuple[str, ...]
    sha256: str | None
    replaced_by: str | None
    data: tuple[Mapping[str, Json], ...]
    missing: tuple[str, ...]
    results: tuple[Result, ...]
    artifact: str | None = None
    before: StageChange | None = None
    code: str = ""
    recorded: int | None = None

    @property
    def record(self) -> str:
        """In a word or two, whether the run can be made again from what is on record."""
        if self.run is None:
            return "gone"
        file = {NO_FILE: NO_FILE, NOT_LOGGED: "not logged"}
        return file.get(self.missing[0], "incomplete") if self.missing else "complete"

    @property
    def reason(self) -> str:
        """Why it is in its stage and, after a rollback, why it came there before and who approved that."""
        if self.before is None:
            return self.why
        by = f", by {self.approved_by}" if self.approved_by else ""
        approved = f", approved by {self.before.approved_by}" if self.before.approved_by else ""
        return f"{self.why}{by}; before: {self.before.why or 'no reason given'}{approved}"


@dataclass(frozen=True, slots=True)
class Model:
    """A model: the version in production first, then those in staging, of no stage, archived, each the newest first.
    `history` are all changes of stages, the newest last."""

    name: str
    versions: tuple[ModelVersion, ...]
    history: tuple[StageChange, ...]

    @property
    def production(self) -> ModelVersion | None:
        """The version in production; there is one at most."""
        return next((each for each in self.versions if each.stage == "production"), None)


@dataclass(frozen=True, slots=True)
class Promotion:
    """What a person asks for: the run's model to this stage.

    `artifact` names the file that is the model, where the run has several; `version` one that the run has in the model
    already, with its file. `force` overrules that the record is incomplete or the run did not finish; `overruled` does
    it for these words alone, which the person has seen.
    """

    run: int
    model: str
    stage: str
    why: str
    approved_by: str
    force: bool = False
    artifact: str | None = None
    version: str | None = None
    overruled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promoted:
    """What came of it: `run` is an id; `artifact` the name of the file, where it is known; `archived` the version that
    left production, `forced` what was overruled, `remarks` what should be known beside it."""

    model: str
    version: str
    stage: Stage
    run: str
    sha256: str | None
    archived: str | None
    forced: tuple[str, ...]
    remarks: tuple[str, ...]
    noted: Noted
    artifact: str | None = None

    @property
    def told(self) -> str:
        """All of it in a line."""
        file = f", file {self.artifact}" if self.artifact else ""
        parts = [f"{self.model} {version_name(self.version)} is now in {stage_words(self.stage)}, run {self.run}{file}"]
        parts += [f"{version_name(self.archived)} is archived"] if self.archived else []
        parts += [f"forced: {', '.join(self.forced)}"] if self.forced else []
        parts += self.remarks
        where = self.noted
        parts += [f"only in {where.path}, for the directory cannot be written: {where.why}"] if where.beside else []
        return "; ".join(parts)


def stage_words(stage: Stage) -> str:
    """What a version is in."""
    return {"none": "no stage", "archived": "the archive"}.get(stage, stage)


class Refused(StoreError):
    """A change of stage that is not made; `overruled` says in words what `force` would overrule, and is empty where
    nothing helps but another question; `unnamed` is what that question has to name."""

    def __init__(self, reason: str, overruled: tuple[str, ...] = (), unnamed: Unnamed | None = None) -> None:
        super().__init__(reason)
        self.overruled = overruled
        self.unnamed = unnamed

    def __reduce__(self) -> tuple[type[Refused], tuple[str, tuple[str, ...], Unnamed | None]]:
        """All that it takes to make it again, in another process."""
        return Refused, (str(self), self.overruled, self.unnamed)
