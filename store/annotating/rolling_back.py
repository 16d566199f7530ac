"""Rolling back: production goes to the version that was there before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labtop.store.annotating.promoting import Decided, archived, file_fields
from labtop.store.answers.models import model_named, promoted_by
from labtop.store.model import Annotation, Json, Model, ModelVersion, Refused, StageChange, version_name


def roll_back(name: str, models: Sequence[Model], by: str, why: str = "") -> Decided:
    """Decide where production of a model goes back to; `by` is who says so, `why` is added to the reason.

    Raises NotThere where there is no such model, Refused where nothing was in production before.
    """
    model = model_named(models, name)
    name, now = model.name, model.production
    last = now.version if now else _last_production(model)
    before = before_production(model.history, now.version if now else None)
    target = next((each for each in model.versions if each.version == before), None)
    if target is None or last is None:
        raise Refused(
            f"no version of {name} was in production before {version_name(now.version)}: promote another"
            if now
            else f"no version of {name} is in production, and none to go back to: promote one"
        )
    done = f"rolled back from {version_name(last)}" if last != target.version else "brought back to production"
    reason = done + (f": {why.strip()}" if why.strip() else "")
    forced = promoted_by(model.history, target.version).forced
    fields: dict[str, Json] = {
        "model": name,
        "version": target.version,
        "stage": "production",
        "approved_by": by,
        "why": reason,
        "rolled_back_from": last,
    }
    fields |= file_fields(target.sha256, target.artifact)
    fields |= {"forced": [*forced]} if forced else {}
    back = Annotation((target.run_id,), "stage", fields)
    return Decided(
        annotations=(back, archived(name, now, by, reason)) if now else (back,),
        model=model,
        version=target.version,
        stage="production",
        run=target.run_id,
        sha256=target.sha256,
        artifact=target.artifact,
        archived=now.version if now else None,
        remarks=tuple(_remarks(target, forced)),
    )


def _remarks(target: ModelVersion, forced: tuple[str, ...]) -> Iterator[str]:
    if forced:
        yield f"{version_name(target.version)} was promoted in spite of: {', '.join(forced)}"
    if target.run is None:
        yield "the log of the run is gone"


def _last_production(model: Model) -> str | None:
    return next((change.version for change in reversed(model.history) if change.stage == "production"), None)


def before_production(history: Sequence[StageChange], now: str | None) -> str | None:
    """The version that was in production before `now`, or last where none is `now`, of those that nobody has
    rolled back from or taken out since.

    One is taken out that is brought to no stage, or to the archive, unless that is the line that says that another one
    came in its place.
    """
    held: list[str] = []
    replaced: set[str] = set()
    current: str | None = None
    for change in history:
        version = change.version
        if change.stage == "production":
            held = [each for each in held if each not in (version, change.rolled_back_from)] + [version]
            replaced = (replaced | {current} if current else replaced) - {version}
            current = version
        elif change.stage == "archived" and version in replaced:
            replaced.discard(version)
        elif change.stage in ("archived", "none"):
            held = [each for each in held if each != version]
        if change.stage != "production" and current == version:
            current = None
    return next((version for version in reversed(held) if version != now), None)
