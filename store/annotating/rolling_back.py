"""Rolling back: production goes to the version that was there before."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from labtop.store.annotating.promoting import Decided, archived
from labtop.store.model import Annotation, Json, Model, NotThere, Refused, StageChange, version_name


def roll_back(name: str, models: Sequence[Model], by: str, why: str = "") -> Decided:
    """Decide where production of a model goes back to; `by` is who says so, `why` is added to the reason.

    Raises NotThere where there is no such model, Refused where nothing was in production before.
    """
    model = next((each for each in models if each.name == name), None)
    if model is None:
        near = ", ".join(get_close_matches(name, [each.name for each in models], cutoff=0.5))
        raise NotThere(f"no model {name[:40]!r}" + (f"; near: {near}" if near else ""))
    now = model.production
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
    fields |= {"sha256": target.sha256} if target.sha256 else {}
    return Decided(
        (Annotation((target.run_id,), "stage", fields), archived(name, now, by, reason)),
        name,
        target.version,
        "production",
        target.run_id,
        target.sha256,
        now.version,
    )


def before_production(history: Sequence[StageChange], now: str) -> str | None:
    """The version that was in production before `now`, of those that nobody has rolled back from since."""
    held: list[str] = []
    for change in history:
        if change.stage == "production":
            held = [version for version in held if version not in (change.version, change.rolled_back_from)]
            held.append(change.version)
    return next((version for version in reversed(held) if version != now), None)
