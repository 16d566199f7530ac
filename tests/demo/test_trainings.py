"""The processes: real ones. A named pipe in place of the log lets a test wait for lines, and see the last writer go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pytest

from labtop.demo.recipe import Recipe
from labtop.demo.trainings import Trainings

Read = Callable[[Path], list[dict[str, Any]]]
LONG = Recipe("long", width=4, steps=10_000_000)
KILLED = 143


def pipe_for(recipe: Recipe, directory: Path) -> Path:
    folder = directory / recipe.name
    folder.mkdir()
    os.mkfifo(folder / "events.jsonl")
    return folder / "events.jsonl"


def read_until_metrics(pipe: IO[str]) -> None:
    assert any('"event": "metrics"' in line for line in pipe)


def test_trainings_end_by_themselves_and_repeat_to_the_last_digit(
    short: Recipe, tmp_path: Path, read_events: Read
) -> None:
    with Trainings([short, replace(short, name="again")], speed=0) as trainings:
        trainings.start(tmp_path)
        assert trainings.wait() == [0, 0]
    runs = [read_events(tmp_path / name / "events.jsonl") for name in ("short", "again")]
    for events in runs:
        assert events[0]["event"] == "run"
        assert (events[-1]["event"], events[-1]["status"], events[-1]["exit_code"]) == ("end", "finished", 0)
        for event in events:
            event.pop("time"), event.pop("samples_per_s", None)
    assert runs[0][1:] == runs[1][1:]


def test_the_run_event_says_what_it_takes_to_repeat_it(short: Recipe, tmp_path: Path, read_events: Read) -> None:
    with Trainings([short], speed=0) as trainings:
        trainings.start(tmp_path)
        pid = trainings.started[0].process.pid
        trainings.wait()
    log = tmp_path / "short" / "events.jsonl"
    run, *events = read_events(log)
    assert run["name"] == "short"
    assert run["params"] == short.params()
    assert (run["seed"], run["total_steps"], run["pid"]) == (7, 120, pid)
    assert [data["name"] for data in run["data"]] == ["spirals-train", "spirals-val"]
    assert run["env"]["packages"].keys() == {"labtop", "numpy"}
    log.unlink()
    subprocess.run([sys.executable, *run["command"][1:], "--rate", "0"], check=True, cwd=tmp_path)
    repeated = read_events(log)
    assert repeated[0]["params"] == run["params"]
    assert repeated[-2]["val/loss"] == events[-2]["val/loss"]


def test_an_exception_ends_the_log_with_its_traceback(tmp_path: Path, read_events: Read) -> None:
    with Trainings([Recipe("dying", width=4, curriculum=300)], speed=0) as trainings:
        trainings.start(tmp_path)
        assert trainings.wait() == [1]
    end = read_events(tmp_path / "dying" / "events.jsonl")[-1]
    assert (end["event"], end["status"], end["exit_code"]) == ("end", "failed", 1)
    assert end["error"].startswith("IndexError: index ")
    assert end["traceback"].startswith("Traceback")
    assert "in batches" in end["traceback"]
    assert end["traceback"].rstrip().endswith(end["error"])


def test_stop_leaves_no_process_and_the_log_says_killed(tmp_path: Path, read_events: Read) -> None:
    other = replace(LONG, name="other")
    pipe_path = pipe_for(LONG, tmp_path)
    with Trainings([LONG, other]) as trainings:
        trainings.start(tmp_path)
        with pipe_path.open() as pipe:
            read_until_metrics(pipe)
            processes = [started.process for started in trainings.started]
            assert os.getsid(processes[0].pid) == processes[0].pid
            trainings.stop()
            rest = pipe.read()
    assert '"status": "killed", "exit_code": 143, "error": "stopped by SIGTERM"' in rest.splitlines()[-1]
    assert processes[0].returncode == KILLED
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process.pid, 0)


def test_a_training_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    pipe_path = pipe_for(LONG, tmp_path)
    with Trainings([LONG]) as trainings:
        trainings.start(tmp_path)
        with pipe_path.open() as pipe:
            read_until_metrics(pipe)
            process = trainings.started[0].process
            process.send_signal(signal.SIGSTOP)
            trainings.stop(grace_s=0.05)
    assert process.returncode == -signal.SIGKILL


def test_trainings_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    pipe_path = pipe_for(LONG, tmp_path)
    script = """
import sys
from pathlib import Path
from labtop.demo.recipe import Recipe
from labtop.demo.trainings import Trainings
with Trainings([Recipe("long", width=4, steps=10_000_000)]) as trainings:
    trainings.start(Path(sys.argv[1]))
    trainings.wait()
"""
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)]) as parent, pipe_path.open() as pipe:
        read_until_metrics(pipe)
        parent.kill()
        rest = pipe.read()  # up to the end of the pipe: the training no longer holds it
    assert '"status": "killed"' in rest.splitlines()[-1]
    assert "the process that started it is gone" in rest.splitlines()[-1]


def test_the_parents_side_loads_the_standard_library_only() -> None:
    script = """
import sys
import labtop.cli.demo
print(sorted({name.split(".")[0] for name in sys.modules} & {"numpy", "duckdb", "textual"}))
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
