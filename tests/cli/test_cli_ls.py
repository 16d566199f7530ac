"""`labtop ls` on real files."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from labtop.cli import main

Captured = pytest.CaptureFixture[str]
Append = Callable[[Path, str, Iterable[object]], None]


def _ls(capsys: Captured, root: Path, *words: str) -> tuple[int, str, str]:
    status = main(["ls", "-d", str(root), *words])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def _names(capsys: Captured, root: Path, *words: str) -> list[str]:
    status, out, err = _ls(capsys, root, "--columns", "name", "--format", "csv", *words)
    assert (status, err) == (0, "")
    return out.splitlines()[1:]


def test_the_table_has_metrics_with_a_goal_and_params_that_vary(capsys: Captured, runs: Path) -> None:
    status, out, err = _ls(capsys, runs)
    head, *lines = out.splitlines()
    assert (status, err) == (0, "")
    assert head.split() == ["name", "status", "step", "updated", "val_loss", "lr"]
    assert len(lines) == 3
    high = next(line for line in lines if line.startswith("high")).split()
    assert high[:3] == ["high", "finished", "30"]
    assert high[-2:] == ["0.3*", "0.1"]


def test_runs_are_sorted_by_aggregates_params_and_fields(capsys: Captured, runs: Path) -> None:
    assert _names(capsys, runs, "--sort", "min(val_loss)", "--sort", "name") == ["high", "copy", "low"]
    assert _names(capsys, runs, "--sort", "lr:desc", "--sort", "name:desc") == ["high", "low", "copy"]
    assert _names(capsys, runs, "--sort", "name:asc") == ["copy", "high", "low"]
    assert _names(capsys, runs, "--sort", "metrics.val_loss") == ["high", "copy", "low"]
    assert _names(capsys, runs, "--sort", "params.model.width", "--sort", "name") == ["copy", "high", "low"]


def test_runs_that_say_the_same_name_are_told_apart(capsys: Captured, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        lines = [{"event": "run", "name": "exp"}, {"step": 1, "time": 1.7e9, "loss": ord(folder)}]
        (tmp_path / folder / "events.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert _names(capsys, tmp_path, "--sort", "name", "--where", "exp") == ["exp (a)", "exp (b)"]
    main(["diff", "-d", str(tmp_path), "exp (a)", "b"])
    assert {"exp (a) (baseline)", "exp (b)"} <= set(capsys.readouterr().out.splitlines()[1].split("  "))
    assert main(["show", "-d", str(tmp_path), "exp"]) == 3
    said = capsys.readouterr().err
    assert said.startswith("labtop: 2 runs fit 'exp': exp (")
    assert ("exp (a)" in said, "exp (b)" in said) == (True, True)


def test_where_is_a_filter_and_limit_a_number(capsys: Captured, runs: Path) -> None:
    assert _names(capsys, runs, "--where", "HIG") == ["high"]
    assert _names(capsys, runs, "--where", "status = finished", "--sort", "name", "--limit", "2") == ["copy", "high"]
    assert _names(capsys, runs, "--limit", "0") == []


def test_no_match_says_so_and_is_no_error(capsys: Captured, runs: Path) -> None:
    status, out, err = _ls(capsys, runs, "--where", "nothing", "--json")
    assert (status, json.loads(out)) == (0, [])
    assert err == "labtop: no run passes 'nothing' (3 without --where)\n"


def test_a_filter_that_cannot_be_used_shows_where(capsys: Captured, runs: Path) -> None:
    status, out, err = _ls(capsys, runs, "--where", "val_los < 1")
    assert (status, out) == (2, "")
    first, line, caret = err.splitlines()
    assert "no run has" in first
    assert "val_loss" in first
    assert line[caret.index("^") :].startswith("val_los < 1")


def test_columns_are_those_asked_for_with_all_digits(capsys: Captured, runs: Path) -> None:
    columns = ("--columns", "name,best(val_loss),mean(val_loss)", "--columns", "model.width,status,tags")
    _, out, _ = _ls(capsys, runs, *columns, "--format", "csv", "--sort", "name")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows[1] == {
        "name": "high",
        "best(val_loss)": "0.25",
        "mean(val_loss)": str((0.8 + 0.25 + 0.3) / 3),
        "model.width": "64",
        "status": "finished",
        "tags": '["best"]',
    }


COMMIT = "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567"


def test_what_a_filter_can_name_of_a_run_is_a_column(capsys: Captured, tmp_path: Path, append: Append) -> None:
    about = {"user": "a\x1b[2Jna", "git": {"commit": COMMIT, "branch": "main"}}
    append(tmp_path, "one", [{"event": "run", **about}, {"event": "end", "status": "failed", "exit_code": 3}])
    append(tmp_path, "two", [{"event": "run", "user": "bo", "git": {"commit": "tip\x1b[2J"}}])
    assert main(["hide", "-d", str(tmp_path), "two"]) == 0
    capsys.readouterr()
    columns = ("--columns", "user,git.commit,git.branch,exit_code,hidden", "--sort", "user")
    assert _ls(capsys, tmp_path, *columns)[1].splitlines()[1].split() == ["ana", "0f1e2d3c", "main", "3"]
    where = ("--where", "is:hidden or user is not null")
    shown = [line.split() for line in _ls(capsys, tmp_path, *columns, *where)[1].splitlines()]
    assert shown == [
        ["user", "git.commit", "git.branch", "exit_code", "hidden"],
        ["ana", "0f1e2d3c", "main", "3"],
        ["bo", "tip", "-", "-", "hidden"],
    ]
    _, out, _ = _ls(capsys, tmp_path, *columns, *where, "--format", "csv")
    assert out.splitlines()[1:] == [f"ana,{COMMIT},main,3,false", "bo,tip,,,true"]
    for key, order in (
        ("git.commit", ["one", "two"]),
        ("git.commit:desc", ["two", "one"]),
        ("hidden:desc", ["two", "one"]),
    ):
        assert _names(capsys, tmp_path, *where, "--sort", key) == order


@pytest.mark.parametrize("line", [{"event": "run", "params": {"git": {"commit": "p"}}}, {"step": 1, "git.commit": "p"}])
def test_a_param_or_attribute_that_is_called_like_the_commit_goes_first(
    capsys: Captured, tmp_path: Path, append: Append, line: dict[str, object]
) -> None:
    append(tmp_path, "one", [{"event": "run", "git": {"commit": COMMIT, "branch": "b"}}, line])
    _, out, _ = _ls(capsys, tmp_path, "--columns", "git.commit,git.branch", "--format", "csv")
    assert out.splitlines() == ["git.commit,git.branch", "p,b"]
    assert _names(capsys, tmp_path, "--where", "git.commit = p") == ["one"]


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("val_los", "no column 'val_los'; near: val_loss"),
        ("best(vl_loss)", "no metric 'vl_loss'; near: val_loss"),
        ("params.lrr", "no parameter 'lrr'; near: lr"),
        ("attributes.x", "no attribute 'x'"),
        ("git.comm", "no column 'git.comm'; near: git.commit"),
    ],
)
def test_an_unknown_name_is_an_error_that_offers_the_nearest(capsys: Captured, runs: Path, key: str, says: str) -> None:
    for option in ("--sort", "--columns"):
        status, out, err = _ls(capsys, runs, option, key)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert says in err


@pytest.mark.parametrize("number", ["9" * 23, "9" * 5000])
def test_a_limit_beyond_all_counting_means_all(capsys: Captured, runs: Path, number: str) -> None:
    assert _ls(capsys, runs, "--limit", number) == _ls(capsys, runs)


def test_json_has_every_documented_key(capsys: Captured, runs: Path) -> None:
    status, out, _ = _ls(capsys, runs, "--json", "--sort", "name")
    objects = json.loads(out)
    assert status == 0
    assert [each["name"] for each in objects] == ["copy", "high", "low"]
    documented = "id name status started updated duration_s step total_steps group tags attributes notes params metrics"
    assert {*documented.split(), "estimated"} <= set(objects[0])
    assert objects[1]["params"] == {"lr": 0.1, "model.width": 64, "seed": 1}
    metric = objects[1]["metrics"]["val_loss"]
    assert (metric["first"], metric["last"], metric["step"]) == (0.8, 0.3, 30)
    assert (metric["min"], metric["max"], metric["mean"]) == (0.25, 0.8, (0.8 + 0.25 + 0.3) / 3)
    assert (metric["best"], metric["best_step"], metric["goal"]) == (0.25, 20, "min")
    assert (metric["count"], metric["nan"]) == (3, 0)


def test_markdown_is_a_table(capsys: Captured, runs: Path) -> None:
    _, out, _ = _ls(capsys, runs, "--columns", "name,lr", "--format", "md", "--sort", "name")
    assert out.splitlines() == [
        "| name | lr |",
        "| --- | ---: |",
        "| copy | 0.001 |",
        "| high | 0.1 |",
        "| low | 0.001 |",
    ]


def test_an_empty_directory_says_how_to_make_a_run(capsys: Captured, tmp_path: Path) -> None:
    root = tmp_path / "it's empty"
    root.mkdir()
    status, out, err = _ls(capsys, root, "--json")
    assert (status, json.loads(out), err.count("\n")) == (0, [], 1)
    assert "echo" in err
    assert _ls(capsys, root)[1] == ""


def test_the_line_that_makes_a_run_makes_one(capsys: Captured, tmp_path: Path) -> None:
    root = tmp_path / "it's empty"
    root.mkdir()
    _, _, err = _ls(capsys, root)
    subprocess.run(err.partition("this makes one: ")[2], shell=True, check=True)
    assert _names(capsys, root) == ["first"]


def test_a_file_is_opened_as_its_run(capsys: Captured, runs: Path) -> None:
    status, out, _ = _ls(capsys, runs / "high" / "events.jsonl", "--json")
    assert status == 0
    assert len(json.loads(out)) == 1


def test_a_file_that_is_no_log_is_refused(capsys: Captured, tmp_path: Path) -> None:
    poem = tmp_path / "poem.txt"
    poem.write_text("no JSON at all\n")
    status, out, err = _ls(capsys, poem)
    assert (status, out, err.count("\n")) == (3, "", 1)
    assert "poem.txt" in err


def test_hostile_names_do_no_harm(capsys: Captured, tmp_path: Path) -> None:
    root = tmp_path / "odd"
    root.mkdir()
    line = {
        "run": "a",
        "event": "run",
        "name": "[/bold]\x1b]0;owned\x07\x1b[2J\nx",
        "params": {"p\x1b[31m": "\u202e|v"},
    }
    point = {"run": "a", "step": 1, "loss\x9b1m": 0.5}
    (root / "events.jsonl").write_text(f"{json.dumps(line)}\n{json.dumps(point)}\n")
    for kind in ("table", "csv", "md", "json"):
        status, out, _ = _ls(capsys, root, "--format", kind)
        assert status == 0
        assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in out.replace("\n", ""))
        assert "\u202e" not in out
        assert "bold" in out


def test_nan_and_infinity_are_texts_in_json(capsys: Captured, tmp_path: Path) -> None:
    root = tmp_path / "diverged"
    (root / "a").mkdir(parents=True)
    text = '{"step": 1, "loss": 1.5}\n{"step": 2, "loss": NaN}\n{"step": 3, "loss": Infinity}\n'
    (root / "a" / "events.jsonl").write_text(text)
    _, out, _ = _ls(capsys, root, "--json")

    def refuse(token: str) -> None:
        raise AssertionError(f"bare {token}")

    metric = json.loads(out, parse_constant=refuse)[0]["metrics"]["loss"]
    assert (metric["last"], metric["min"], metric["nan"]) == ("Infinity", 1.5, 2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--columns", ""), "--columns names no column"),
        (("--columns", ","), "--columns names no column"),
        (("--columns", "zzzz"), "; there are "),
        (("more",), "unrecognized arguments: more"),
    ],
)
def test_columns_that_are_none_are_an_error_of_one_line(
    capsys: Captured, runs: Path, words: tuple[str, ...], said: str
) -> None:
    status, out, err = _ls(capsys, runs, *words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_a_directory_given_as_a_word_is_told_the_option(capsys: Captured, runs: Path) -> None:
    assert main(["ls", str(runs)]) == 2
    assert f"-d {runs} names the directory" in capsys.readouterr().err


def test_the_direction_of_an_order_may_be_in_capitals(capsys: Captured, runs: Path) -> None:
    assert _names(capsys, runs, "--sort", "lr:DESC") == _names(capsys, runs, "--sort", "lr:desc")


def test_files_that_are_no_logs_are_named_and_none_is_to_be_appended_to(capsys: Captured, tmp_path: Path) -> None:
    root = tmp_path / "notes"
    root.mkdir()
    for name in ("a.log", "b.log", "c.log", "d.log"):
        (root / name).write_text("dear diary\n" * 50)
    status, out, err = _ls(capsys, root)
    assert (status, out, err.count("\n")) == (0, "", 1)
    assert err.startswith(f"labtop: no runs in {root}: none in a.log (")
    assert " and 1 more; " in err
    assert ">>" not in err
    status, out, err = _ls(capsys, root / "a.log")
    assert (status, out, err.count("\n")) == (3, "", 1)
    assert ">>" not in err


def test_a_param_that_is_no_finite_number_is_told_sorted_and_found(capsys: Captured, tmp_path: Path) -> None:
    deep = "[" * 300 + "NaN" + "]" * 300
    values = {"nan": "NaN", "one": "1", "none": "null", "inf": "Infinity", "list": "[1, NaN, null]", "deep": deep}
    for name, value in values.items():
        (tmp_path / name).mkdir()
        text = f'{{"event": "run", "name": "{name}", "time": 1.7e9, "params": {{"lr": {value}}}}}\n'
        (tmp_path / name / "events.jsonl").write_text(text)
    assert _names(capsys, tmp_path, "--sort", "lr") == ["one", "inf", "nan", "list", "deep", "none"]
    assert _names(capsys, tmp_path, "--where", "lr = nan") == ["nan"]
    assert _names(capsys, tmp_path, "--where", "lr > 0", "--sort", "lr") == ["one", "inf"]
    _, out, _ = _ls(capsys, tmp_path, "--json")
    params = {run["name"]: run["params"]["lr"] for run in json.loads(out)}
    assert (params["nan"], params["inf"], params["list"], params["none"]) == ("NaN", "Infinity", [1, "NaN", None], None)
    _, out, _ = _ls(capsys, tmp_path, "--columns", "lr", "--sort", "lr", "--limit", "3")
    assert out.split() == ["lr", "1", "Infinity", "NaN"]


def test_a_filter_of_dashes_is_read_as_one(capsys: Captured, runs: Path) -> None:
    status, out, err = _ls(capsys, runs, "--where=--")
    assert (status, out) == (2, "")
    assert err.startswith("labtop: expected a word or a condition after -")


def test_a_value_of_a_megabyte_does_not_fill_a_pipe(capsys: Captured, tmp_path: Path, append: Append) -> None:
    root = tmp_path / "long"
    for name, letter in (("a", "x"), ("b", "y")):
        append(root, name, [{"event": "run", "params": {"text": letter * 1_000_000}}, {"step": 1, "loss": 0.5}])
    assert main(["ls", "-d", str(root), "--columns", "name,text"]) == 0
    assert len(capsys.readouterr().out) < 3_000
    assert main(["ls", "-d", str(root), "--columns", "name,text", "--json"]) == 0
    assert "x" * 1_000_000 in capsys.readouterr().out
