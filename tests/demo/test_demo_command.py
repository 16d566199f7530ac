from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from labtop.cli import main


def test_a_headless_demo_trains_four_which_end_each_in_its_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = tmp_path / "new" / "demo"
    assert main(["demo", "--headless", "--speed", "0", str(directory)]) == 0
    first, good, small, hot, dying = capsys.readouterr().out.splitlines()
    assert first.startswith(f"4 trainings write to {directory} ")
    assert " finished  step 11,000  best val/acc 0.9" in good
    assert " finished  step  9,600 " in small
    assert " finished  step  " in hot
    assert " failed " in dying
    assert dying.endswith("out of bounds for axis 0 with size 1800")
    accuracies = [float(line.split("val/acc ")[1].split()[0]) for line in (good, small, hot, dying)]
    assert accuracies[0] > 0.95
    assert 0.8 < accuracies[1] < 0.95
    assert accuracies[2] < 0.8
    assert "NaN" in (directory / "momentum-w96" / "events.jsonl").read_text(encoding="utf-8")


def test_ctrl_c_stops_a_headless_demo_and_its_trainings(tmp_path: Path) -> None:
    pipe_path = tmp_path / "adam-w64" / "events.jsonl"
    pipe_path.parent.mkdir()
    os.mkfifo(pipe_path)
    command = [sys.executable, "-m", "labtop", "demo", "--headless", str(tmp_path)]
    with (
        subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
        pipe_path.open() as pipe,
    ):
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("4 trainings write to")
        assert any("val/acc" in json.loads(line) for line in pipe)
        process.send_signal(signal.SIGINT)
        assert json.loads(pipe.read().splitlines()[-1])["status"] == "killed"
        assert process.wait() == 130
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--headless", "{file}"], "cannot write to {file}: "),
        (["--headless", "--speed", "-1"], "-1 is no speed"),
        (["--headless", "--speed", "fast"], "invalid"),
        (["--headless", "-d", "{file}", "{file}"], "two directories"),
        ([], "the screen needs a terminal; labtop demo --headless trains without one"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.touch()
    assert main(["demo", *(word.format(file=file) for word in words)]) == 2
    err = capsys.readouterr().err
    assert said.format(file=file) in err
    assert err.count("\n") == 1
