"""The processes: real ones. A named pipe in place of the log lets a test wait for lines, and see the last writer go."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest

import labtop
from labtop.demo.recipe import Recipe
from labtop.demo.trainings import Trainings
from tests.demo.conftest import Events, Read, told

LONG = Recipe("long", width=4, steps=10_000_000)
KILLED = 143


def pipe_for(recipe: Recipe, directory: Path) -> Path:
    folder = directory / recipe.name
    folder.mkdir()
    os.mkfifo(folder / "events.jsonl")
    return folder / "events.jsonl"


def read_until_metrics(pipe: IO[str]) -> None:
    assert any("val/acc" in json.loads(line) for line in pipe)


def last_loss(events: Events) -> float:
    return [float(event["val/loss"]) for event in events if "val/loss" in event][-1]


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
    first, again = ([event for event in events if event["event"] != "run"] for events in runs)
    assert first == again


def test_the_run_event_says_what_it_takes_to_repeat_it(short: Recipe, tmp_path: Path, read_events: Read) -> None:
    with Trainings([short], speed=0) as trainings:
        trainings.start(tmp_path)
        pid = trainings.started[0].process.pid
        trainings.wait()
    log = tmp_path / "short" / "events.jsonl"
    events = read_events(log)
    run = told(events)
    assert run["params"] == short.params()
    assert (run["seed"], run["total_steps"], run["pid"]) == (7, 120, pid)
    assert [data["name"] for data in run["data"]] == ["spirals-train", "spirals-val"]
    assert run["env"]["packages"].keys() >= {"labtop", "numpy"}
    log.unlink()
    subprocess.run(run["command"], check=True, cwd=tmp_path)
    repeated = read_events(log)
    assert told(repeated)["params"] == run["params"]
    assert last_loss(repeated) == last_loss(events)


def test_the_repository_of_a_run_is_that_of_the_demos_code_not_of_the_folder_it_was_started_in(
    short: Recipe, tmp_path: Path, read_events: Read
) -> None:
    other, own = tmp_path / "other", tmp_path / "own"
    for repository in (other, own):
        package = repository / "lib" / "labtop"
        shutil.copytree(Path(labtop.__file__).parent, package, ignore=shutil.ignore_patterns("tui", "store", "cli"))
        (repository / "mine.py").touch()
        git = ["git", "-C", str(repository), "-c", "user.name=Ana", "-c", "user.email=ana@example.org"]
        subprocess.run([*git, "init", "-q"], check=True)
        subprocess.run([*git, "add", "mine.py" if repository == other else "."], check=True)
        subprocess.run([*git, "commit", "-q", "-m", "first"], check=True)
    runs = []
    for number, home in enumerate((other, own)):
        recipe = replace(short, name=f"run{number}")
        command = [sys.executable, "-P", "-m", "labtop.demo.train", "--out", "runs", "--rate", "0"]
        env = {**os.environ, "PYTHONPATH": str(home / "lib")}
        subprocess.run([*command, *recipe.arguments()], check=True, cwd=other, env=env)
        runs.append(told(read_events(other / "runs" / recipe.name / "events.jsonl")))
    assert "git" not in runs[0]
    assert (runs[1]["git"]["root"], runs[1]["git"]["prefix"], runs[1]["git"]["dirty"]) == (str(own), "lib/", False)


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
    end = json.loads(rest.splitlines()[-1])
    assert (end["status"], end["exit_code"], end["error"]) == ("killed", KILLED, "stopped by SIGTERM")
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
    end = json.loads(rest.splitlines()[-1])
    assert (end["status"], end["error"]) == ("killed", "the process that started it is gone")


def test_the_parents_side_loads_the_standard_library_only() -> None:
    script = """
import sys
import labtop.cli.demo
print(sorted({name.split(".")[0] for name in sys.modules} & {"numpy", "duckdb", "textual"}))
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
