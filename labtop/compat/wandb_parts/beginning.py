"""What `wandb.init` is told, by arguments and by W&B's environment variables, as labtop has it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import labtop
from labtop.compat.wandb_parts.run import COMPLAINTS, Run
from labtop.compat.wandb_parts.settings import Config, as_mapping
from labtop.recording.last_step import last_step
from labtop.recording.place import RUN_ID, directory, id_of

_VARIABLES: Final = {
    "project": "WANDB_PROJECT",
    "entity": "WANDB_ENTITY",
    "name": "WANDB_NAME",
    "notes": "WANDB_NOTES",
    "tags": "WANDB_TAGS",
    "group": "WANDB_RUN_GROUP",
    "job_type": "WANDB_JOB_TYPE",
    "id": "WANDB_RUN_ID",
    "dir": "WANDB_DIR",
    "mode": "WANDB_MODE",
}


class Nowhere:
    """The run of `mode="disabled"`: takes all, keeps nothing."""

    def __init__(self) -> None:
        self.id = self.name = "disabled"
        self.folder = Path(tempfile.gettempdir())
        self.params: dict[str, Any] = {}
        self.is_open = True

    def finish(self, *_: Any, **__: Any) -> None:
        """It takes no more."""
        self.is_open = False

    __exit__ = finish

    def __getattr__(self, name: str) -> Any:
        return _nothing


def begin(said: dict[str, Any], config: Config) -> Run:
    """The run of `wandb.init(**said)`, where None is what was not said. `config` has what was set before."""
    for name, variable in _VARIABLES.items():
        if said.get(name) is None and os.environ.get(variable):
            said[name] = os.environ[variable].split(",") if name == "tags" else os.environ[variable]
    config.update(_chosen(said))
    known = {name: said.get(name) for name in ("name", "group", "job_type", "entity", "notes", "tags")}
    if said["mode"] == "disabled" or os.environ.get("WANDB_DISABLED", "").lower() in ("true", "1"):
        run = Run(Nowhere(), config, project=said["project"], **known)  # type: ignore[arg-type]
        run.disabled = True
        return run
    tags = (said["tags"],) if isinstance(said["tags"], str) else tuple(said["tags"] or ())
    root, is_new = _root(said["dir"], said["project"]), said["resume"] == "never"
    run_id = None if is_new else said["id"]
    is_there = run_id is not None and (directory(root) / id_of(run_id)).exists()
    names = ("project", "entity", "job_type")
    made = labtop.init(
        root,
        id=run_id,
        name=said["name"] or (said["id"] if is_new else None),
        tags=[str(tag) for tag in tags],
        notes=said["notes"],
        group=said["group"],
        attributes={name: said[name] for name in names if said[name] is not None},
    )
    if said["name"] and said["name"] != made.name:
        made.describe(name=said["name"])
    step = last_step(made.path) + 1 if is_there else 0
    return Run(made, config, project=said["project"], **{**known, "tags": tags}, resumed=is_there, step=step)


def _root(folder: str | os.PathLike[str] | None, project: str | None) -> Path | None:
    """A project is a folder of the run directory; `labtop run` has named the run's place already."""
    if os.environ.get(RUN_ID):
        return None
    root = directory(folder)
    return root / id_of(project) if project else root


def _chosen(said: Mapping[str, Any]) -> dict[str, Any]:
    """The config, without what is not wanted of it."""
    config: dict[str, Any] = {}
    if isinstance(said["config"], str):
        COMPLAINTS.tell("config", f"the config {said['config']!r} is a file: pass what is in it; it is left out")
    elif said["config"] is not None:
        with suppress(TypeError, ValueError):
            config = dict(as_mapping(said["config"]))
    include: Collection[str] | None = said.get("config_include_keys")
    exclude: Collection[str] = said.get("config_exclude_keys") or ()
    return {key: value for key, value in config.items() if key not in exclude and (include is None or key in include)}


def _nothing(*_: Any, **__: Any) -> None: ...
