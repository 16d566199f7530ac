"""The runs of this process, and those that it has from its parent: forked, spawned or pickled."""

from __future__ import annotations

import copyreg
import os
import sys
from collections.abc import Callable
from pathlib import Path

from labtop.recording import ending
from labtop.recording.complaints import Complaints
from labtop.recording.log_file import LogFile, is_held
from labtop.recording.place import OWN, Place, file_of_process
from labtop.recording.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

COMPLAINTS: Final = Complaints()
"""Of what concerns no run."""
_PARENT: Final = "_LABTOP_PARENT"
_runs: Final[list[Run]] = []


def open_runs() -> list[Run]:
    """The runs that take more lines, the one begun last at the end."""
    _runs[:] = [run for run in _runs if run.is_open]
    return list(_runs)


def active() -> Run | None:
    """The run begun last that has not come to its end, or the parent's."""
    runs = [run for run in open_runs() if not run.is_resting]
    return runs[-1] if runs else _spawned()


def inherited() -> Run | None:
    """The run that this process has from its parent, or shares with the command that it is a part of."""
    run = active()
    return None if run is None or run.is_own else run


def adopt(run: Run, *, alone: bool) -> None:
    """Make it the active one. Another of the same thread rests, unless this one stands beside it, as trials do."""
    others = [each for each in open_runs() if each is not run]
    for each in others if alone else ():
        if each.is_own and each.thread == run.thread:
            each.rest()
    _runs[:] = [*(each for each in others if each.is_open), run]
    # A process that multiprocessing spawns knows its parent by this alone; others have another parent, and ignore it.
    if run.is_own:
        os.environ[_PARENT] = f"{os.getpid()}:{run.id}:{run.root}"


def _spawned() -> Run | None:
    """The run of the process that spawned this one by multiprocessing, while that has it."""
    multiprocessing = sys.modules.get("multiprocessing.process")
    parent = multiprocessing.parent_process() if multiprocessing is not None else None
    pid, _, rest = os.environ.get(_PARENT, "").partition(":")
    run_id, _, root = rest.partition(":")
    if parent is None or not run_id or pid != str(parent.pid):
        return None
    run = _again(root, run_id)
    return run if run.is_open else None


def _again(root: str, run_id: str) -> Run:
    """The run of another process, in a file of this one's own, which is there once something is logged.

    One that nobody has any more, as in a file of last week, takes nothing.
    """
    # Deferred: `import labtop` does without.
    from labtop.capture import launcher

    place = Place(Path(root), run_id, made=False)
    for run in open_runs():
        if run.folder == place.folder:
            return run
    complaints = Complaints()
    rank = launcher.rank()
    prefix = f"rank{rank}/" if rank else ""
    file = LogFile(file_of_process(place.folder), complaints)
    run = Run(place, file, complaints, owner=False, is_own=False, prefix=prefix)
    if is_held(place.folder / OWN):
        _runs.append(run)
        ending.watch_worker(run)
    else:
        run.finish()
    return run


def _reduced(run: Run) -> tuple[Callable[[str, str], Run], tuple[str, str]]:
    return _again, (str(run.root), run.id)


def _after_fork() -> None:
    for run in open_runs():
        run.in_child(file_of_process(run.folder))


copyreg.pickle(Run, _reduced)
os.register_at_fork(after_in_child=_after_fork)
