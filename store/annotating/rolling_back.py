"""Rolling back: production goes to the version that was there before."""

from __future__ import annotations

from collections.abc import Sequence

from labtop.store.annotating.promoting import Decided, archived, file_fields
from labtop.store.answers.models import model_named
from labtop.store.model import Annotation, Json, Model, Refused, StageChange, version_name


def roll_back(name: str, models: Sequence[Model], by: str, why: str = "") -> Decided:
    """Decide where production of a model goes back to; `by` is who says so, `why` is added to the reason.

    Raises NotThere where there is no such model, Refused where nothing was in production before.
    """
    model = model_named(models, name)
    name, now = model.name, model.production
    if now is None:
        raise Refused(f"no version of {name} is in production: promote one")
    before = before_production(model.history, now.version)
    target = next((each for each in model.versions if each.version == before), None)
    if target is None:
        raise Refused(f"no version of {name} was in production before {version_name(now.version)}: promote another")
    reason = f"rolled back from {version_name(now.version)}" + (f": {why.strip()}" if why.strip() else "")
    fields: dict[str, Json] = {
        "model": name,
        "version": target.version,
        "stage": "production",
        "approved_by": by,
        "why": reason,
        "rolled_back_from": now.version,
    }
    fields |= file_fields(target.sha256, target.artifact)
    return Decided(
        annotations=(Annotation((target.run_id,), "stage", fields), archived(name, now, by, reason)),
        model=model,
        version=target.version,
        stage="production",
        run=target.run_id,
        sha256=target.sha256,
        artifact=target.artifact,
        archived=now.version,
        remarks=() if target.run else ("the log of the run is gone",),
    )


def before_production(history: Sequence[StageChange], now: str) -> str | None:
    """The version that was in production before `now`, of those that nobody has rolled back from or taken out since.

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
            current = None if current == version else current
    return next((version for version in reversed(held) if version != now), None)
