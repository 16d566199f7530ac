"""What it costs to watch files in which nothing happens, without file events."""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks.harness import Figure
from benchmarks.place import Place
from benchmarks.processes import LABTOP
from benchmarks.ui import processor_s, read_for, settle, terminal_of, until_read
from labtop.synthetic.plan import Plan
from labtop.synthetic.write import write

_FOLDERS, _FILES = 100, 10_000
_QUIET_S = 2 * 3600.0
_WATCHED_S = 30.0
_PATIENCE_S = 300.0


def measure(place: Place) -> list[Figure]:
    """10,000 files in 100 folders, last written two hours ago."""
    with place.scratch() as folder:
        runs = _quiet_files(folder / "runs")
        command = [LABTOP, str(runs), "--poll", "--index", str(folder / "index.duckdb")]
        with terminal_of(command, folder) as terminal:
            until_read(terminal, _FILES, _PATIENCE_S)
            settle(terminal, 3.0)
            pid = terminal.process.pid
            before, began = processor_s(pid), time.perf_counter()
            read_for(terminal, _WATCHED_S)
            share = 100 * (processor_s(pid) - before) / (time.perf_counter() - began)
    return [Figure("10,000 quiet files by polling, share of a core", share, "%", 2)]


def _quiet_files(directory: Path) -> Path:
    for _ in write(directory, Plan(runs=_FILES, steps=2, metrics=2, files=_FILES)):
        pass
    for number, log in enumerate(sorted(directory.iterdir())):
        folder = directory / f"group{number * _FOLDERS // _FILES:02}"
        folder.mkdir(exist_ok=True)
        log.rename(folder / log.name)
    moment = time.time() - _QUIET_S
    for path in (directory, *directory.rglob("*")):
        os.utime(path, (moment, moment))
    return directory
