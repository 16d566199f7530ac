"""`labtop generate`: what it writes, that it is the same again, and how it appends live."""

from __future__ import annotations

import json
import math
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from labtop.cli import main

Captured = pytest.CaptureFixture[str]


def _generate(root: Path, *words: str, runs: int = 6, steps: int = 30, metrics: int = 6) -> int:
    numbers = ("--runs", str(runs), "--steps", str(steps), "--metrics", str(metrics))
    return main(["generate", str(root), *numbers, *words])


def _contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_run_has_a_folder_with_its_lines_and_its_config(capsys: Captured, tmp_path: Path) -> None:
    root = tmp_path / "new" / "folder"
    assert _generate(root) == 0
    assert capsys.readouterr().out == f"6 runs, 180 lines in {root}\n"
    assert len(list(root.iterdir())) == 6
    lines = _lines(root / "lr0.001-b16-s1" / "metrics.jsonl")
    assert [line["step"] for line in lines] == list(range(1, 31))
    assert set(lines[0]) == {"step", "time", "train/loss", "val/loss", "train/acc", "val/acc", "lr", "grad_norm"}
    config = json.loads((root / "lr0.001-b16-s1" / "config.json").read_text())
    assert (config["lr"], config["batch_size"], config["seed"]) == (0.001, 16, 1)


def test_labtop_reads_what_it_wrote(capsys: Captured, tmp_path: Path) -> None:
    _generate(tmp_path / "a", runs=50, steps=8, metrics=8)
    capsys.readouterr()
    assert main(["ls", "--json", "-d", str(tmp_path / "a")]) == 0
    runs = json.loads(capsys.readouterr().out)
    assert len({run["name"] for run in runs}) == 50
    assert {(run["step"], len(run["metrics"])) for run in runs} == {(8, 8)}
    assert len({(run["params"]["lr"], run["params"]["batch_size"], run["params"]["seed"]) for run in runs}) == 50
    assert {run["params"]["model.width"] for run in runs} == {64, 128, 256}


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name, words in (("a", ()), ("b", ()), ("c", ("--seed", "1"))):
        _generate(tmp_path / name, *words, steps=700)
    assert _contents(tmp_path / "a") == _contents(tmp_path / "b")
    assert _contents(tmp_path / "a").keys() == _contents(tmp_path / "c").keys()
    assert _contents(tmp_path / "a") != _contents(tmp_path / "c")


def test_curves_look_like_those_of_trainings(tmp_path: Path) -> None:
    _generate(tmp_path / "a", runs=48, steps=600)
    runs = [_lines(path) for path in (tmp_path / "a").rglob("metrics.jsonl")]
    diverged = [lines for lines in runs if math.isnan(lines[-1]["train/loss"])]
    assert 1 <= len(diverged) <= 24
    assert all(lines[-1]["val/acc"] < 0.2 for lines in diverged)
    for lines in runs:
        assert all(0 <= line["val/acc"] <= 1 for line in lines)
        if lines not in diverged:
            assert lines[-1]["train/loss"] < lines[0]["train/loss"] / 2
            assert lines[-1]["val/acc"] > lines[0]["val/acc"]
            assert 0 < lines[-1]["lr"] < max(line["lr"] for line in lines)


@pytest.mark.parametrize("live", [(), ("--rate", "1e6")])
def test_runs_can_share_files(capsys: Captured, tmp_path: Path, live: tuple[str, ...]) -> None:
    root = tmp_path / "a"
    _generate(root, "--files", "4", *live, runs=10, steps=5)
    assert sorted(path.name for path in root.iterdir()) == [f"runs-{file}.jsonl" for file in range(4)]
    of_first = _lines(root / "runs-0.jsonl")
    assert [line["run"] for line in of_first] == ["lr0.0001-b16-s1", "lr0.0003-b16-s1"] * 6
    capsys.readouterr()
    main(["ls", "--json", "-d", str(root)])
    runs = json.loads(capsys.readouterr().out)
    assert {(run["step"], run["metrics"]["lr"]["count"], run["params"]["model.depth"]) for run in runs} == {(5, 5, 4)}
    assert len(runs) == 10


def test_live_lines_are_the_same_but_for_their_times(tmp_path: Path) -> None:
    def timeless(name: str) -> dict[str, bytes]:
        return {path: re.sub(rb'"time": [\d.]+', b"", text) for path, text in _contents(tmp_path / name).items()}

    _generate(tmp_path / "a", steps=700)
    _generate(tmp_path / "b", "--rate", "1e9", steps=700)
    assert timeless("a") == timeless("b")
    assert _contents(tmp_path / "a") != _contents(tmp_path / "b")


def test_live_lines_come_whole_and_in_turn_until_ctrl_c(tmp_path: Path) -> None:
    root = tmp_path / "a"
    words = [str(root), "--runs", "3", "--steps", "1000000", "--metrics", "2", "--rate", "2000"]
    with subprocess.Popen(
        [sys.executable, "-m", "labtop", "generate", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        last = root / "lr0.001-b16-s1" / "metrics.jsonl"
        while not last.exists() or last.read_bytes().count(b"\n") < 20:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, (b"", b""))
    logs = [path.read_text() for path in root.rglob("metrics.jsonl")]
    assert all(log.endswith("}\n") for log in logs)
    counts = sorted(log.count("\n") for log in logs)
    assert counts[-1] - counts[0] <= 1


def test_the_folder_is_named_once(capsys: Captured, tmp_path: Path) -> None:
    numbers = ("--runs", "1", "--steps", "2", "--metrics", "1")
    assert main(["generate", "-d", str(tmp_path / "a"), *numbers]) == 0
    assert capsys.readouterr().out == f"1 runs, 2 lines in {tmp_path / 'a'}\n"
    assert main(["generate", str(tmp_path / "b"), "-d", str(tmp_path / "c"), *numbers]) == 2
    assert capsys.readouterr().err == f"labtop: two directories, {tmp_path / 'b'} and {tmp_path / 'c'}: name one\n"
    assert main(["generate", *numbers]) == 2
    assert capsys.readouterr().err == "labtop: where to write? Name a new or an empty folder: labtop generate DIR\n"
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["a"]


def test_a_folder_with_anything_in_it_is_refused(capsys: Captured, tmp_path: Path) -> None:
    root = tmp_path / "mine"
    root.mkdir()
    (root / "notes.txt").write_text("mine")
    assert _generate(root) == 2
    assert capsys.readouterr().err == f"labtop: {root} is not empty: name a new folder, or remove this one\n"
    assert _contents(root) == {"notes.txt": b"mine"}
    assert _generate(root / "notes.txt") == 2
    assert capsys.readouterr().err.startswith(f"labtop: cannot write to {root / 'notes.txt'}: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rate", "0"), "'0' is no number of lines a second"),
        (("--rate", "fast"), "'fast' is no number of lines a second"),
        (("--metrics", "none"), "'none' is no number of 1 or more"),
        (("--seed", "-1"), "'-1' is no whole number"),
        (("--files", "7"), "--files 7 for 6 runs: give at most one file a run"),
    ],
)
def test_numbers_that_make_no_sense(capsys: Captured, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert _generate(tmp_path / "a", *words) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "a").exists()


def test_too_many_live_files_are_refused_with_what_to_do(tmp_path: Path) -> None:
    command = f"ulimit -n 40; exec {sys.executable} -m labtop generate {tmp_path / 'a'}"
    done = subprocess.run(
        ["bash", "-c", f"{command} --runs 60 --steps 2 --metrics 1 --rate 1000"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.endswith("; with --files the runs share fewer files\n")
    assert done.stderr.count("\n") == 1
