"""The fields that every run has, and what MLflow calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from labtop.store.filter.operands import Kind, Operand, column, dataset, fact, record, tags

_COLUMNS: Final[Mapping[str, tuple[Kind, str]]] = {
    "name": ("text", "name"),
    "id": ("text", "id"),
    "status": ("status", "status"),
    "started": ("moment", "started"),
    "updated": ("moment", "updated"),
    "duration": ("duration", "duration"),
    "step": ("number", "step"),
    "progress": ("fraction", "progress"),
    "eta": ("duration", "eta"),
    "age": ("age", "updated"),
    "group": ("text", "group_name"),
    "notes": ("text", "notes"),
    "verdict": ("text", "verdict"),
    "hypothesis": ("text", "hypothesis"),
    "error": ("text", "error"),
    "host": ("text", "host"),
    "hidden": ("flag", "hidden"),
    "total_steps": ("number", "total_steps"),
    "steps_per_s": ("number", "steps_per_s"),
    "attempts": ("number", "attempts"),
    "exit_code": ("number", "exit_code"),
    "number": ("number", "run"),
}
_ended = partial(column, "moment", "case when status <> 'running' then updated end")

FIELDS: Final[Mapping[str, Callable[[], Operand]]] = {
    **{field: partial(column, kind, expression, field) for field, (kind, expression) in _COLUMNS.items()},
    "user": partial(fact, "user", field="user"),
    "tags": tags,
}
"""What a bare name means before anything else, in the order in which it is offered."""

SYNONYMS: Final = {"note": "notes", "tag": "tags"}

_MLFLOW: Final[Mapping[str, Callable[[], Operand]]] = {
    "run_id": FIELDS["id"],
    "run_name": FIELDS["name"],
    "status": FIELDS["status"],
    "start_time": FIELDS["started"],
    "created": FIELDS["started"],
    "end_time": _ended,
    "user_id": FIELDS["user"],
    "artifact_uri": FIELDS["id"],
}
_MLFLOW_TAGS: Final[Mapping[str, Callable[[], Operand]]] = {
    "mlflow.user": FIELDS["user"],
    "mlflow.runName": FIELDS["name"],
    "mlflow.note.content": FIELDS["notes"],
    "mlflow.source.git.commit": partial(fact, "git", "commit"),
    "mlflow.source.git.branch": partial(fact, "git", "branch"),
}
LATE: Final[Mapping[str, Callable[[], Operand]]] = {
    "git.commit": partial(fact, "git", "commit"),
    "git.branch": partial(fact, "git", "branch"),
    "record": record,
    "dataset.name": partial(dataset, "name"),
    "dataset.digest": partial(dataset, "digest"),
    "dataset.context": partial(dataset, "context"),
    "dataset.version": partial(dataset, "version"),
    "dataset.uri": partial(dataset, "uri"),
    **{name: make for name, make in _MLFLOW.items() if name != "status"},
}
"""What a bare name means where no run has a param, metric or attribute of that name."""


def field(name: str) -> Operand | None:
    """The field of a run, in any case."""
    lower = name.lower()
    make = FIELDS.get(SYNONYMS.get(lower, lower))
    return make() if make else None


def mlflow_attribute(name: str) -> Operand | None:
    """What MLflow calls an attribute: `run_name`, `Run name`, `created`, `user_id`."""
    make = _MLFLOW.get(name.lower().replace(" ", "_"))
    return make() if make else None


def mlflow_tag(name: str) -> Operand | None:
    """A tag that MLflow sets itself."""
    make = _MLFLOW_TAGS.get(name)
    return make() if make else None


def late(name: str) -> Operand | None:
    """See LATE; `datasets.name` is `dataset.name`."""
    make = LATE.get(name.replace("datasets.", "dataset.", 1))
    return make() if make else None
