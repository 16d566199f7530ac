"""What is found out of a run's making: the quick part at once, the rest from a thread."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from labtop.recording.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

CAPTURE: Final = "LABTOP_CAPTURE"
PARTS: Final = frozenset(("git", "packages", "hardware", "environment", "seeds"))
_OFF: Final = frozenset(("0", "off", "no", "none", "false"))
_PATIENCE_S: Final = 10.0  # at the end of a run, for what is still being found out


def parts_wanted(given: bool | str | object) -> frozenset[str]:
    """What is to be captured: as the argument says, else $LABTOP_CAPTURE, else all. Unknown names are passed over."""
    said = os.environ.get(CAPTURE, "").strip().lower()
    if given is None and said in _OFF:
        return frozenset()
    if given is None and said and not said.isdigit():
        given = said.split(",")
    if given is None or given is True:
        return PARTS
    if given is False:
        return frozenset()
    words = given.split(",") if isinstance(given, str) else given
    return PARTS & {str(word).strip().lower() for word in words}  # type: ignore[attr-defined]


_PROCESS: Final = ("host", "pid", "pid_started")  # without these nobody can tell whether the run still runs


class Captured:
    """The making of one run. Nothing of it ever raises, or asks the network."""

    def __init__(self, parts: frozenset[str], *, has_seed: bool) -> None:
        self._parts = parts
        self._has_seed = has_seed
        self._folder = _here()
        self._first: Mapping[str, Any] = {}
        self._seeds: Mapping[str, Any] = {}

    def at_once(self) -> dict[str, Any]:
        """The fields of the first `run` event."""
        with suppress(Exception):
            from labtop.capture import at_once

            self._first = at_once(self._parts, self._folder)
        if not self._parts:
            self._first = {name: self._first[name] for name in _PROCESS if name in self._first}
        return {**self._first, **self._seeds_now()}

    def follow(self, run: Run) -> None:
        """Find out the rest beside the training; at its end look for seeds that were set meanwhile."""
        if not self._parts:
            return
        thread = threading.Thread(target=self._slowly, args=(run,), name="labtop-capture", daemon=True)
        thread.start()

        def wait() -> None:
            thread.join(_PATIENCE_S)
            if changed := self._seeds_now():
                run.describe(**changed)

        run.before_end(wait)

    def _slowly(self, run: Run) -> None:
        with suppress(Exception):
            from labtop.capture import slowly

            if found := slowly(self._parts, self._folder, self._first):
                run.describe(**found)

    def _seeds_now(self) -> dict[str, Any]:
        """What is new of the seeds of the libraries that are loaded; one is the run's where it has named none."""
        if "seeds" not in self._parts:
            return {}
        with suppress(Exception):
            from labtop.capture import seeds

            found = seeds()
            if found and found != self._seeds:
                self._seeds = found
                own = {} if self._has_seed else {"seed": next(iter(found.values()))}
                return own | {"attributes": {f"seed_{library}": seed for library, seed in found.items()}}
        return {}


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:  # it was removed
        return Path("/")
