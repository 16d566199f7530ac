"""`labtop show` on real files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from labtop.cli import main

Captured = pytest.CaptureFixture[str]
Append = Callable[[Path, str, Iterable[object]], None]


def _show(capsys: Captured, root: Path, *words: str) -> tuple[int, str, str]:
    status = main(["show", "-d", str(root), *words])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


@pytest.fixture
def failed(tmp_path: Path, append: Append) -> Path:
    """One run that says much of itself and dies."""
    root = tmp_path / "failed"
    about = {
        "event": "run", "time": 1.76e9, "name": "big", "params": {"lr": 0.1}, "tags": ["a", "b"], "notes": "first try",
        "hypothesis": "wider is better", "seed": 7, "total_steps": 100, "command": ["python", "train.py", "-v"],
        "user": "ana", "host": "node1", "git": {"commit": "abc123", "dirty": True}, "data": [{"name": "cifar"}],
        "env": {"python": "3.12", "packages": {"numpy": "2.4"}}, "hardware": {"cpu": "x"},
        "launcher": {"WORLD_SIZE": "4"}, "slurm": {"SLURM_JOB_ID": "77"},
    }  # fmt: skip
    trace = 'Traceback (most recent call last):\n  File "train.py", line 3\nValueError: \x1b[31mbad'
    lines = [
        about,
        {"step": 10, "time": 1.76e9 + 90, "loss": 0.5},
        {"event": "note", "time": 1.76e9 + 95, "text": "looks bad"},
        {"event": "end", "time": 1.76e9 + 100, "status": "failed", "exit_code": 1, "error": "bad", "traceback": trace},
    ]
    append(root, "one", lines)
    return root


def test_everything_known_is_shown(capsys: Captured, failed: Path) -> None:
    status, out, err = _show(capsys, failed, "big")
    assert (status, err) == (0, "")
    words = " ".join(out.split())
    for known in (
        "name big", "status failed", "step 10/100", "tags a, b", "notes first try", "hypothesis wider is better",
        "seed 7", "command python train.py -v", "exit code 1", "error bad", "lr 0.1 run", "commit abc123", "dirty true",
        "name cifar", "python 3.12", "packages.numpy 2.4", "cpu x", "loss 0.5 10", "note - looks bad",
        "ValueError: bad", "record 6/6", "launch WORLD_SIZE 4 SLURM_JOB_ID 77",
    ):  # fmt: skip
        assert known in words
    assert '    File "train.py", line 3' in out.splitlines()
    assert "\x1b" not in out


def test_topics_of_which_nothing_is_known_are_left_out(capsys: Captured, runs: Path) -> None:
    _, out, _ = _show(capsys, runs, "low")
    titles = [line for line in out.splitlines() if line and " " not in line]
    assert titles == ["run", "params", "metrics", "code", "events"]


def test_json_is_the_object_of_ls_and_more(capsys: Captured, failed: Path) -> None:
    _, out, _ = _show(capsys, failed, "@1", "--json")
    run = json.loads(out)
    assert (run["name"], run["params"], run["error"]) == ("big", {"lr": 0.1, "seed": 7}, "bad")
    assert run["code"]["commit"] == "abc123"
    assert (run["launcher"], run["slurm"]) == ({"WORLD_SIZE": "4"}, {"SLURM_JOB_ID": "77"})
    assert run["completeness"] == {"complete": True, "recorded": 6, "of": 6, "missing": []}
    documented = "code data env hardware command error traceback events completeness"
    assert set(documented.split()) <= set(run)
    main(["ls", "--json", "-d", str(failed)])
    assert set(json.loads(capsys.readouterr().out)[0]) <= set(run)


def test_csv_is_a_value_a_line(capsys: Captured, failed: Path) -> None:
    _, out, _ = _show(capsys, failed, "big", "--format", "csv")
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[0] == ["section", "key", "field", "value"]
    assert ["params", "lr", "value", "0.1"] in rows
    assert ["metrics", "loss", "last", "0.5"] in rows
    assert all(len(row) == 4 for row in rows)


def test_times_that_no_clock_said_are_marked(capsys: Captured, tmp_path: Path, append: Append) -> None:
    append(tmp_path / "runs", "a", [{"step": step, "loss": 0.5} for step in (10, 20)])
    _, out, _ = _show(capsys, tmp_path / "runs", "a")
    words = dict(line.split(maxsplit=1) for line in out.splitlines() if len(line.split()) > 1)
    assert all(words[name].startswith("~") for name in ("started", "updated", "duration"))
    assert "steps/s" not in words
    _, out, _ = _show(capsys, tmp_path / "runs", "a", "--json")
    assert json.loads(out)["estimated"] is True
    main(["ls", "-d", str(tmp_path / "runs"), "--columns", "steps_per_s,duration"])
    assert [word[0] for word in capsys.readouterr().out.splitlines()[1].split()] == ["~", "~"]


def test_times_of_a_clock_are_not(capsys: Captured, runs: Path) -> None:
    _, out, _ = _show(capsys, runs, "high")
    assert "~" not in out
    assert "steps/s" in out
    _, out, _ = _show(capsys, runs, "high", "--json")
    assert json.loads(out)["estimated"] is False


@pytest.mark.parametrize("name", ["nothing", "o"])
def test_a_run_that_is_not_there_or_not_one_is_status_3(capsys: Captured, runs: Path, name: str) -> None:
    status, out, err = _show(capsys, runs, name)
    assert (status, out, err.count("\n")) == (3, "", 1)


def test_a_run_is_found_by_id_part_age_and_best(capsys: Captured, runs: Path) -> None:
    for name in ("high", "hig", "@best:val_loss"):
        _, out, _ = _show(capsys, runs, name, "--json")
        assert json.loads(out)["id"] == "high"


def test_lines_that_could_not_be_read_are_told(capsys: Captured, runs: Path) -> None:
    with (runs / "low" / "events.jsonl").open("a") as file:
        file.write('\x1b[31mbad\n[1]\n"x"\n7\n')
    _, out, _ = _show(capsys, runs, "low")
    assert "rejected 4 lines could not be read; labtop doctor lists them" in [
        " ".join(x.split()) for x in out.splitlines()
    ]
    table = out[out.index("\nrejected\n") :].splitlines()
    assert [line.split()[0] for line in table[3:]] == [f"low/events.jsonl:{line}" for line in (6, 7, 8)]
    assert table[4].endswith("not an object: list")
    _, out, _ = _show(capsys, runs, "low", "--json")
    assert json.loads(out)["rejected"] == 4
    _, out, _ = _show(capsys, runs, "high", "--json")
    assert json.loads(out)["rejected"] == 0


def test_who_said_what_and_why_it_was_decided(capsys: Captured, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_USER", "ana")
    for words in (["keep", "--why", "lowest [loss]"], ["stop", "--why", "it is too slow"]):
        assert main(["decide", "-d", str(runs), "low", *words]) == 0
    capsys.readouterr()
    _, out, _ = _show(capsys, runs, "low")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "decision stop: it is too slow" in lines
    assert [line[20:] for line in lines if " ana " in line] == [
        "decision ana keep: lowest [loss]",
        "decision ana stop: it is too slow",
    ]
    run = json.loads(_show(capsys, runs, "low", "--json")[1])
    assert (run["verdict"], run["why"]) == ("stop", "it is too slow")
