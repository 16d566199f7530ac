"""`labtop.init`: begins a run, resumes one, or joins one that another process began."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

from labtop.recording import ending, joining
from labtop.recording.captured import Captured, parts_wanted
from labtop.recording.complaints import Complaints
from labtop.recording.last_step import last_step
from labtop.recording.log_file import LogFile, open_for_appending
from labtop.recording.place import OWN, RUN_ID, Place, directory, file_of_process, id_of, known_place, new_place
from labtop.recording.pulse import PROMISE, Pulse
from labtop.recording.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_SYSTEM_S: Final = 15.0
_LEAST_S: Final = 0.5


def init(
    root: str | os.PathLike[str] | None = None,
    *,
    id: str | None = None,
    name: str | None = None,
    params: Mapping[str, Any] | None = None,
    tags: Iterable[str] = (),
    notes: str | None = None,
    hypothesis: str | None = None,
    group: str | None = None,
    parent: str | None = None,
    seed: int | None = None,
    total_steps: float | None = None,
    data: Mapping[str, str | os.PathLike[str]] | None = None,
    attributes: Mapping[str, Any] | None = None,
    capture: bool | Collection[str] | None = None,
    system_metrics: bool | float = False,
    heartbeat_s: float = 30.0,
    hooks: bool = True,
) -> Run:
    """Begin a run, and make it the one that `labtop.log` speaks of.

    It is written to `root`/id/events.jsonl; `root` is $LABTOP_DIR or ./runs where none is named. The id comes from
    `name`, else from the script and the time. With an `id` the run of that id is resumed, or shared: a process beside
    the one that has it writes a file of its own. So does what joins without an id: a rank of the same job (torchrun,
    Slurm, MPI), a child of a process with a run, a script under `labtop run` ($LABTOP_RUN_ID).

    `data` names files, folders or digests. `capture` is what is found out by itself: all, nothing (False) or some of
    git, packages, hardware, environment, seeds; $LABTOP_CAPTURE says so from outside. `system_metrics` measures the
    machine each 15 s, or so many. `heartbeat_s` of silence make a line that the run lives (0: none). `hooks`: the end
    of the process ends the run.

    Raises nothing: where the directory cannot be written, that is told once, and lines are kept until it can.
    """
    # Deferred: `import labtop` alone costs next to nothing.
    from labtop.capture.secrets import Mask

    if (known := _known(root, id, name)) is not None:
        return _taken_up(known, params, tags)
    complaints = Complaints()
    place, rank = _place(root, id, name)
    file, owner = _file_of(place, complaints, alone=rank == 0)
    given = _mapping("params", params, complaints)
    captured = Captured(parts_wanted(capture), has_seed=seed is not None or any("seed" in str(key) for key in given))
    run = Run(
        place,
        file,
        complaints,
        owner=owner,
        params=given,
        mask=Mask().mapping,
        prefix=f"rank{rank}/" if rank else "",
        step=-1 if place.made else last_step(file.path),
    )
    fields: dict[str, Any] = {
        "name": name if name and id_of(name) != name and place.made else None,
        "params": given or None,
        "tags": [str(tag) for tag in ((tags,) if isinstance(tags, str) else tags)] or None,
        "attributes": _mapping("attributes", attributes, complaints) or None,
        **{"notes": notes, "hypothesis": hypothesis, "group": group, "parent": parent, "seed": seed},
        "total_steps": total_steps,
        "expect_next_in": PROMISE * heartbeat_s if heartbeat_s > 0 else None,
    }
    run.describe(**_first_line(captured, fields))
    for dataset, path in _mapping("data", data, complaints).items():
        run.data(dataset, path)
    joining.adopt(run, alone=parent is None)
    if hooks:
        ending.watch(run)
    _pulse(run, heartbeat_s, system_metrics)
    captured.follow(run)
    return run


def _known(root: str | os.PathLike[str] | None, id: str | None, name: str | None) -> Run | None:
    """The run that this process has already, or has by its parent."""
    if id is None and name is None and (inherited := joining.inherited()) is not None:
        return inherited
    if id is None:
        return None
    folder = directory(root) / id_of(id)
    return next((run for run in joining.open_runs() if run.folder == folder), None)


def _taken_up(run: Run, params: Mapping[str, Any] | None, tags: Iterable[str]) -> Run:
    if params:
        run.params.update(params)
    if tags:
        run.tag(*((tags,) if isinstance(tags, str) else tags))
    joining.adopt(run)
    return run


def _place(root: str | os.PathLike[str] | None, id: str | None, name: str | None) -> tuple[Place, int]:
    """Where the run is, and which rank of its job this process is."""
    from labtop.capture import launcher

    where = directory(root)
    rank = launcher.rank()
    joined = id or (None if name else os.environ.get(RUN_ID))
    if joined:
        return known_place(where, joined), rank
    is_job = launcher.world_size() > 1
    return new_place(where, name, launcher.job_key() if is_job else None), rank


def _file_of(place: Place, complaints: Complaints, *, alone: bool) -> tuple[LogFile, bool]:
    """The file of this process, and whether it is the run's own: nobody else has it."""
    own = place.folder / OWN
    if place.trouble is not None or not alone:
        return LogFile(own if alone else file_of_process(place.folder), complaints), alone
    try:
        return LogFile(own, complaints, file=open_for_appending(own, alone=True)), True
    except BlockingIOError:
        return LogFile(file_of_process(place.folder), complaints), False
    except OSError:
        return LogFile(own, complaints), True  # its first line tells what is wrong, once


def _mapping(what: str, given: Mapping[str, Any] | None, complaints: Complaints) -> dict[str, Any]:
    """A copy of it; a namespace or a data class is taken too, and anything else complained of."""
    if given is None:
        return {}
    for form in (given, getattr(given, "__dict__", None)):
        with suppress(TypeError, ValueError):
            return dict(form)  # type: ignore[arg-type]
    complaints.tell(what, f"{what} are a mapping, not a {type(given).__name__}: they are left out")
    return {}


def _first_line(captured: Captured, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is found out and what is given; the latter wins."""
    found = captured.at_once()
    known = {name: value for name, value in given.items() if value is not None}
    both = {**found.pop("attributes", {}), **known.pop("attributes", {})}
    return {**found, **known} | ({"attributes": both} if both else {})


def _pulse(run: Run, heartbeat_s: float, system_metrics: bool | float) -> None:
    system_s = _SYSTEM_S if system_metrics is True else float(system_metrics)
    beats = [max(each, _LEAST_S) if each > 0 else None for each in (heartbeat_s, system_s)]
    if any(beats):
        Pulse(run, *beats).start()


def finish(status: str = "finished", exit_code: int | None = None, error: str | None = None) -> None:
    """End the run that `labtop.init` began last."""
    if (run := joining.active()) is not None:
        run.finish(status, exit_code, error)


def log(metrics: Mapping[str, Any], step: float | None = None) -> None:
    """`Run.log` of the run that `labtop.init` began last; in a child, of its parent's."""
    run = joining.active()
    if run is None:
        joining.COMPLAINTS.tell("no run", "labtop.log without a run: call labtop.init first; nothing is recorded")
    else:
        run.log(metrics, step)


def active_run() -> Run | None:
    """The run that `labtop.init` began last and that is not finished."""
    return joining.active()


__all__ = ["active_run", "finish", "init", "log"]
