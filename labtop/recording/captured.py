"""What is found out of a run's making: the quick part at once, the rest from a thread."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from labtop.recording.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

CAPTURE: Final = "LABTOP_CAPTURE"
PARTS: Final = frozenset(("git", "packages", "hardware", "environment", "seeds"))
_ON: Final = frozenset(("1", "on", "yes", "all", "true"))
_OFF: Final = frozenset(("0", "off", "no", "none", "false"))
_PATIENCE_S: Final = 10.0  # at the end of a run, for what is still being found out


def parts_wanted(given: object, complain: Callable[[str, str], None] = lambda kind, text: None) -> frozenset[str]:
    """What is to be captured: as the argument says, else $LABTOP_CAPTURE, else all. Unknown names are complained of."""
    if given is None:
        said = os.environ.get(CAPTURE, "").strip().lower()
        given = False if said in _OFF else True if not said or said in _ON else said
    if isinstance(given, bool):
        return PARTS if given else frozenset()
    if isinstance(given, str):
        given = given.split(",")
    words = {str(word).strip().lower() for word in given} if isinstance(given, Iterable) else {str(given)}
    if unknown := sorted(words - PARTS):
        complain("capture", f"nothing is captured by the name {unknown[0]!r}: there are {', '.join(sorted(PARTS))}")
    return PARTS & words


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
        return {**self._first, **self._seeds_now()}

    def follow(self, run: Run) -> None:
        """Find out the rest beside the training; at its end look for seeds that were set meanwhile."""
        if not self._parts:
            return
        thread = threading.Thread(target=self._slowly, args=(run,), name="labtop-capture", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no more threads, or the process is ending
            return

        def wait() -> None:
            thread.join(_PATIENCE_S)
            if changed := self._seeds_now():
                run.describe(**changed)

        run.before_rest(wait)

    def _slowly(self, run: Run) -> None:
        with suppress(Exception):
            from labtop.capture import slowly

            if found := slowly(self._parts, self._folder, self._first):
                run.describe(**found)

    def _seeds_now(self) -> dict[str, Any]:
        """Seeds of libraries that told none before; the first is the run's where it has named none.

        What was told first stays: a training may seed each epoch anew.
        """
        if "seeds" not in self._parts:
            return {}
        with suppress(Exception):
            from labtop.capture import seeds

            new = {library: seed for library, seed in seeds().items() if library not in self._seeds}
            if new:
                own = {} if self._has_seed or self._seeds else {"seed": next(iter(new.values()))}
                self._seeds = {**self._seeds, **new}
                return own | {"attributes": {f"seed_{library}": seed for library, seed in new.items()}}
        return {}


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:  # it was removed
        return Path("/")
