"""A frame of twenty charts in the real program, by what its process does for it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.charts_record import recorder_of
from benchmarks.harness import Figure, median
from benchmarks.place import Place
from labtop.synthetic.plan import Plan

PLAN = Plan(runs=1, steps=50_000, metrics=20)
_SIZE = (250, 70)


def measure(place: Place) -> list[Figure]:
    """Twenty charts of one run with 50,000 steps, 4 rows of 5, on a pseudo-terminal of 250 x 70.

    A frame is all that the program does from the change to the bytes handed to the thread that writes them: the
    reactives, the drawing of the charts that changed, Textual's compositor, and the sequences for the terminal. Not in
    it is the time in which it waits for Textual's clock, which makes at most 60 frames a second.

    Unchanged: every chart is to be repainted, and is found to show what the terminal shows. One dirty: one chart after
    the other gets its curve upside down, so that nearly all of its cells differ; all dirty: all of them at once. Whole:
    all of the screen is written anew, as for a terminal that has lost it.
    """
    told = frames(place, PLAN, (4, 5), _SIZE, 20 if place.quick else 200)
    count, size = told["charts"][0], f"{_SIZE[0]} x {_SIZE[1]}"
    return [
        Figure(f"frame of {count:.0f} charts x 50,000 steps, data unchanged", median(told["unchanged"]), "ms", 13),
        Figure("one of them dirty", median(told["one"]), "ms", 5),
        Figure("all of them dirty", median(told["all"]), "ms"),
        Figure(f"the whole screen of {size} written anew", median(told["whole"]), "ms"),
        Figure("bytes of that", median(told["bytes"]), "B"),
    ]


def frames(
    place: Place, plan: Plan, shape: tuple[int, int], size: tuple[int, int], turns: int
) -> dict[str, list[float]]:
    """What `benchmarks.charts_frame_probe` tells of a run directory in a grid of this shape."""
    directory, index = place.warm(plan)
    with place.scratch() as folder:
        told = folder / "frames.json"
        words = [str(told), str(turns), *map(str, shape), str(directory), "--index", str(index)]
        command = [sys.executable, "-m", "benchmarks.charts_frame_probe", *words]
        with recorder_of(command, folder, size) as recorder:
            while recorder.process.poll() is None:
                recorder.record(0.5, quiet_s=0.1)
            return _read(told)


def _read(told: Path) -> dict[str, list[float]]:
    if not told.exists():
        raise RuntimeError("nothing was measured: the charts were never drawn")
    found: dict[str, list[float]] = json.loads(told.read_text())
    return found
