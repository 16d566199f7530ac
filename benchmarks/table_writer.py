"""`python -m benchmarks.table_writer FILE RUN STEP PAUSE_MS METRIC..`: a run that goes on and on, a line at a time."""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path


def main() -> None:
    """Until it is ended."""
    path, run, first, pause, *metrics = sys.argv[1:]
    dice, step, due = random.Random(7), int(first), time.monotonic()
    while True:
        line = {"run": run, "step": step, "time": time.time(), **{name: dice.random() for name in metrics}}
        with Path(path).open("a") as log:
            log.write(json.dumps(line) + "\n")
        step, due = step + 1, due + int(pause) / 1000
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
