"""`PYTHON recording_probe.py LOGGER FOLDER WHERE CALLS`: what a logger costs the training that uses it, as JSON.

It runs in an environment that has the logger, which need not be labtop's: so it imports nothing of ours but what it
measures. WHERE becomes the current folder, what is logged goes to FOLDER. CALLS lines of six numbers are timed one by
one, with a new mapping each, made before the clock starts.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

Log = Callable[[dict[str, float], int], object]
Begin = Callable[[], tuple[Log, Callable[[], object]]]
"""Begins a run: how to log to it, and how to end it."""


def main() -> None:
    logger, folder, where, calls = sys.argv[1:]
    os.chdir(where)
    os.environ |= {"WANDB_ERROR_REPORTING": "false", "DO_NOT_TRACK": "true", "GIT_PYTHON_REFRESH": "quiet"}
    os.environ |= {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_LOGGING_LEVEL": "ERROR",
    }
    begin = _LOGGERS[logger](Path(folder))
    began = time.perf_counter()
    log, end = begin()
    ready = time.perf_counter()
    taken = _timed(log, int(calls))
    end()
    print(json.dumps({"begin": ready - began, "calls": taken}))


def _timed(log: Log, calls: int) -> list[int]:
    """Nanoseconds of each call."""
    dice = Random(0)
    clock, taken = time.perf_counter_ns, []
    for step in range(calls):
        metrics = {name: dice.random() for name in ("loss", "acc", "val/loss", "val/acc", "lr", "grad_norm")}
        began = clock()
        log(metrics, step)
        taken.append(clock() - began)
    return taken


def _labtop(folder: Path) -> Begin:
    labtop: Any = importlib.import_module("labtop")
    init = labtop.init  # loads the logger

    def begin() -> tuple[Log, Callable[[], object]]:
        run = init(folder)
        return run.log, run.finish

    return begin


def _labtop_bare(folder: Path) -> Begin:
    """Nothing is found out beside the training: what a line costs is measured alone."""
    init = importlib.import_module("labtop").init

    def begin() -> tuple[Log, Callable[[], object]]:
        run = init(folder, capture=False)
        return run.log, run.finish

    return begin


def _append(folder: Path) -> Begin:
    def begin() -> tuple[Log, Callable[[], object]]:
        file = os.open(folder / "events.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

        def log(metrics: dict[str, float], step: int) -> None:
            os.write(file, (json.dumps({"step": step, "time": time.time(), **metrics}) + "\n").encode())

        return log, lambda: os.close(file)

    return begin


def _wandb(folder: Path) -> Begin:
    wandb: Any = importlib.import_module("wandb")

    def begin() -> tuple[Log, Callable[[], object]]:
        settings = wandb.Settings(x_disable_stats=True, console="off", silent=True)
        run = wandb.init(project="labtop", mode="offline", dir=folder, settings=settings)
        return lambda metrics, step: run.log(metrics, step=step), run.finish

    return begin


def _mlflow(uri: str) -> Begin:
    mlflow: Any = importlib.import_module("mlflow")

    def begin() -> tuple[Log, Callable[[], object]]:
        mlflow.set_tracking_uri(uri)
        mlflow.set_experiment("labtop")
        mlflow.start_run()
        return lambda metrics, step: mlflow.log_metrics(metrics, step=step), mlflow.end_run

    return begin


_LOGGERS: dict[str, Callable[[Path], Begin]] = {
    "labtop": _labtop,
    "labtop-bare": _labtop_bare,
    "append": _append,
    "wandb": _wandb,
    "mlflow-file": lambda folder: _mlflow((folder / "mlruns").as_uri()),
    "mlflow-sqlite": lambda folder: _mlflow(f"sqlite:///{folder / 'mlflow.db'}"),
}


if __name__ == "__main__":
    main()
