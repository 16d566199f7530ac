"""`wandb.run`: W&B's interface of a run over labtop's."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from numbers import Number
from pathlib import Path
from time import time
from types import TracebackType
from typing import Any, Final, Literal, Self

import labtop
from labtop.compat.wandb_parts.media import Artifact, is_media
from labtop.compat.wandb_parts.metrics import Definitions
from labtop.compat.wandb_parts.settings import Config, Summary
from labtop.recording.complaints import Complaints
from labtop.recording.encoding import number

COMPLAINTS: Final = Complaints()
"""Each kind of thing that is left out is told of once a process."""
_LEVELS: Final[dict[str, Literal["info", "warning", "error"]]] = {"INFO": "info", "ERROR": "error"}


class Run:
    """A run as scripts know it from W&B. What needs W&B's server does nothing."""

    def __init__(self, run: labtop.Run, config: Config, *, project: str | None, **said: Any) -> None:
        """`said` are name, group, job_type, entity, notes, tags and resumed, which can be read again."""
        self.labtop = run
        """The run itself, for what W&B has no word for."""
        self.config = config
        self.summary = Summary(write=self._set_summary)
        self.id = run.id
        self.project = project or ""
        self.dir = str(run.folder)
        self.start_time = time()
        self.group = said.get("group") or ""
        self.job_type = said.get("job_type") or ""
        self.entity = said.get("entity") or ""
        self.resumed = bool(said.get("resumed"))
        self.offline, self.disabled = True, False
        self.sweep_id = self.sweep_url = None
        self._name = said.get("name") or run.name
        self._notes = said.get("notes")
        self._tags = tuple(said.get("tags") or ())
        self._definitions = Definitions(run)
        self._gathered: dict[str, Any] = {}
        self._logged: set[str] = set()
        self._step = int(said.get("step") or 0)
        config.attach(run.params.update)
        run.before_end(self._write)

    @property
    def step(self) -> int:
        """The step that the next line gets."""
        return self._step

    @property
    def name(self) -> str:
        """The name that is shown."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = str(name)
        self.labtop.describe(name=self._name)

    @property
    def notes(self) -> str | None:
        """The run's notes."""
        return self._notes

    @notes.setter
    def notes(self, notes: str) -> None:
        self._notes = notes
        self.labtop.describe(notes=notes)

    @property
    def tags(self) -> tuple[str, ...]:
        """The run's tags."""
        return self._tags

    @tags.setter
    def tags(self, tags: Iterable[str]) -> None:
        wanted = (tags,) if isinstance(tags, str) else tuple(tags)
        self.labtop.tag(*wanted, remove=[tag for tag in self._tags if tag not in wanted])
        self._tags = wanted

    @property
    def path(self) -> str:
        """Entity, project and id."""
        return "/".join(part for part in (self.entity, self.project, self.id) if part)

    @property
    def url(self) -> str | None:
        """The run's folder, as a URL: scripts print where the run can be found."""
        return None if self.disabled else _url(self.labtop.folder)

    @property
    def project_url(self) -> str | None:
        """The folder that the run lies in."""
        return None if self.disabled else _url(self.labtop.folder.parent)

    def get_url(self) -> str | None:
        """`url`, as older scripts ask for it."""
        return self.url

    def get_project_url(self) -> str | None:
        """Likewise."""
        return self.project_url

    def log(self, data: Any, step: int | None = None, commit: bool | None = None, **_: Any) -> None:
        """Log a line; steps are counted as W&B counts them: what goes back is left out, and told of once.

        With `commit=False` values are gathered for the line of the same step that comes next.
        """
        if not isinstance(data, Mapping):
            COMPLAINTS.tell("data", f"log takes a mapping of names to values, not a {type(data).__name__}")
            return
        step = _whole(step)
        if step is not None and step < self._step:
            COMPLAINTS.tell("back", f"step {step} is behind {self._step}: as in W&B, what is logged there is left out")
            return
        if step is not None and step > self._step:
            self._write()
            self._step = step
        self._gathered |= {str(name): _light(value) for name, value in data.items() if not _is_left_out(name, value)}
        if commit is not False:
            self._write()
        if commit or (commit is None and step is None):
            self._step += 1

    def define_metric(
        self, name: str, step_metric: str | None = None, *_: Any, summary: str | None = None, **more: Any
    ) -> None:
        """Say which direction is better, and against which metric to plot."""
        self._definitions.define(str(name), step_metric, summary, more.get("goal"))

    def alert(self, title: str, text: str = "", level: Any = None, wait_duration: Any = None) -> None:
        """Something that a person should look at."""
        name = str(getattr(level, "value", level)).upper()
        self.labtop.alert(title, text, level=_LEVELS.get(name, "warning" if level else "info"))

    def save(self, glob_str: str | os.PathLike[str] | None = None, *_: Any, **__: Any) -> list[str]:
        """Record the files that there are now, with size and SHA-256; they stay where they are."""
        pattern = "" if glob_str is None else os.fspath(glob_str)
        files = sorted(glob.glob(pattern))  # noqa: PTH207  # it may be absolute, or lead out of the folder
        for file in files:
            self.labtop.artifact(file)
        return files

    def log_artifact(
        self, artifact_or_path: Any, name: str | None = None, type: str | None = None, *_: Any, **__: Any
    ) -> Artifact:
        """Record the files of an artifact."""
        if isinstance(artifact_or_path, Artifact):
            artifact = artifact_or_path
        else:
            artifact = Artifact(name or Path(artifact_or_path).name, type or "artifact")
            artifact.add_file(artifact_or_path)
        for path in artifact.files:
            several = len(artifact.files) > 1
            self.labtop.artifact(path, f"{artifact.name}/{path.name}" if several else artifact.name, artifact.type)
        return artifact

    def log_model(self, path: str | os.PathLike[str], name: str | None = None, *_: Any, **__: Any) -> None:
        """Record a model's file or folder."""
        self.labtop.artifact(path, name, "model")

    def finish(self, exit_code: int | None = None, *_: Any, **__: Any) -> None:
        """End the run."""
        self.labtop.finish("failed" if exit_code else "finished", exit_code)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.labtop.__exit__(kind, error, traceback)

    def __getattr__(self, name: str) -> Any:
        if name in ("watch", "unwatch", "log_code", "mark_preempting", "display", "to_html", "status", "write_logs"):
            return _nothing
        raise AttributeError(f"labtop.compat.wandb has no run.{name}; run.labtop is the run itself")

    def _write(self) -> None:
        if not self._gathered:
            return
        gathered, self._gathered = self._gathered, {}
        self._definitions.see(gathered)
        self._logged.update(gathered)
        self.summary.seen(gathered)
        self.labtop.log(gathered, self._step)

    def _set_summary(self, values: Mapping[str, Any]) -> None:
        """Numbers of a name of their own are metrics, at the last step, so that they have a goal and are compared. What
        has a curve keeps it: the summary stands beside it as an attribute, as texts do."""
        shown = {name: value for name, value in values.items() if not is_media(value)}
        metrics = {name: value for name, value in shown.items() if name not in self._logged and _is_number(value)}
        rest = {name: value for name, value in shown.items() if name not in metrics}
        if metrics:
            self._definitions.see(metrics)
            self.labtop.log(metrics, max(self._step - 1, 0))
        if rest:
            self.labtop.describe(attributes={f"summary/{name}": value for name, value in rest.items()})


def _is_left_out(name: object, value: object) -> bool:
    if not is_media(value):
        return False
    kind = type(value[0] if isinstance(value, (list, tuple)) else value).__name__
    COMPLAINTS.tell("media", f"{name!r} is a {kind}: labtop logs numbers and texts; such values are left out")
    return True


def _light(value: Any) -> Any:
    """The number that a tensor holds: the tensor may hold a graph, on a GPU, and the summary would keep it."""
    found = None
    if callable(getattr(value, "item", None)):
        with suppress(Exception):  # whatever the methods of a stranger's object raise
            found = number(value)
    return value if found is None else found


def _whole(step: Any) -> int | None:
    if step is None:
        return None
    found = number(_light(step))
    if found is None:
        COMPLAINTS.tell("step", f"a step is a number, not {step!r}: the line goes to the next step")
    return None if found is None else int(found)


def _is_number(value: object) -> bool:
    return isinstance(value, Number) or callable(getattr(value, "item", None))


def _url(folder: Path) -> str | None:
    with suppress(OSError, ValueError):  # the current folder is gone
        return folder.absolute().as_uri()
    return None


def _nothing(*_: Any, **__: Any) -> None:
    """What W&B does with its server, or with its picture of a model."""
