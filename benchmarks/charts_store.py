"""Curves from the store to strips, without a screen: a huge run, and runs that grow."""

from __future__ import annotations

import json
import shutil
import sys
import time
from itertools import islice
from pathlib import Path

from benchmarks.harness import Figure, median
from benchmarks.place import Place
from benchmarks.processes import output_of
from labtop.store import Store
from labtop.store.model import Curves, SeriesQuery
from labtop.synthetic.plan import Plan

_HUGE = Plan(runs=1, steps=10_000_000, metrics=1)
_LARGE = Plan(runs=1, steps=1_000_000, metrics=1)
_MANY = Plan(runs=50, steps=2_000, metrics=6)
_GROWING, _POINTS = 10, 5
_BUCKETS = 160


def huge(place: Place) -> list[Figure]:
    """One series of 10 M points, or of 1 M where it shall be quick: all of it asked for and drawn, 160 x 48.

    The first time: the first question of a process that has imported everything. Again: with zooms into other places
    between, so that no answer is the last one; the zooms show 1 % of all points.
    """
    plan = _LARGE if place.quick else _HUGE
    directory, index = place.warm(plan)
    command = [sys.executable, "-m", "benchmarks.charts_asking", str(directory), str(index), *plan.metric_names()]
    told = [json.loads(output_of(command)) for _ in range(3 if place.quick else 5)]
    name = f"{plan.steps // 1_000_000} M points of one series"
    return [
        Figure(f"{name}, fit and drawn, the first time", median(each["first"] for each in told), "ms", 150),
        Figure(f"{name}, fit and drawn, again", median(ms for each in told for ms in each["again"]), "ms", 150),
        Figure(f"{name}, zoomed to 1 % and drawn", median(ms for each in told for ms in each["zoomed"]), "ms"),
        Figure(f"{name}, drawing alone", median(ms for each in told for ms in each["drawn"]), "ms"),
    ]


def refresh(place: Place) -> list[Figure]:
    """The curves of 50 runs of 2,000 points, 10 of which grew by five points since they were asked for last.

    Where only the new points are read, this takes a part of the first answer, and the same again when nothing grew.
    """
    return grown(place, _MANY, 10 if place.quick else 40)


def grown(place: Place, plan: Plan, turns: int) -> list[Figure]:
    """Ask, append, read, ask again, so many times."""
    first, again, idle = [], [], []
    query = SeriesQuery(tuple(range(plan.runs)), plan.metric_names()[0], buckets=_BUCKETS)
    with place.scratch() as folder:
        shutil.copytree(place.made(plan), folder / "runs")
        logs = sorted((folder / "runs").glob("*/*.jsonl"))[:_GROWING]
        with Store.open(folder / "runs", index=folder / "index.duckdb") as store:
            store.catch_up()
            first.append(_asked_ms(store, query)[0])
            for turn in range(turns):
                for log in logs:
                    _grow(log, plan.steps + _POINTS * turn)
                store.catch_up()
                taken, curves = _asked_ms(store, query)
                again.append(taken)
                _check(curves, plan.steps + _POINTS * (turn + 1), len(logs))
                idle.append(_asked_ms(store, query)[0])
    name = f"curves of {plan.runs} runs x {plan.steps:,} points"
    return [
        Figure(f"{name}, {len(logs)} grown", median(again), "ms", 50, median(first), "the first answer"),
        Figure(f"{name}, none grown", median(idle), "ms", None, median(first), "the first answer"),
    ]


def _asked_ms(store: Store, query: SeriesQuery) -> tuple[float, Curves]:
    began = time.perf_counter()
    (curves,) = store.several_curves([query])
    return 1000 * (time.perf_counter() - began), curves


def _grow(log: Path, done: int) -> None:
    """More lines, like the last one, with the steps after `done`."""
    with log.open("rb") as file:
        like = json.loads(next(islice(file, 1)))
    with log.open("a") as file:
        for step in range(done + 1, done + 1 + _POINTS):
            file.write(json.dumps({**like, "step": step, "time": like["time"] + step - like["step"]}) + "\n")


def _check(curves: Curves, last: int, growing: int) -> None:
    """All new points are there."""
    grown = sum(len(each) > 0 and each.x[-1] == last for each in curves.series)
    if grown != growing:
        raise RuntimeError(f"{grown} of {growing} curves end at step {last}")
