"""`labtop tried` on real files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from labtop.cli import main

Captured = pytest.CaptureFixture[str]
Append = Callable[[Path, str, Iterable[object]], None]


def _tried(capsys: Captured, root: Path, *words: str) -> tuple[int, str, str]:
    status = main(["tried", "-d", str(root), *words])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_runs_that_had_these_params_are_shown_with_their_best_values(capsys: Captured, runs: Path) -> None:
    status, out, err = _tried(capsys, runs, "lr=1e-3", "width=64", "--format", "csv")
    assert (status, err) == (0, "")
    head, *rows = out.splitlines()
    assert head == "name,status,best(val_loss)"
    assert sorted(rows) == ["copy,finished,0.5", "low,finished,0.5"]


def test_params_that_nobody_had_are_status_1(capsys: Captured, runs: Path) -> None:
    assert _tried(capsys, runs, "lr=7") == (1, "", "labtop: no run has lr=7\n")
    status, out, _ = _tried(capsys, runs, "lr=7", "--json")
    assert (status, json.loads(out)) == (1, [])


def test_json_has_the_documented_shape(capsys: Captured, runs: Path) -> None:
    status, out, _ = _tried(capsys, runs, "lr=0.1", "--json")
    assert status == 0
    assert json.loads(out) == [
        {
            "id": "high",
            "name": "high",
            "status": "finished",
            "params": {"lr": 0.1, "model.width": 64, "seed": 1},
            "best": {"val_loss": 0.25},
        }
    ]


def test_a_key_that_no_run_has_is_status_1_and_names_the_nearest(capsys: Captured, runs: Path) -> None:
    status, out, err = _tried(capsys, runs, "sed=1")
    assert (status, out, err) == (1, "", "labtop: no run has a param 'sed'; near: seed\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "K=V"),
        (["lr"], "'lr' is no K=V: name a parameter and its value, such as lr=0.01"),
        (["=1"], "'=1' is no K=V"),
        (["lr=1", "lr=2"], "'lr' is given twice"),
    ],
)
def test_what_is_no_param_with_a_value_is_a_usage_error(
    capsys: Captured, runs: Path, words: list[str], says: str
) -> None:
    status, out, err = _tried(capsys, runs, *words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert says in err


def test_runs_without_a_best_value_are_found_too(capsys: Captured, tmp_path: Path, append: Append) -> None:
    append(
        tmp_path / "odd", "one", [{"event": "run", "params": {"note": "a b\x1b[31m"}}, {"step": 1, "val/loss": "nan"}]
    )
    status, out, err = _tried(capsys, tmp_path / "odd", "note=a b\x1b[31m")
    assert (status, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == ["name", "one"]


def test_a_directory_that_is_not_there_is_status_3(capsys: Captured, tmp_path: Path) -> None:
    status, out, err = _tried(capsys, tmp_path / "nowhere", "lr=1")
    assert (status, out, err.count("\n")) == (3, "", 1)
