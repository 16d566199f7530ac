"""`ENV/bin/python charts_leet_writer.py LOG FOLDER [LINES_PER_S]`: a labtop log as an offline run of W&B.

Its own SDK writes it: this is run by a Python that has `wandb`, not by labtop's. It prints `written` when all lines are
logged. With LINES_PER_S it then goes on at this pace with the values of the last hundred lines, again and again, until
told to terminate.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
from collections import deque
from itertools import count
from typing import Any

_AGAIN = 100


def main() -> None:
    log, folder, *rest = sys.argv[1:]
    os.environ |= {"WANDB_ERROR_REPORTING": "false", "TMPDIR": folder}
    wandb: Any = importlib.import_module("wandb")
    settings = wandb.Settings(x_disable_stats=True, console="off", silent=True)
    run = wandb.init(project="labtop", mode="offline", dir=folder, settings=settings)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    last: deque[dict[str, float]] = deque(maxlen=_AGAIN)
    with open(log) as file:  # noqa: PTH123
        for line in file:
            last.append(json.loads(line))
            _log(run, last[-1], int(last[-1]["step"]))
    print("written", flush=True)
    steps = count(int(last[-1]["step"]) + 1)
    while rest and not ended.wait(1 / float(rest[0])):
        _log(run, last[0], next(steps))
        last.rotate(-1)
    run.finish()


def _log(run: Any, row: dict[str, float], step: int) -> None:
    run.log({name: value for name, value in row.items() if name not in ("step", "time")}, step=step)


if __name__ == "__main__":
    main()
