"""`labtop.init`: begins a run, resumes one, or joins one that another process began."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

from labtop.recording import ending, joining
from labtop.recording.captured import Captured, parts_wanted
from labtop.recording.complaints import Complaints
from labtop.recording.encoding import number
from labtop.recording.last_step import last_step
from labtop.recording.log_file import LogFile, open_for_appending
from labtop.recording.place import (
    DIRECTORY,
    OWN,
    RUN_ID,
    Place,
    directory,
    file_of_process,
    id_of,
    known_place,
    new_place,
)
from labtop.recording.pulse import PROMISE, Pulse
from labtop.recording.run import Run, texts

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
    complaints = Complaints()
    given = _mapping("params", params, complaints)
    id, name = _word(id), _word(name)
    fields: dict[str, Any] = {
        "params": given or None,
        "tags": texts(tags) or None,
        "attributes": _mapping("attributes", attributes, complaints) or None,
        **{"notes": notes, "hypothesis": hypothesis, "group": group, "parent": parent, "seed": seed},
        "total_steps": total_steps,
    }
    if (run := _known(root, id, name)) is None:
        has_seed = seed is not None or any("seed" in str(key) for key in given)
        captured = Captured(parts_wanted(capture, complaints.tell), has_seed=has_seed)
        beats = _seconds("heartbeat_s", heartbeat_s, 30.0, complaints), _system_s(system_metrics, complaints)
        run = _begun(root, id, name, fields, captured, beats, complaints)
        _begin_beside(run, captured, beats, hooks=hooks)
    else:
        run.describe(**{key: value for key, value in fields.items() if value is not None})
        run.params.know(given)
    joining.adopt(run, alone=parent is None)
    for dataset, path in _mapping("data", data, complaints).items():
        run.data(dataset, path)
    return run


def _begun(
    root: str | os.PathLike[str] | None,
    id: str | None,
    name: str | None,
    fields: Mapping[str, Any],
    captured: Captured,
    beats: tuple[float, float],
    complaints: Complaints,
) -> Run:
    """The run with its first line."""
    place, rank, is_part = _place(root, id, name)
    file, owner = _file_of(place, complaints, alone=rank == 0)
    is_part = is_part and not owner
    run = Run(
        place,
        file,
        complaints,
        owner=owner,
        is_own=not is_part,
        params=fields["params"],
        prefix=f"rank{rank}/" if rank else "",
        step=-1 if place.made else last_step(file.path),
    )
    found = captured.at_once()
    if rank:
        found.pop("seed", None)  # each rank may have its own: that of the first is the run's
    if is_part:
        found.pop("command", None)  # that of the whole is the run's
    known = {name: value for name, value in fields.items() if value is not None}
    both = {**found.pop("attributes", {}), **known.pop("attributes", {})}
    if name and id_of(name) != name and place.made:
        known["name"] = name
    if not id and name and os.environ.get(RUN_ID):
        known.setdefault("parent", os.environ[RUN_ID])
    if beats[0] > 0:
        known["expect_next_in"] = PROMISE * beats[0]
    run.describe(**{**found, **known}, **({"attributes": both} if both else {}))
    return run


def _begin_beside(run: Run, captured: Captured, beats: tuple[float, float], *, hooks: bool) -> None:
    """What watches the run. Where a system does not allow it the run does without."""
    try:
        if hooks:
            ending.watch(run)
        known = [max(each, _LEAST_S) if each > 0 else None for each in beats]
        if any(known):
            Pulse(run, *known).start()
        captured.follow(run)
    except Exception as error:
        run.complaints.tell("begin", f"the end of {run.id} may not be told: {type(error).__name__}: {error}")


def _known(root: str | os.PathLike[str] | None, id: str | None, name: str | None) -> Run | None:
    """The run that this process has already, or has by its parent."""
    if id is None and name is None:
        return joining.inherited()
    if id is None:
        return None
    folder = directory(root) / id_of(id)
    return next((run for run in joining.open_runs() if run.folder == folder), None)


def _place(root: str | os.PathLike[str] | None, id: str | None, name: str | None) -> tuple[Place, int, bool]:
    """Where the run is, which rank of its job this process is, and whether it is a part of a recorded command."""
    # Deferred: `import labtop` does without.
    from labtop.capture import launcher

    rank = launcher.rank()
    if id:
        return known_place(directory(root), id), rank, False
    if not name and (outer := os.environ.get(RUN_ID)):
        return known_place(directory(None if os.environ.get(DIRECTORY) else root), outer), rank, True
    is_job = launcher.world_size() > 1
    return new_place(directory(root), name, launcher.job_key() if is_job else None), rank, False


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


def _mapping(what: str, given: object, complaints: Complaints) -> dict[str, Any]:
    """A copy of it; a namespace or a data class is taken too, and anything else complained of."""
    if given is None:
        return {}
    for form in (given, getattr(given, "__dict__", None)):
        with suppress(Exception):  # of a stranger's mapping too
            return dict(form)  # type: ignore[arg-type]
    complaints.tell(what, f"{what} are a mapping, not of type {type(given).__name__}: they are left out")
    return {}


def _word(given: object) -> str | None:
    return None if given is None else str(given)


def _seconds(what: str, given: object, default: float, complaints: Complaints) -> float:
    found = 0.0 if given is None else number(given)
    if found is None:
        complaints.tell(what, f"{what} is a number of seconds, not {given!r}: {default:g} is taken")
        return default
    return float(found)


def _system_s(given: object, complaints: Complaints) -> float:
    return _SYSTEM_S if given is True else _seconds("system_metrics", given, _SYSTEM_S, complaints)


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
