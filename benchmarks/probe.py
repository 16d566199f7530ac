"""`python -m benchmarks.probe SAMPLES ARGUMENTS`: the program, its event loop asked all the time how late it is.

At the end SAMPLES gets a JSON object: `late`, what `Lateness` found, and the moments at which ingest `began` and had
`read` everything, on the monotonic clock.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from benchmarks.lateness import Lateness
from labtop.cli import main as labtop
from labtop.store.apart.client import StoreApart
from labtop.store.model import Activity
from labtop.tui.app import LabtopApp


def main() -> int:
    samples, *arguments = sys.argv[1:]
    lateness = Lateness()
    moments: dict[str, float] = {}
    mount, start = LabtopApp.on_mount, StoreApart.start

    def mounted(app: LabtopApp) -> None:
        mount(app)
        lateness.begin()

    def started(store: StoreApart, on_change: Callable[[Activity], None]) -> None:
        def tell(activity: Activity) -> None:
            if activity.complete:
                moments.setdefault("read", time.monotonic())
            on_change(activity)

        moments["began"] = time.monotonic()
        start(store, tell)

    with patch.object(LabtopApp, "on_mount", mounted), patch.object(StoreApart, "start", started):
        status = labtop(arguments)
    Path(samples).write_text(json.dumps({"late": lateness.samples, **moments}))
    return status


if __name__ == "__main__":
    sys.exit(main())
