"""Promoting: whether a run's model may come to a stage, and what is written down then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labtop.store.annotating.said import checked
from labtop.store.answers.lacking import lacking
from labtop.store.model import (
    STAGES,
    Annotation,
    Artifact,
    Json,
    Model,
    ModelVersion,
    Promotion,
    Refused,
    RunDetail,
    Stage,
    Status,
    StoreError,
    version_name,
)

_Version = tuple[str, str | None, tuple[str, ...]]
"""Its name, the digest of its file, what was overruled."""
_OUT_OF_USE = ("none", "archived")
_ENDED_WELL = (Status.FINISHED, Status.ENDED)
_STATES = {
    Status.RUNNING: "the run is still running",
    Status.STALE: "the run has gone silent",
    Status.FAILED: "the run failed",
    Status.CRASHED: "the run crashed",
    Status.KILLED: "the run was killed",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """A change of stage that may be made: the annotations to append, and what they say."""

    annotations: tuple[Annotation, ...]
    model: str
    version: str
    stage: Stage
    run: str
    sha256: str | None
    archived: str | None = None
    forced: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def promote(asked: Promotion, detail: RunDetail, models: Sequence[Model]) -> Decided:
    """Decide on a promotion, by all that is known of the run and of the models. Raises Refused, in one line."""
    stage = _stage(asked.stage)
    name, why, approved_by = _said(asked, stage)
    model = next((each for each in models if each.name == name), Model(name, (), ()))
    version, sha256, forced = _taken_out(asked, detail, model) if stage in _OUT_OF_USE else _put(asked, detail, model)
    fields: dict[str, Json] = {
        "model": name,
        "version": version,
        "stage": stage,
        "approved_by": approved_by,
        "why": why,
    }
    fields |= {"sha256": sha256} if sha256 else {}
    fields |= {"forced": [*forced]} if forced else {}
    said = [Annotation((detail.run.id,), "stage", fields)]
    leaves = model.production if stage == "production" else None
    if leaves is not None and leaves.version != version:
        said.append(archived(name, leaves, approved_by, f"replaced by {version_name(version)}"))
    return Decided(
        annotations=tuple(said),
        model=name,
        version=version,
        stage=stage,
        run=detail.run.id,
        sha256=sha256,
        archived=leaves.version if leaves is not None and len(said) > 1 else None,
        forced=forced,
        remarks=_remarks(model, detail, sha256),
    )


def archived(model: str, version: ModelVersion, approved_by: str, why: str) -> Annotation:
    """The event of a version that leaves production for another."""
    fields: dict[str, Json] = {
        "model": model,
        "version": version.version,
        "stage": "archived",
        "approved_by": approved_by,
        "why": why,
    }
    return Annotation((version.run_id,), "stage", fields | ({"sha256": version.sha256} if version.sha256 else {}))


def _stage(text: str) -> Stage:
    stage = next((each for each in STAGES if each == text), None)
    if stage is None:
        raise Refused(f"{text[:40]!r} is no stage: {', '.join(STAGES)} are")
    return stage


def _said(asked: Promotion, stage: Stage) -> tuple[str, str, str]:
    """Model, reason and approver as they are kept."""
    fields: dict[str, Json] = {"version": "1", "stage": stage}
    try:
        said = checked("stage", fields | {"model": asked.model, "why": asked.why, "approved_by": asked.approved_by})
    except StoreError as error:
        raise Refused(str(error)) from error
    return str(said["model"]), str(said["why"]), str(said["approved_by"])


def _put(asked: Promotion, detail: RunDetail, model: Model) -> _Version:
    """The version of the file, which is new unless the run has it in this model already."""
    sha256 = _artifact(detail, asked.artifact).sha256
    version = next((each.version for each in _of(detail, model) if each.sha256 == sha256), None) or _next(model)
    return version, sha256, _overruled(asked, detail)


def _taken_out(asked: Promotion, detail: RunDetail, model: Model) -> _Version:
    """The version of the run that is taken out of use: that needs no record, and no file any more."""
    own = _of(detail, model)
    if not own:
        raise Refused(f"{detail.run.name} is no version of {model.name}: staging or production makes it one")
    sha256 = _artifact(detail, asked.artifact).sha256 if len(own) > 1 else None
    version = next((each for each in own if each.sha256 == sha256), own[0])
    return version.version, version.sha256, ()


def _of(detail: RunDetail, model: Model) -> list[ModelVersion]:
    return [version for version in model.versions if version.run_id == detail.run.id]


def _artifact(detail: RunDetail, name: str | None) -> Artifact:
    """The file that is the model, with its digest. What was logged again under its name counts as it was last."""
    logged = tuple({item.name: item for item in detail.artifacts}.values())
    run = detail.run.name
    if not logged:
        raise Refused(f"{run} has logged no artifact: log the file of the model, with its sha256")
    if name is not None:
        pool = tuple(item for item in logged if name in (item.name, item.path))
        if not pool:
            raise Refused(f"{run} has no artifact {name[:40]!r}; there are {_names(logged)}")
    else:
        pool = tuple(item for item in logged if item.kind == "model") or logged
    with_digest = [item for item in pool if item.sha256]
    if not with_digest:
        lack = "has" if len(pool) == 1 else "have"
        raise Refused(f"{_names(pool)} of {run} {lack} no sha256: log the artifact again with one")
    if len(with_digest) > 1:
        raise Refused(f"which artifact of {run} is the model? There are {_names(with_digest)}: name one")
    return with_digest[0]


def _names(items: Sequence[Artifact]) -> str:
    names = [item.name for item in items]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _overruled(asked: Promotion, detail: RunDetail) -> tuple[str, ...]:
    """What speaks against the run, which has to be overruled."""
    state = () if detail.run.status in _ENDED_WELL else (_STATES[detail.run.status],)
    against = (*state, *lacking(detail))
    if against and not asked.force:
        raise Refused(f"{detail.run.name} is not fit for {asked.stage}: {', '.join(against)}", against)
    return against


def _next(model: Model) -> str:
    """The next whole number; other writers may have put a v before theirs."""
    numbers = [version.version.removeprefix("v") for version in model.versions]
    return str(max((int(each) for each in numbers if each.isdecimal() and len(each) < 10), default=0) + 1)


def _remarks(model: Model, detail: RunDetail, sha256: str | None) -> tuple[str, ...]:
    others = [each for each in model.versions if each.run_id != detail.run.id and sha256 and each.sha256 == sha256]
    return tuple(f"the same file as {version_name(each.version)}, run {each.run_id}" for each in others)
