from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from labtop.demo.outcome import outcome
from labtop.demo.recipe import Recipe
from labtop.demo.record import keep
from labtop.demo.session import PATIENCE, Pace, Session, Stopped
from labtop.demo.training import Training
from labtop.demo.trainings import Trainings
from tests.demo.conftest import Begin, Events, Read, told


@pytest.fixture
def logged(begin: Begin, tmp_path: Path, read_events: Read) -> Callable[[Recipe], Events]:
    """Trains in this process, and what its log says."""

    def train(recipe: Recipe) -> Events:
        run = begin(tmp_path / recipe.name)
        Session(recipe, Training(recipe), run, Pace(0, None)).train()
        run.finish()
        return read_events(run.path)

    return train


def test_a_session_writes_goals_then_measures_at_their_steps(short: Recipe, logged: Callable[[Recipe], Events]) -> None:
    events = logged(short)
    goals = {event["name"]: event.get("goal") for event in events if event["event"] == "metric"}
    assert goals["val/loss"] == "min"
    assert goals["val/acc"] == "max"
    metrics = [event for event in events if event["event"] == "metrics"]
    assert [event["step"] for event in metrics if "train/loss" in event] == list(range(10, 121, 10))
    assert [event["step"] for event in metrics if "val/acc" in event] == [0, 40, 80, 120]
    assert all(event["samples_per_s"] > 0 for event in metrics if "train/loss" in event)
    assert {"epoch", "train/loss", "train/acc", "lr", "grad_norm"} <= metrics[1].keys()


def test_a_diverged_session_logs_nan_for_a_while_says_so_and_stops(logged: Callable[[Recipe], Events]) -> None:
    recipe = Recipe("hot", optimizer="momentum", lr=50.0, warmup=1, steps=5_000, validate_every=10)
    events = logged(recipe)
    texts = [event["text"] for event in events if event["event"] == "log" and event["level"] == "error"]
    assert texts[0].startswith("the validation loss is")
    assert texts[-1] == f"stopped early: the validation loss was not finite {PATIENCE} times"
    losses = [float(event["train/loss"]) for event in events if "train/loss" in event]
    assert math.isfinite(losses[0])
    assert sum(map(math.isnan, losses)) > PATIENCE
    assert max(event.get("step", 0) for event in events) < recipe.steps


def test_milestones_are_said_once(begin: Begin, tmp_path: Path, read_events: Read) -> None:
    recipe, run = Recipe("r"), begin(tmp_path / "r")
    session = Session(recipe, Training(recipe), run, Pace(0, None))
    for step, accuracy in enumerate((0.5, 0.85, 0.7, 0.96)):
        session.remark(step, {"val/loss": 0.1, "val/acc": accuracy})
    texts = [event["text"].split() for event in read_events(run.path) if event["event"] == "log"]
    assert [(words[3], words[-1]) for words in texts] == [("80%", "1"), ("90%", "3"), ("95%", "3")]


def test_a_training_whose_parent_is_another_process_stops() -> None:
    with pytest.raises(Stopped, match="gone"):
        Pace(0, os.getppid() + 1).wait()


def test_the_outcome_is_that_of_the_last_attempt(begin: Begin, tmp_path: Path) -> None:
    run = begin(tmp_path / "r")
    run.log({"val/acc": 0.9}, step=9)
    run.describe(git={"dirty": True})
    assert (outcome(run.path).status, outcome(run.path).step, outcome(run.path).best) == ("running", 9, 0.9)
    run.finish("failed", error="IndexError: no")
    assert (outcome(run.path).status, outcome(run.path).best, outcome(run.path).error) == (
        "failed",
        0.9,
        "IndexError: no",
    )
    run = begin(tmp_path / "r")
    run.log({"val/acc": 0.5}, step=4)
    run.log({"val/acc": math.nan}, step=5)
    assert (outcome(run.path).status, outcome(run.path).step) == ("running", 5)
    assert (outcome(run.path).best, outcome(run.path).best_step, outcome(run.path).error) == (0.5, 4, "")


def test_what_is_kept_of_a_log_has_another_time_and_no_trace_of_this_machine(tmp_path: Path, read_events: Read) -> None:
    scratch = tmp_path / "scratch"
    with Trainings([Recipe("dying", width=4, curriculum=300)], speed=0) as trainings:
        trainings.start(scratch)
        trainings.wait()
    first, *_, last = events = read_events(scratch / "dying" / "events.jsonl")
    ended = keep("dying", scratch, tmp_path / "kept", 2e9)
    kept = read_events(tmp_path / "kept" / "dying" / "events.jsonl")
    assert kept[0]["time"] == 2e9
    assert ended == pytest.approx(2e9 + last["time"] - first["time"], abs=1e-3)
    run = told(kept)
    assert (run["user"], run["host"], run["pid"]) == ("demo", "demo", 4242)
    assert run["command"][:6] == [Path(sys.executable).name, "-P", "-m", "labtop.demo.train", "--out", "runs"]
    assert run["env"]["packages"].keys() == {"labtop", "numpy"}
    assert told(events).keys() >= {"pid_started", "hardware"}
    assert not run.keys() & {"pid_started", "hardware", "slurm", "launcher"}
    assert run.get("git", {}).keys() <= {"commit", "branch", "dirty"}
    assert 'File "labtop/demo/train.py"' in kept[-1]["traceback"]
    text = (tmp_path / "kept" / "dying" / "events.jsonl").read_text(encoding="utf-8")
    for trace in (str(tmp_path), str(Path(__file__).parents[2]), sys.prefix, f'"{os.uname().nodename}"'):
        assert trace not in text
