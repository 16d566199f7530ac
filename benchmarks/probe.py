"""`python -m benchmarks.probe SAMPLES ARGUMENTS`: the program, its event loop asked every 5 ms how late it is.

At the end SAMPLES gets a JSON object: `late`, pairs of the moment at which the loop should have called and of how late
it did, and the moments at which ingest `began` and had `read` everything. All in seconds of the monotonic clock, which
all processes share. While the loop is held up, each call that is due in between counts: as late as a key would be seen.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from labtop.cli import main as labtop
from labtop.store import Store
from labtop.store.model import Activity
from labtop.tui.app import LabtopApp

_EVERY_S = 0.005


class _Probe:
    """Calls itself by the loop, from the mount of the app on."""

    def __init__(self) -> None:
        self.late: list[tuple[float, float]] = []
        self.began: float | None = None
        self.read: float | None = None
        self._due = 0.0

    def begin(self) -> None:
        """In the loop."""
        self._due = time.monotonic()
        self._call()

    def _call(self) -> None:
        now = time.monotonic()
        while self._due <= now:
            self.late.append((self._due, now - self._due))
            self._due += _EVERY_S
        asyncio.get_running_loop().call_at(self._due, self._call)

    def start(self, original: Callable[..., None], store: Store, on_change: Callable[[Activity], None]) -> None:
        """In place of `Store.start`: notes when ingest begins and when it has read everything."""

        def tell(activity: Activity) -> None:
            if activity.complete and self.read is None:
                self.read = time.monotonic()
            on_change(activity)

        self.began = time.monotonic()
        original(store, tell)


def main() -> int:
    samples, *arguments = sys.argv[1:]
    probe = _Probe()
    mount, start = LabtopApp.on_mount, Store.start

    def mounted(app: LabtopApp) -> None:
        mount(app)
        probe.begin()

    def started(store: Store, on_change: Callable[[Activity], None]) -> None:
        probe.start(start, store, on_change)

    with patch.object(LabtopApp, "on_mount", mounted), patch.object(Store, "start", started):
        status = labtop(arguments)
    Path(samples).write_text(json.dumps({"late": probe.late, "began": probe.began, "read": probe.read}))
    return status


if __name__ == "__main__":
    sys.exit(main())
