"""W&B's interface over labtop's files: `import labtop.compat.wandb as wandb` is all that a simple script changes.

It takes what `wandb` takes. Metrics, config, summary, tags, notes, goals and files are recorded; what labtop does not
hold, as pictures and tables, is left out, and told of once. Nothing is sent anywhere.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from labtop.compat.wandb_parts import media
from labtop.compat.wandb_parts.beginning import begin
from labtop.compat.wandb_parts.media import Artifact as Artifact
from labtop.compat.wandb_parts.media import Media
from labtop.compat.wandb_parts.run import COMPLAINTS, Run
from labtop.compat.wandb_parts.settings import Config, Summary
from labtop.recording.complaints import say

_UNHEARD = frozenset(("force", "allow_val_change", "anonymous", "save_code"))

__version__ = "0.25.0"
"""The W&B whose interface this is, for scripts that ask for a least version."""

_run: Run | None = None
_said: set[str] = set()
_waiting = Config()  # of the run that begins next

plot = Media()
Settings = Media
AlertLevel = SimpleNamespace(INFO="INFO", WARN="WARN", ERROR="ERROR")
util = SimpleNamespace(generate_id=lambda length=8: secrets.token_hex(length)[:length])


class Error(Exception):
    """W&B's base error, so that scripts can name it. It is never raised."""


class CommError(Error):
    """Likewise."""


class UsageError(Error):
    """Likewise."""


errors = SimpleNamespace(Error=Error, CommError=CommError, UsageError=UsageError)


def init(
    entity: str | None = None,
    project: str | None = None,
    dir: str | os.PathLike[str] | None = None,
    id: str | None = None,
    name: str | None = None,
    notes: str | None = None,
    tags: Any = None,
    config: Any = None,
    config_exclude_keys: Any = None,
    config_include_keys: Any = None,
    group: str | None = None,
    job_type: str | None = None,
    mode: str | None = None,
    reinit: Any = None,
    resume: bool | str | None = None,
    **more: Any,
) -> Run:
    """Begin a run in `dir`/`project`, where `dir` is $LABTOP_DIR or ./runs unless it is named.

    With an `id` that is there the run goes on where it stopped. The run that is open already is returned, unless
    `reinit` asks for another.
    """
    global _run, _waiting
    unheard = sorted(name for name, value in more.items() if value is not None and name not in _UNHEARD)
    if unheard:
        COMPLAINTS.tell("init", f"init: nothing is done with {', '.join(unheard)}")
    if (active := _active()) is not None:
        if reinit in (None, False, "default", "return_previous"):
            return active
        if reinit != "create_new":
            active.finish()
    said = {
        **{"entity": entity, "project": project, "dir": dir, "id": id, "name": name, "notes": notes, "tags": tags},
        **{"config": config, "config_exclude_keys": config_exclude_keys, "config_include_keys": config_include_keys},
        **{"group": group, "job_type": job_type, "mode": mode, "resume": resume},
    }
    kept, _waiting = _waiting, Config()
    _run = begin(said, kept)
    return _run


def log(data: Mapping[str, Any], step: int | None = None, commit: bool | None = None, **_: Any) -> None:
    """`run.log` of the run that is open."""
    if (active := _of("log")) is not None:
        active.log(data, step, commit)


def finish(exit_code: int | None = None, *_: Any, **__: Any) -> None:
    """`run.finish` of the run that is open, if there is one."""
    if (active := _active()) is not None:
        active.finish(exit_code)


join = teardown = finish


def define_metric(name: str, *given: Any, **more: Any) -> None:
    """`run.define_metric` of the run that is open."""
    if (active := _of("define_metric")) is not None:
        active.define_metric(name, *given, **more)


def alert(title: str, text: str = "", level: Any = None, wait_duration: Any = None) -> None:
    """`run.alert` of the run that is open."""
    if (active := _of("alert")) is not None:
        active.alert(title, text, level)


def save(glob_str: str | os.PathLike[str] | None = None, *given: Any, **more: Any) -> list[str]:
    """`run.save` of the run that is open."""
    return active.save(glob_str, *given, **more) if (active := _of("save")) is not None else []


def log_artifact(artifact_or_path: Any, *given: Any, **more: Any) -> Artifact | None:
    """`run.log_artifact` of the run that is open."""
    return active.log_artifact(artifact_or_path, *given, **more) if (active := _of("log_artifact")) else None


def log_model(path: str | os.PathLike[str], *given: Any, **more: Any) -> None:
    """`run.log_model` of the run that is open."""
    if (active := _of("log_model")) is not None:
        active.log_model(path, *given, **more)


def login(*_: Any, **__: Any) -> bool:
    """There is nobody to log in to."""
    return True


def watch(*_: Any, **__: Any) -> None:
    """Gradients are not recorded."""


unwatch = setup = watch


def termlog(string: object = "", newline: bool = True, repeat: bool = True, prefix: bool = True) -> None:
    """Lines on standard error; with `repeat=False` the same text is said once a process."""
    text = str(string)
    if repeat or text not in _said:
        _said.add(text)
        for line in text.splitlines():
            say(line)


termwarn = termerror = termlog


def _active() -> Run | None:
    return _run if _run is not None and _run.labtop.is_open else None


def _of(what: str) -> Run | None:
    """The run that is open; where there is none, that is told."""
    if (active := _active()) is None:
        COMPLAINTS.tell("no run", f"wandb.{what} without a run: call wandb.init first; nothing is recorded")
    return active


def __getattr__(name: str) -> Any:
    """What changes with the run; the classes of pictures and tables."""
    active = _active()
    if name == "run":
        return active
    if name == "config":
        return active.config if active is not None else _waiting
    if name == "summary":
        return active.summary if active is not None else Summary()
    if name in media.CLASSES:
        return media.CLASSES[name]
    raise AttributeError(f"labtop.compat.wandb has no {name}: it holds what a simple script uses")
