"""Deciding on stages: one at a time, on what stands in the files now."""

from __future__ import annotations

import fcntl
import math
import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Final

from labtop.store.model import Model, Refused
from labtop.store.read.annotation_files import beside, of_user
from labtop.store.read.annotation_lines import LARGEST, read_annotations
from labtop.store.read.batch import SaidEvent
from labtop.store.read.scalars import clock

_PATIENCE_S: Final = 5.0
_PAUSE_S: Final = 0.02
_STEP_S: Final = 0.001  # times are written to the millisecond


@contextmanager
def alone(base: Path) -> Iterator[None]:
    """No other labtop decides meanwhile on models of this directory, in whatever process.

    The directory itself is locked, which is there before anything is written. Where its file system knows no locks
    of it, as some networks' do, nobody is kept out. Raises Refused where somebody else holds it for long.
    """
    try:
        folder = os.open(base, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        _lock(folder, base)
        yield
    finally:
        os.close(folder)


def _lock(folder: int, base: Path) -> None:
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Refused(f"another process holds {base}, and may be changing a stage: try again") from None
            time.sleep(_PAUSE_S)
        except OSError:
            return
        else:
            return


def moment_of(model: Model, now: float) -> float:
    """The time of a change of the model: `now`, but later than all that was said of it, for stages go by time. A clock
    may have been ahead. Raises Refused where there is no later time that a log can tell."""
    latest = max((change.time for change in model.history if change.time is not None), default=-math.inf)
    moment = max(now, latest + _STEP_S)
    if clock(moment) is None:
        raise Refused(f"a stage of {model.name} is dated too late for anything to come after it: correct that line")
    return moment


def said_now(base: Path) -> Mapping[str, Sequence[SaidEvent]]:
    """The `stage` events of the files that labtop writes for `base`, by the path that the index has for each: all that
    was appended up to now, by anybody. A file that cannot be read is left out: of it counts what was read before."""
    path, own = beside(base), of_user(base).absolute()
    places = ((str(path.relative_to(base)), path), (str(own), own))
    found = {}
    for name, place in places:
        with suppress(OSError):
            said = read_annotations(_bytes(place), PurePosixPath(), base.resolve().name).said
            found[name] = [each for each in said if each.event == "stage"]
    return found


def _bytes(place: Path) -> bytes:
    if not stat.S_ISREG(place.stat().st_mode):  # a pipe would wait for a writer
        raise OSError(f"{place} is no file")
    with place.open("rb") as file:
        return file.read(LARGEST)
