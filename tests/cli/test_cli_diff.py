"""`labtop diff` on real files."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from labtop.cli import main

Captured = pytest.CaptureFixture[str]
Append = Callable[[Path, str, Iterable[object]], None]


def _diff(capsys: Captured, root: Path, *words: str) -> tuple[int, str, str]:
    status = main(["diff", "-d", str(root), *words])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def _rows(out: str) -> list[list[str]]:
    return [line.split() for line in out.splitlines()]


def test_only_what_differs_is_shown(capsys: Captured, runs: Path) -> None:
    status, out, err = _diff(capsys, runs, "low", "high")
    assert (status, err) == (1, "")
    assert _rows(out) == [
        ["params"],
        ["name", "low", "(baseline)", "high"],
        ["lr", "0.001", "0.1"],
        [],
        ["metrics"],
        ["name", "low", "(baseline)", "high"],
        *(row for row in _rows(out) if row and row[0].startswith(("best(val_loss)", "lr_now"))),
    ]
    assert ["best(val_loss)", "0.5", "0.25", "(-0.25)"] in _rows(out)


def test_all_shows_what_is_the_same_too(capsys: Captured, runs: Path) -> None:
    _, out, _ = _diff(capsys, runs, "low", "high", "--all")
    assert ["model.width", "64", "64"] in _rows(out)
    assert ["commit", "abc", "abc"] in _rows(out)


def test_the_same_inputs_are_status_0_whatever_came_out(capsys: Captured, runs: Path) -> None:
    status, out, _ = _diff(capsys, runs, "low", "copy")
    assert status == 0
    assert "params" not in out


def test_no_difference_at_all_says_so(capsys: Captured, tmp_path: Path, append: Append) -> None:
    for name in ("one", "two"):
        append(
            tmp_path / "same", name, [{"event": "run", "params": {"lr": 1}}, {"step": 1, "time": 1.76e9, "loss": 1.0}]
        )
    status, out, err = _diff(capsys, tmp_path / "same", "one", "two")
    assert (status, out) == (0, "")
    assert err == "labtop: no difference; --all shows what is the same\n"


def test_metrics_are_measured_against_the_baseline(capsys: Captured, runs: Path) -> None:
    _, out, _ = _diff(capsys, runs, "low", "high", "--baseline", "high")
    assert ["name", "low", "high", "(baseline)"] in _rows(out)
    assert ["best(val_loss)", "0.5", "(+0.25)", "0.25"] in _rows(out)


def test_a_baseline_that_was_not_named_comes_first(capsys: Captured, runs: Path) -> None:
    _, out, _ = _diff(capsys, runs, "low", "--baseline", "high", "--json")
    document = json.loads(out)
    assert [run["name"] for run in document["runs"]] == ["high", "low"]
    assert document["baseline"] == "high"


def test_one_run_is_a_usage_error(capsys: Captured, runs: Path) -> None:
    status, _, err = _diff(capsys, runs, "low")
    assert (status, err.count("\n")) == (2, 1)


def test_a_run_that_is_not_there_is_status_3(capsys: Captured, runs: Path) -> None:
    status, out, err = _diff(capsys, runs, "low", "nothing")
    assert (status, out, err.count("\n")) == (3, "", 1)


def test_json_has_the_documented_shape(capsys: Captured, runs: Path) -> None:
    status, out, _ = _diff(capsys, runs, "low", "high", "--json")
    document = json.loads(out)
    assert status == 1
    assert document["runs"] == [{"id": "low", "name": "low"}, {"id": "high", "name": "high"}]
    assert document["params"]["lr"] == [0.001, 0.1]
    assert set(document) == {"runs", "baseline", "params", "code", "data", "env", "metrics", "same"}
    assert set(document["same"]) == {"params", "code", "data", "env", "metrics"}
    first, second = document["metrics"]["val_loss"]
    assert (first["last"], first["best"], first["best_step"]) == (0.7, 0.5, 20)
    assert (second["last"], second["best"], second["best_step"]) == (0.3, 0.25, 20)


def test_a_missing_value_is_a_dash_and_no_null(capsys: Captured, tmp_path: Path, append: Append) -> None:
    root = tmp_path / "missing"
    for name, params in (("one", {"a": None}), ("two", {"b": "0.01"}), ("three", {"b": 0.01})):
        append(root, name, [{"event": "run", "params": params}, {"step": 1, "time": 1.76e9, "loss": 1.0}])
    _, out, _ = _diff(capsys, root, "one", "two", "three")
    assert ["a", "null", "-", "-"] in _rows(out)
    assert ["b", "-", '"0.01"', "0.01"] in _rows(out)
    _, out, _ = _diff(capsys, root, "one", "two", "--json")
    assert json.loads(out)["params"]["a"] == [None, {"missing": True}]
    _, out, _ = _diff(capsys, root, "one", "two", "--format", "csv")
    assert ["params", "a", "two", ""] in list(csv.reader(io.StringIO(out)))


def test_a_run_that_ended_in_nan_does_not_look_well(capsys: Captured, tmp_path: Path, append: Append) -> None:
    nan = float("nan")
    for name, losses in (
        ("good", [0.9, 0.5]),
        ("broken", [0.4, nan]),
        ("lost", [nan, nan]),
        ("torn", [0.3, -math.inf]),
    ):
        lines = [{"step": step, "time": 1.76e9 + step, "val_loss": loss} for step, loss in enumerate(losses)]
        append(tmp_path / "x", name, lines)
    _, out, _ = _diff(capsys, tmp_path / "x", "good", "broken", "lost", "torn")
    shown = next(line for line in out.splitlines() if line.startswith("best(val_loss)"))
    assert re.split(" {2,}", shown)[1:] == ["0.5", "0.4 (-0.1), last NaN", "NaN", "0.3 (-0.2), last -inf"]
    assert "0.5, last" not in out


def test_ignored_keys_do_not_count(capsys: Captured, runs: Path) -> None:
    status, out, _ = _diff(capsys, runs, "low", "high", "--ignore", "params.l?", "--ignore", "metrics.*", "--all")
    assert status == 0
    assert "model.width" in out
    assert "lr" not in out.split()
    assert "best(val_loss)" not in out


def test_the_code_is_compared_where_it_is_asked_for(capsys: Captured, tmp_path: Path, append: Append) -> None:
    for name, patch in (("one", "+a\n"), ("two", "+\x1b[31mb\n")):
        append(tmp_path, name, [{"event": "run", "git": {"commit": "abc1", "diff": patch}}, {"loss": 1}, {"loss": 2}])
    _, out, _ = _diff(capsys, tmp_path, "one", "two", "--code")
    assert out.endswith("\ncommit abc1 to abc1\nthe same commit\n\npatch of one\n+a\n\npatch of two\n+b\n")
