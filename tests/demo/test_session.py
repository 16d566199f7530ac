from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labtop.demo.log import EventLog
from labtop.demo.outcome import outcome
from labtop.demo.recipe import Recipe
from labtop.demo.record import keep
from labtop.demo.session import PATIENCE, Pace, Session, Stopped
from labtop.demo.training import Training

Read = Callable[[Path], list[dict[str, Any]]]


def logged(recipe: Recipe, folder: Path, read: Read) -> list[dict[str, Any]]:
    log = EventLog(folder)
    Session(recipe, Training(recipe), log, Pace(0, None)).run()
    log.close()
    return read(folder / "events.jsonl")


def test_a_session_writes_goals_then_measures_at_their_steps(short: Recipe, tmp_path: Path, read_events: Read) -> None:
    events = logged(short, tmp_path, read_events)
    goals = {event["name"]: event.get("goal") for event in events if event["event"] == "metric"}
    assert goals["val/loss"] == "min"
    assert goals["val/acc"] == "max"
    metrics = [event for event in events if event["event"] == "metrics"]
    assert [event["step"] for event in metrics if "train/loss" in event] == list(range(10, 121, 10))
    assert [event["step"] for event in metrics if "val/acc" in event] == [0, 40, 80, 120]
    assert all(event["samples_per_s"] > 0 for event in metrics if "train/loss" in event)
    assert {"epoch", "train/loss", "train/acc", "lr", "grad_norm"} <= metrics[1].keys()


def test_a_diverged_session_logs_nan_for_a_while_says_so_and_stops(tmp_path: Path, read_events: Read) -> None:
    recipe = Recipe("hot", optimizer="momentum", lr=50.0, warmup=1, steps=5_000, validate_every=10)
    events = logged(recipe, tmp_path, read_events)
    texts = [event["text"] for event in events if event["event"] == "log" and event["level"] == "error"]
    assert texts[0].startswith("the validation loss is")
    assert texts[-1] == f"stopped early: the validation loss was not finite {PATIENCE} times"
    losses = [event["train/loss"] for event in events if "train/loss" in event]
    assert math.isfinite(losses[0])
    assert sum(map(math.isnan, losses)) > PATIENCE
    assert events[-2]["step"] < recipe.steps


def test_milestones_are_said_once(tmp_path: Path, read_events: Read) -> None:
    log = EventLog(tmp_path)
    recipe = Recipe("r")
    session = Session(recipe, Training(recipe), log, Pace(0, None))
    for step, accuracy in enumerate((0.5, 0.85, 0.7, 0.96)):
        session.remark(step, {"val/loss": 0.1, "val/acc": accuracy})
    log.close()
    said = [(event["text"].split()[3], event["text"].split()[-1]) for event in read_events(tmp_path / "events.jsonl")]
    assert said == [("80%", "1"), ("90%", "3"), ("95%", "3")]


def test_two_logs_on_one_file_never_mix_within_a_line(tmp_path: Path, read_events: Read) -> None:
    logs = [EventLog(tmp_path), EventLog(tmp_path)]
    for number in range(50):
        logs[number % 2].write("log", text="ü" * number, who=number % 2)
    for log in logs:
        log.close()
    assert [event["who"] for event in read_events(tmp_path / "events.jsonl")] == [0, 1] * 25


def test_a_training_whose_parent_is_another_process_stops() -> None:
    with pytest.raises(Stopped, match="gone"):
        Pace(0, os.getppid() + 1).wait()


def test_the_outcome_is_that_of_the_last_attempt(tmp_path: Path) -> None:
    log = EventLog(tmp_path)
    path = tmp_path / "events.jsonl"
    log.write("run")
    log.write("metrics", step=9, **{"val/acc": 0.9})
    log.write("end", status="failed", error="IndexError: no")
    assert (outcome(path).status, outcome(path).best, outcome(path).error) == ("failed", 0.9, "IndexError: no")
    log.write("run")
    log.write("metrics", step=4, **{"val/acc": 0.5})
    log.write("metrics", step=5, **{"val/acc": math.nan})
    log.close()
    assert (outcome(path).status, outcome(path).step) == ("running", 5)
    assert (outcome(path).best, outcome(path).best_step, outcome(path).error) == (0.5, 4, "")


def test_what_is_kept_of_a_log_has_another_time_and_no_trace_of_this_machine(tmp_path: Path, read_events: Read) -> None:
    scratch = tmp_path / "scratch"
    log = EventLog(scratch / "a")
    log.write("run", user="ana", host="lab1", pid=77, command=["--out", str(scratch)])
    log.write("end", status="failed", traceback=f'File "{Path(__file__)}"')
    log.close()
    first, last = read_events(scratch / "a" / "events.jsonl")
    ended = keep("a", scratch, tmp_path / "kept", 2e9)
    run, end = read_events(tmp_path / "kept" / "a" / "events.jsonl")
    assert (run["user"], run["host"], run["pid"], run["command"]) == ("demo", "demo", 4242, ["--out", "runs"])
    assert run["time"] == 2e9
    assert ended == pytest.approx(2e9 + last["time"] - first["time"], abs=1e-3)
    assert end["traceback"] == 'File "tests/demo/test_session.py"'
