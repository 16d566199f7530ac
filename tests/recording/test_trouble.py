"""Logging on a disk that is full, in a folder that goes away, by a process that is killed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.recording.conftest import Train, lines_of, written

# A limit on the size of files stands for a full disk: a write fails in its middle, and works again when it is raised.
FULL = """
import resource, sys, labtop
run = labtop.init("runs", name="full", params={"lr": 1})
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
size = run.path.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 1000, hard))
for step in range(200):
    run.log({"loss": step / 7}, step=step)
%s
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
run.log({"loss": 1.0}, step=200)
run.finish()
"""


def test_what_a_full_disk_refused_is_written_when_there_is_room_again(train: Train) -> None:
    ended = train(FULL % "")

    assert ended.returncode == 0
    assert len(ended.stderr.splitlines()) == 1
    assert "File too large" in ended.stderr
    lines = written(Path("runs"))
    assert [each["step"] for each in lines if "event" not in each] == list(range(201))
    assert lines[-1]["status"] == "finished"


def test_what_is_more_than_can_be_kept_is_counted(train: Train) -> None:
    lines = written_after(train, FULL % 'for _ in range(100): run.log({"text": "x" * 99_000}, step=1)')

    lost = next(each for each in lines if each.get("event") == "log")
    assert lost["text"].endswith("lines were lost: they could not be written for too long")
    kept = sum("text" in each for each in lines if "event" not in each)
    assert kept + int(lost["text"].split()[0]) == 100


def written_after(train: Train, code: str) -> list[dict[str, Any]]:
    assert train(code).returncode == 0
    return written(Path("runs"))


def test_a_folder_that_is_removed_is_made_anew_with_what_the_run_is(train: Train) -> None:
    ended = train("""
import shutil, labtop
run = labtop.init("runs", name="gone", params={"lr": 1})
run.metric("loss", goal="min")
run.log({"loss": 1.0}, step=0)
shutil.rmtree("runs")
run.log({"loss": 2.0}, step=1)
run.log({"loss": 3.0}, step=2)
run.finish()
""")

    lines = lines_of(Path("runs/gone/events.jsonl"))
    assert ended.returncode == 0
    assert len(ended.stderr.splitlines()) == 1
    assert lines[0]["params"] == {"lr": 1}
    assert [each["loss"] for each in lines if "step" in each] == [2.0, 3.0]
    assert {"run", "metric", "end"} == {each["event"] for each in lines if "event" in each}


def test_a_half_line_of_a_process_that_was_killed_is_ended_first(train: Train) -> None:
    log = Path("runs/again/events.jsonl")
    log.parent.mkdir(parents=True)
    log.write_text('{"step": 41, "loss": 0.5}\n{"step": 42, "lo')

    train('import labtop\nrun = labtop.init("runs", id="again")\nrun.log({"loss": 0.4})\nrun.finish()')

    text = log.read_text().splitlines()
    assert text[1] == '{"step": 42, "lo'
    assert '"step":42' in text[3]  # it goes on behind the last whole line


def test_what_was_logged_survives_a_kill(started: Any) -> None:
    process = started("""
import labtop
run = labtop.init("runs", name="killed")
for step in range(1000):
    run.log({"loss": step}, step=step)
print("ready", flush=True)
input()
""")
    process.kill()
    process.wait()

    lines = lines_of(Path("runs/killed/events.jsonl"))
    assert [each["step"] for each in lines if "event" not in each] == list(range(1000))
    assert not any(each.get("event") == "end" for each in lines)


def test_a_training_without_standard_error_logs_all_the_same(train: Train) -> None:
    ended = train("""
import sys
sys.stderr = None
import labtop
run = labtop.init("runs", name="mute")
run.log({"loss": object()})
run.log({"loss": 1.0})
""")

    assert ended.returncode == 0
    assert [each["loss"] for each in written(Path("runs")) if "loss" in each] == [1.0]


def test_a_user_without_a_home_and_a_folder_that_is_gone(train: Train) -> None:
    ended = train("""
import os, shutil
os.environ.pop("HOME")
os.makedirs("work"); os.chdir("work"); os.rmdir(os.getcwd())
import labtop
root = os.path.dirname(os.path.abspath(__file__)) + "/runs"
run = labtop.init(root, name="homeless", capture=True)
run.log({"loss": 1.0})
""")

    assert ended.returncode == 0, ended.stderr
    assert [each["loss"] for each in written(Path("runs")) if "loss" in each] == [1.0]


def test_a_pipe_is_not_read(train: Train) -> None:
    ended = train("""
import os, labtop
os.mkfifo("pipe")
run = labtop.init("runs", name="it")
run.data("train", "pipe")
run.artifact("pipe")
""")

    assert ended.returncode == 0
    assert next(each["data"] for each in written(Path("runs")) if "data" in each)[0]["uri"].endswith("pipe")
