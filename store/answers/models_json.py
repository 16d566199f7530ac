"""The registry as plain JSON values, in the documented shapes of the command line."""

from __future__ import annotations

from labtop.store.answers.to_json import completeness_json, plain
from labtop.store.model import Json, Model, ModelVersion, Promoted, StageChange


def model_json(model: Model) -> dict[str, Json]:
    """A model with its versions, that in production first, and its history, the newest last."""
    return {
        "model": model.name,
        "versions": [_version(version) for version in model.versions],
        "history": [_change(change) for change in model.history],
    }


def promoted_json(done: Promoted) -> dict[str, Json]:
    """What `promote` and `rollback` changed, and in which file that stands."""
    return {
        "model": done.model,
        "version": done.version,
        "stage": done.stage,
        "run": done.run,
        "sha256": done.sha256,
        "artifact": done.artifact,
        "archived": done.archived,
        "forced": plain(done.forced),
        "remarks": plain(done.remarks),
        "path": done.noted.path,
    }


def _version(version: ModelVersion) -> Json:
    return {
        "version": version.version,
        "stage": version.stage,
        "replaced_by": version.replaced_by,
        "run": version.run_id,
        "run_name": version.run.name if version.run else None,
        "since": plain(version.since),
        "by": version.by,
        "approved_by": version.approved_by,
        "why": version.why,
        "before": _change(version.before) if version.before else None,
        "forced": plain(version.forced),
        "sha256": version.sha256,
        "artifact": version.artifact,
        "code": version.code or None,
        "data": plain(version.data),
        "completeness": completeness_json(version.recorded, version.missing),
        "metrics": {
            each.metric: {"goal": each.goal, "best": plain(each.best), "last": plain(each.last)}
            for each in version.results
        },
    }


def _change(change: StageChange) -> Json:
    return {
        "time": plain(change.time),
        "version": change.version,
        "stage": change.stage,
        "run": change.run,
        "by": change.by,
        "approved_by": change.approved_by,
        "why": change.why,
        "forced": plain(change.forced),
        "sha256": change.sha256,
        "artifact": change.artifact,
        "rolled_back_from": change.rolled_back_from,
    }
