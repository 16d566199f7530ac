"""Many runs of one process: code and environment are found out once."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import Any, Final

import labtop
from labtop.callbacks.training import active_run
from labtop.recording.place import directory, id_of

_SHARED: Final = ("command", "user", "git", "env", "hardware", "slurm", "launcher")


class Alike:
    """Begins runs of the same making: what was captured of the first that ended is said of those that follow."""

    def __init__(self, root: str | os.PathLike[str] | None, options: dict[str, Any]) -> None:
        """`root` and `options` are those of `labtop.init`. The active run is the parent, its directory the default."""
        active = active_run()
        self._root = directory(active.root if root is None and active is not None else root)
        self._options = {"parent": active.id if active is not None else None, **options}
        self._first: labtop.Run | None = None
        self._making: dict[str, Any] = {}

    def init(self, group: str, **known: Any) -> labtop.Run:
        """Begin a run in a folder of its group; the options go before what is `known`."""
        arguments = {"group": group, **known, **self._options}
        root = self._root / id_of(group)
        if arguments.get("capture") is not None:
            return labtop.init(root, **arguments)
        if self._first is None or self._first.is_open:
            run = labtop.init(root, **arguments)
            self._first = self._first or run
            return run
        self._making = self._making or _making_of(self._first)
        run = labtop.init(root, **arguments, capture=False)
        if self._making:
            run.describe(**self._making)
        return run


def _making_of(run: labtop.Run) -> dict[str, Any]:
    """What the `run` events of its file say of code, machine and environment."""
    found: dict[str, Any] = {}
    with suppress(OSError, ValueError), run.path.open(encoding="utf-8") as lines:
        for line in lines:
            if '"event":"run"' in line:
                found |= {name: value for name, value in json.loads(line).items() if name in _SHARED}
    return found
