"""1,701 runs of which one grows: what the table in sight costs, and whether its cursor stays where it is."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.charts_record import Chunk, Recorder, bursts, recorder_of
from benchmarks.harness import Figure
from benchmarks.place import Place
from benchmarks.processes import LABTOP, started
from benchmarks.table_screen import LINES, SIZE
from benchmarks.ui import leave, processor_s, settle, until, until_read
from labtop.synthetic.plan import Plan

_PLAN: Final = Plan(runs=1_701, steps=100, metrics=6, files=1_701)
_PAUSE_MS: Final = 10
_WARM_S: Final = 5.0
_READ_S: Final = 300.0
_DOWN: Final = "\x04" * 4 + "j" * 20  # to a run in the middle of the table, and of the screen
_LINE: Final = LINES.start + 20  # of the screen, then
_GROWING: Final = _PLAN.runs - 1 - 95  # newest first, it stands some lines above the cursor
_SORTED_BY: Final = "train/loss"
_FRAME_S: Final = 0.003
_RULE: Final = "│"


def measure(place: Place) -> list[Figure]:
    """One run of 1,701 gets a line every 10 ms; the table and its charts are in sight on 140 x 45.

    Newest runs first, the rows stay and that which grows is in sight; then sorted by a metric of which it has another
    value with each line, so that it goes up and down past the cursor.
    """
    seconds = 10.0 if place.quick else 20.0
    with place.scratch() as folder, _open(place, folder) as recorder:
        idle = _share(recorder, seconds)[0]
        with started(_writer(folder / "runs")):
            until(recorder, lambda: "▶1" in recorder.line(0))
            recorder.type("g")
            recorder.type(_DOWN)
            steady, lost = _watched(recorder, seconds)
            _sort(recorder)
            sorted_, lost_sorted = _watched(recorder, seconds)
        leave(recorder)
    runs = "1,701 runs, one gets a line every 10 ms"
    return [
        Figure(f"{runs}: share of a core", steady, "%", 25, idle, "none grows"),
        Figure("the same, sorted by a metric that changes", sorted_, "%", None, idle, "none grows"),
        Figure("frames in which the cursor is on another run or line", lost, "", 0),
        Figure("the same, sorted by a metric that changes", lost_sorted, "", 0),
    ]


@contextmanager
def _open(place: Place, folder: Path) -> Iterator[Recorder]:
    """The program with a copy of the runs, which has been read."""
    runs = folder / "runs"
    shutil.copytree(place.made(_PLAN), runs)
    with recorder_of([LABTOP, str(runs), "--index", str(folder / "index.duckdb")], folder, SIZE) as recorder:
        until_read(recorder, _PLAN.runs, _READ_S)
        settle(recorder)
        yield recorder


def _writer(runs: Path) -> list[str]:
    """Goes on with a run that had ended."""
    path = runs / next(path for path, numbers in _PLAN.shares() if _GROWING in numbers)
    words = (path, _PLAN.name(_GROWING), _PLAN.steps + 1, _PAUSE_MS, *_PLAN.metric_names())
    return [sys.executable, "-m", "benchmarks.table_writer", *map(str, words)]


def _sort(recorder: Recorder) -> None:
    """By a metric, and the cursor down again: sorting puts it on the first run."""
    recorder.type("s")
    until(recorder, lambda: "Sort by" in recorder.text())
    recorder.type(_SORTED_BY)
    until(recorder, lambda: f"{_SORTED_BY} " in recorder.text())
    recorder.type("\r")
    until(recorder, lambda: _cursor(recorder)[0] == LINES.start)
    recorder.type(_DOWN)


def _watched(recorder: Recorder, seconds: float) -> tuple[float, int]:
    """The share of a core, and how many frames did not have the cursor where it was in the first."""
    _show(recorder, recorder.record(_WARM_S))
    first = _cursor(recorder)
    if first[0] != _LINE:
        raise RuntimeError(f"the cursor is not on line {_LINE}:\n{recorder.text()}")
    share, chunks = _share(recorder, seconds)
    return share, sum(cursor != first for cursor in _show(recorder, chunks))


def _share(recorder: Recorder, seconds: float) -> tuple[float, list[Chunk]]:
    """Of a core, in per cent, that all processes of the program take; and what they wrote."""
    pid = recorder.process.pid
    before, began = processor_s(pid), time.perf_counter()
    chunks = recorder.record(seconds)
    return 100 * (processor_s(pid) - before) / (time.perf_counter() - began), chunks


def _show(recorder: Recorder, chunks: list[Chunk]) -> list[tuple[int, str]]:
    """Where the cursor is after each frame."""
    places = []
    for _, data in bursts(chunks, _FRAME_S):
        recorder.show(data)
        places.append(_cursor(recorder))
    return places


def _cursor(recorder: Recorder) -> tuple[int, str]:
    """Its line and the name there."""
    for row in range(1, recorder.screen.lines):
        if recorder.screen.buffer[row][0].data == "›":
            return row, recorder.line(row)[4:].partition(_RULE)[0].strip()
    return 0, ""
