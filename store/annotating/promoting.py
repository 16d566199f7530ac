"""Promoting: whether a run's model may come to a stage, and what is written down then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labtop.store.annotating.said import checked
from labtop.store.annotating.unfit import names, unfit
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
    StoreError,
    plain_version,
    version_name,
)
from labtop.store.read.plain import in_a_line, name_in

_OUT_OF_USE = ("none", "archived")


@dataclass(frozen=True, slots=True)
class Decided:
    """A change of stage that may be made: the annotations to append, and what they say. `model` is as it was before."""

    annotations: tuple[Annotation, ...]
    model: Model
    version: str
    stage: Stage
    run: str
    sha256: str | None
    artifact: str | None
    archived: str | None = None
    forced: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Version:
    """Which version it is, and of which file; a new one has no name yet."""

    name: str | None
    sha256: str | None
    artifact: str | None


def promote(asked: Promotion, detail: RunDetail, models: Sequence[Model]) -> Decided:
    """Decide on a promotion, by all that is known of the run and of the models. Raises Refused, in one line."""
    stage = _stage(asked.stage)
    name, why, approved_by = _said(asked, stage)
    model = next((each for each in models if each.name == name), Model(name, (), ()))
    found = _taken_out(asked, detail, model) if stage in _OUT_OF_USE else _put(asked, detail, model)
    version = found.name or _next(model)
    leaves = model.production
    empties = stage != "production" and leaves is not None and leaves.version == version
    forced = () if stage in _OUT_OF_USE else _overruled(asked, detail, (_empty(name),) if empties else ())
    fields: dict[str, Json] = {
        "model": name,
        "version": version,
        "stage": stage,
        "approved_by": approved_by,
        "why": why,
    }
    fields |= file_fields(found.sha256, found.artifact)
    fields |= {"forced": [*forced]} if forced else {}
    said = [Annotation((detail.run.id,), "stage", fields)]
    if stage == "production" and leaves is not None and leaves.version != version:
        said.append(archived(name, leaves, approved_by, f"replaced by {version_name(version)}"))
    return Decided(
        annotations=tuple(said),
        model=model,
        version=version,
        stage=stage,
        run=detail.run.id,
        sha256=found.sha256,
        artifact=found.artifact,
        archived=leaves.version if leaves is not None and len(said) > 1 else None,
        forced=forced,
        remarks=(
            *((f"no version of {name} is in production now",) if empties else ()),
            *_remarks(model, detail, found.sha256),
        ),
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
    return Annotation((version.run_id,), "stage", fields | file_fields(version.sha256, version.artifact))


def file_fields(sha256: str | None, artifact: str | None) -> dict[str, Json]:
    """What the event says of the file of the version."""
    return {key: value for key, value in (("sha256", sha256), ("artifact", artifact)) if value}


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
    """The version that is named; else that of the file, which is new unless the run has it in this model already."""
    own = _of(detail, model)
    named = _named(asked, detail, own, model)
    if named is not None and named.sha256:
        return _Version(named.version, named.sha256, named.artifact)
    file = _artifact(detail, asked.artifact)
    fitting = [each for each in own if each.sha256 == file.sha256]
    there = named or (_only(fitting, detail, model) if fitting else None)
    return _Version(there.version if there else None, file.sha256, name_in(file.name))


def _taken_out(asked: Promotion, detail: RunDetail, model: Model) -> _Version:
    """The version of the run that is taken out of use: that needs no record, and no file any more."""
    own = _of(detail, model)
    if not own:
        raise Refused(f"{detail.run.name} is no version of {model.name}: staging or production makes it one")
    found = _named(asked, detail, own, model)
    if found is None and asked.artifact is not None:
        file = _artifact(detail, asked.artifact)
        own = [each for each in own if each.sha256 == file.sha256]
        if not own:
            raise Refused(f"{file.name} of {detail.run.name}, as it was logged last, is no version of {model.name}")
    found = found or _only(own, detail, model)
    return _Version(found.version, found.sha256, found.artifact)


def _of(detail: RunDetail, model: Model) -> list[ModelVersion]:
    return [version for version in model.versions if version.run_id == detail.run.id]


def _named(asked: Promotion, detail: RunDetail, own: Sequence[ModelVersion], model: Model) -> ModelVersion | None:
    """The version that is asked for, of those of the run."""
    if asked.version is None:
        return None
    wanted = plain_version(in_a_line(asked.version))
    found = next((each for each in own if each.version == wanted), None)
    if found is None:
        there = f"; there is {names([version_name(each.version) for each in own])}" if own else ""
        raise Refused(f"{detail.run.name} is no version {wanted[:40]!r} of {model.name}{there}")
    if asked.artifact is not None and found.sha256:
        raise Refused(f"{version_name(found.version)} is a file already: name no artifact beside it")
    return found


def _only(fitting: Sequence[ModelVersion], detail: RunDetail, model: Model) -> ModelVersion:
    """The one of them. Raises Refused for several: nobody knows which is meant."""
    if len(fitting) > 1:
        called = names([version_name(each.version) for each in fitting])
        raise Refused(f"which version of {model.name}? {detail.run.name} is {called}: name one", unnamed="version")
    return fitting[0]


def _artifact(detail: RunDetail, name: str | None) -> Artifact:
    """The file that is the model, with its digest. What was logged again under its name counts as it was last."""
    logged = tuple({item.name: item for item in detail.artifacts}.values())
    run = detail.run.name
    if not logged:
        raise Refused(f"{run} has logged no artifact: log the file of the model, with its sha256")
    if name is not None:
        pool = tuple(item for item in logged if name in (item.name, item.path))
        if not pool:
            raise Refused(f"{run} has no artifact {name[:40]!r}; there are {names([item.name for item in logged])}")
    else:
        pool = tuple(item for item in logged if item.kind == "model") or logged
    called = names([item.name for item in pool])
    if not any(item.sha256 for item in pool):
        lack = "has" if len(pool) == 1 else "have"
        raise Refused(f"{called} of {run} {lack} no sha256: log the artifact again with one")
    if len(pool) > 1:
        raise Refused(f"which artifact of {run} is the model? There are {called}: name one", unnamed="artifact")
    return pool[0]


def _overruled(asked: Promotion, detail: RunDetail, besides: tuple[str, ...]) -> tuple[str, ...]:
    """What speaks against the run, and `besides` against this stage, which has to be overruled."""
    against = (*besides, *unfit(detail))
    if not asked.force and not set(against) <= set(asked.overruled):
        raise Refused(f"{detail.run.name} is not fit for {asked.stage}: {', '.join(against)}", against)
    return against


def _empty(model: str) -> str:
    return f"it leaves {model} without a version in production"


def _next(model: Model) -> str:
    """The next whole number."""
    numbers = [version.version for version in model.versions]
    return str(max((int(each) for each in numbers if each.isdecimal() and len(each) < 10), default=0) + 1)


def _remarks(model: Model, detail: RunDetail, sha256: str | None) -> tuple[str, ...]:
    others = [each for each in model.versions if each.run_id != detail.run.id and sha256 and each.sha256 == sha256]
    return tuple(f"the same file as {version_name(each.version)}, run {each.run_id}" for each in others)
