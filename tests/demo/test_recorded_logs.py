from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from labtop.demo.outcome import outcome
from labtop.demo.record import recipes
from tests.demo.conftest import Read, told

DATA = Path(__file__).parents[1] / "data" / "demo"
SWEEP, FOUR = recipes()


def test_every_recipe_is_recorded_and_all_together_are_small() -> None:
    logs = {str(path.parent.relative_to(DATA)): path.stat().st_size for path in DATA.rglob("events.jsonl")}
    assert logs.keys() == {recipe.name for recipe in (*SWEEP, *FOUR)}
    assert sum(logs.values()) < 400_000
    assert sum(logs[recipe.name] for recipe in FOUR) < 250_000


@pytest.mark.parametrize("recipe", [*SWEEP, *FOUR], ids=lambda recipe: recipe.name)
def test_a_recorded_log_is_of_its_recipe_and_names_no_machine(recipe: Any, read_events: Read) -> None:
    events = read_events(DATA / recipe.name / "events.jsonl")
    assert events[0]["event"] == "run"
    run = told(events)
    assert run["params"] == recipe.params()
    assert (run["user"], run["host"], run["pid"]) == ("demo", "demo", 4242)
    assert "labtop.demo.train --out runs --" in " ".join(run["command"])
    assert [event["time"] for event in events] == sorted(event["time"] for event in events)
    assert events[-1]["event"] == "end"
    assert ' File "/' not in events[-1].get("traceback", "")


def test_the_recorded_runs_end_in_all_ways_there_are() -> None:
    ends = {recipe.name: outcome(DATA / recipe.name / "events.jsonl") for recipe in (*SWEEP, *FOUR)}
    assert ends["adam-w64"].status == "finished"
    assert ends["adam-w64"].best > 0.95
    assert ends["sgd-w12"].best < ends["adam-w64"].best
    assert ends["adamw-w48"].status == "failed"
    assert [name for name, end in ends.items() if end.status == "killed"] == [SWEEP[-1].name]


def test_one_recorded_run_diverged(read_events: Read) -> None:
    events = read_events(DATA / "momentum-w96" / "events.jsonl")
    losses = [float(event["val/loss"]) for event in events if "val/loss" in event]
    assert math.isfinite(losses[0])
    assert math.isnan(losses[-1])
