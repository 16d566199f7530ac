"""Reading for the first time, without a screen: set A against DuckDB's own reader, and ten million points."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.harness import Figure, in_turns
from benchmarks.place import SET_A, Place
from benchmarks.processes import Reader, read_cold
from labtop.synthetic.plan import Plan

_TEN_MILLION_POINTS = Plan(runs=100, steps=10_000, metrics=10)
# What users of Aim saw for as many: https://github.com/aimhubio/aim/issues/963.
_AIM_S = 150


def set_a(place: Place) -> list[Figure]:
    """Set A into an index on disk, in turns with DuckDB's `read_ndjson` into a table on disk."""
    ours, theirs = in_turns(3 if place.quick else 5, _cold(place, SET_A, "labtop"), _cold(place, SET_A, "duckdb"))
    return [Figure("set A into an index", ours, "s", None, theirs, "DuckDB's read_ndjson into a table", aim_ratio=2)]


def ten_million_points(place: Place) -> list[Figure]:
    """100 runs with 10 metrics of 10,000 steps."""
    (seconds,) = in_turns(1 if place.quick else 3, _cold(place, _TEN_MILLION_POINTS, "labtop"))
    return [Figure("10 M points into an index", seconds, "s", 10, _AIM_S, "told by users of Aim")]


def _cold(place: Place, plan: Plan, reader: Reader) -> Callable[[], float]:
    directory = place.made(plan)

    def measure() -> float:
        with place.scratch() as folder:
            return read_cold(reader, directory, folder / "lines.duckdb")

    return measure
