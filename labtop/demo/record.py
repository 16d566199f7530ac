"""Record logs of real trainings to keep: `python -m labtop.demo.record DIR`. Takes five minutes.

The four of the demo and a small sweep of the day before, as their processes wrote them, but for what differs from
machine to machine and hour to hour: user, host, process id, folder and date are replaced.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from labtop.demo.recipe import FOUR, Recipe
from labtop.demo.trainings import Trainings

EVENING, MORNING = 1_767_288_600.0, 1_767_346_200.0
PAUSE_S = 90.0
STOPPED_AFTER_S = 33.0
NEUTRAL = {"user": "demo", "host": "demo", "pid": 4242}
OF_RECIPE = frozenset(("event", "time", "params", "seed", "total_steps", "tags", "group", "data", "expect_next_in"))
OF_CODE = {"git": ("commit", "branch", "dirty"), "env": ("python", "packages")}
PACKAGES = ("labtop", "numpy")


def recipes() -> tuple[tuple[Recipe, ...], tuple[Recipe, ...]]:
    """The sweep, over learning rate, width and seed on less noisy data, and the four; both with few lines."""
    sweep = tuple(
        Recipe(
            f"sweep/adam-lr{lr:g}-w{width}-s{seed}",
            lr=lr,
            width=width,
            seed=seed,
            steps=3_200,
            noise=0.12,
            group="sweep",
            tags="sweep",
            log_every=64,
            validate_every=128,
        )
        for lr, width, seed in product((0.003, 0.01), (16, 48), (1, 2))
    )
    return sweep, tuple(replace(recipe, log_every=40, validate_every=120) for recipe in FOUR)


def record(sweep: Iterable[Recipe], four: Iterable[Recipe], directory: Path) -> None:
    """Train all at the demo's pace, the last of the sweep stopped by hand, and keep their logs in `directory`."""
    *whole, stopped = sweep
    four = tuple(four)
    with tempfile.TemporaryDirectory() as scratch:
        with Trainings((*whole, *four)) as others, Trainings((stopped,)) as last:
            others.start(Path(scratch))
            last.start(Path(scratch))
            time.sleep(STOPPED_AFTER_S)
            last.stop()
            others.wait()
        at = EVENING
        for recipe in (*whole, stopped):
            at = PAUSE_S + keep(recipe.name, Path(scratch), directory, at)
        for recipe in four:
            keep(recipe.name, Path(scratch), directory, MORNING)


def keep(name: str, scratch: Path, directory: Path, start: float) -> float:
    """Copy the log of a run with its traces of this machine replaced and its first line at `start`; the last time."""
    source = scratch / name / "events.jsonl"
    text = source.read_text(encoding="utf-8").replace(str(scratch), "runs")
    events = [json.loads(line) for line in text.splitlines()]
    shift = start - events[0]["time"]
    lines = [json.dumps(neutral(event, shift), ensure_ascii=False) + "\n" for event in events]
    target = directory / name / source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(lines), encoding="utf-8")
    ended: float = events[-1]["time"] + shift
    return ended


def neutral(event: dict[str, Any], shift: float) -> dict[str, Any]:
    """The event at another time, without what tells of this machine or of the place of this checkout."""
    out = described(event) if event.get("event") == "run" else dict(event)
    out["time"] = round(event["time"] + shift, 3)
    if "traceback" in out:
        out["traceback"] = out["traceback"].replace(f"{Path(__file__).parents[2]}/", "")
    return out


def described(run: dict[str, Any]) -> dict[str, Any]:
    """Of a `run` event what would be the same elsewhere, and stand-ins for user, host and process."""
    out: dict[str, Any] = {
        key: NEUTRAL.get(key, value) for key, value in run.items() if key in OF_RECIPE or key in NEUTRAL
    }
    for key, names in OF_CODE.items():
        if key in run:
            out[key] = {name: run[key][name] for name in names if name in run[key]}
    if packages := out.get("env", {}).get("packages"):
        out["env"]["packages"] = {name: packages[name].split()[0] for name in PACKAGES if name in packages}
    if "command" in run:
        interpreter, *words = run["command"]
        out["command"] = [Path(interpreter).name, *words]
    return out


def main(argv: list[str]) -> int:
    """Record into the folder that is named."""
    parser = argparse.ArgumentParser(
        prog="python -m labtop.demo.record", description="Record the logs of real trainings."
    )
    parser.add_argument("directory", type=Path, metavar="DIR")
    record(*recipes(), parser.parse_args(argv).directory)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
