"""Keys in the charts of the real program: a zoom of nine charts, and any key while ingest runs."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.charts_record import Box, Effect, Recorder, recorder_of
from benchmarks.harness import Figure, median, percentile
from benchmarks.late import Found, found
from benchmarks.lateness import Late, idle_loop
from benchmarks.place import Place
from benchmarks.processes import LABTOP, started
from benchmarks.ui import leave, settle, until, until_read
from labtop.store import Store
from labtop.store.model import SeriesQuery
from labtop.synthetic.plan import Plan

PLAN = Plan(runs=8, steps=100_000, metrics=9)
_SIZE = (160, 48)
_BUCKETS = 53  # columns of a chart, one of three beside each other
_PATIENCE_S = 300.0
_LINES_PER_S = 2_000
_ZOOMS = ("+", "-")
_RIGHT = "\x1b[C"
_KEYS = ("+", "[", "]", _RIGHT, "}", "{", "-", "0")


def zoom(place: Place) -> list[Figure]:
    """Nine charts of eight runs of 100,000 steps, 3 by 3 on 160 x 48: zoomed in and out with `+` and `-`.

    A zoom takes from the key to the end of the frame after which no chart changes any more, so with all queries; each
    of the nine has changed. How late the event loop was is told of the time from the key to a second after that moment.
    The queries alone are asked in this process, of windows as a zoom makes them.
    """
    directory, index = place.warm(PLAN)
    with place.scratch() as folder:
        arguments = [str(directory), "--index", str(index)]
        command = [sys.executable, "-m", "benchmarks.probe", str(folder / "samples.json"), *arguments]
        with idle_loop(folder / "idle.json"), recorder_of(command, folder, _SIZE) as recorder:
            boxes = _open(recorder, PLAN, 4, 6, 9)
            turns = 4 if place.quick else 15
            effects = [_zoomed(recorder, key, boxes) for _ in range(turns) for key in _ZOOMS]
            leave(recorder)
        late = found(folder)
    whole = [1000 * max(effect.last.values()) for effect in effects]
    first = [1000 * min(effect.first.values()) for effect in effects]
    return [
        Figure("zoom of 9 charts x 8 runs x 100,000 steps, to the last of them", median(whole), "ms", 150),
        Figure("to the first of them", median(first), "ms"),
        Figure("its queries alone, warm", _queries_ms(directory, index, 5 if place.quick else 15), "ms"),
        *_late_figures(late, effects),
    ]


def _zoomed(recorder: Recorder, key: str, boxes: Sequence[Box]) -> Effect:
    effect = recorder.press(key, boxes, len(boxes), 5.0, quiet_s=1.0)
    if len(effect.last) < len(boxes):
        raise RuntimeError(f"{key!r} changed {len(effect.last)} of {len(boxes)} charts:\n{recorder.text()}")
    return effect


def _late_figures(late: Found, effects: Sequence[Effect]) -> list[Figure]:
    """The latest that any call was during the zooms, and the latest of the median zoom."""
    ours, idle = ([_most_ms(each, effect) for effect in effects] for each in (late.late, late.idle))
    return [
        Figure("event loop late meanwhile, most of all", max(ours), "ms", 20, max(idle), "an idle loop"),
        Figure(
            "event loop late meanwhile, most of the median zoom", median(ours), "ms", 20, median(idle), "an idle loop"
        ),
    ]


def _most_ms(late: Sequence[Late], effect: Effect) -> float:
    return 1000 * max((seconds for due, seconds in late if effect.begin <= due <= effect.end), default=0.0)


def _queries_ms(directory: Path, index: Path, turns: int) -> float:
    """The nine questions of a zoomed page, median."""
    taken = []
    with Store.open(directory, index=index) as store:
        for turn in range(turns + 1):
            window = (10_000.0 + 500 * turn, 60_000.0 + 500 * turn)
            queries = [
                SeriesQuery(tuple(range(PLAN.runs)), metric, window=window, buckets=_BUCKETS)
                for metric in PLAN.metric_names()
            ]
            began = time.perf_counter()
            answers = store.several_curves(queries)
            taken.append(1000 * (time.perf_counter() - began))
            assert all(len(series) for answer in answers for series in answer.series[:1])
    return median(taken[1:])


def key(place: Place) -> list[Figure]:
    """A key in the charts of eight runs of 100,000 steps, Plots as it opens on 160 x 48, while 2,000 lines/s come in.

    The lines are appended to four other runs of the same directory, so that nothing but the key changes a chart: the
    eight are marked. Repainted is at the end of the first frame that changes the chart with the focus.
    """
    with place.scratch() as folder, _reading(place, folder) as (recorder, boxes):
        turns = 4 if place.quick else 15
        effects = [(name, recorder.press(name, boxes, 1, 0.8)) for _ in range(turns) for name in _KEYS]
        leave(recorder)
    dead = {name for name, effect in effects if boxes[0] not in effect.first}
    if dead:
        raise RuntimeError(f"keys that did not change the chart with the focus: {sorted(dead)}")
    first = [1000 * effect.first[boxes[0]] for _, effect in effects]
    last = [1000 * max(effect.last.values()) for _, effect in effects]
    return [
        Figure("key to repaint, 8 runs x 100,000 steps, 2,000 lines/s coming in, p95", percentile(first, 95), "ms", 50),
        Figure("the same, p50", median(first), "ms"),
        Figure(f"until all {len(boxes)} charts stand still, p95", percentile(last, 95), "ms"),
    ]


@contextmanager
def _reading(place: Place, folder: Path) -> Iterator[tuple[Recorder, list[Box]]]:
    """The program with the eight runs in Plots, others growing; the chart with the focus is the first."""
    runs = folder / "runs"
    shutil.copytree(place.made(PLAN), runs)
    command = [LABTOP, str(runs), "--index", str(folder / "index.duckdb")]
    with recorder_of(command, folder, _SIZE) as recorder:
        until_read(recorder, PLAN.runs, _PATIENCE_S)
        recorder.type("a")
        boxes = _open(recorder, PLAN, 4)
        amounts = {"--runs": 4, "--steps": 10**6, "--metrics": PLAN.metrics, "--rate": _LINES_PER_S}
        words = (str(word) for amount in amounts.items() for word in amount)
        with started([LABTOP, "generate", str(runs / "growing"), *words]):
            until(recorder, lambda: f" {PLAN.runs + 4} runs" in recorder.line(0))
            recorder.record(2.0)
            yield recorder, boxes


def _open(recorder: Recorder, plan: Plan, *counts: int) -> list[Box]:
    """Plots with so many charts on the page: those of the grid as it opens, then of each larger one."""
    until_read(recorder, plan.runs, _PATIENCE_S)
    recorder.type("2")
    for place, count in enumerate(counts):
        if place:
            recorder.type(")")
        until(recorder, partial(_has_charts, recorder, plan, count))
        settle(recorder)
    return _titles(recorder, plan)


def _has_charts(recorder: Recorder, plan: Plan, count: int) -> bool:
    return len(_titles(recorder, plan)) == count


def _titles(recorder: Recorder, plan: Plan) -> list[Box]:
    return recorder.boxes(plan.metric_names())
