"""`labtop why` and `labtop better` on real files."""

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
END = {"event": "end", "status": "finished"}


@pytest.fixture
def sweep(tmp_path: Path, append: Append) -> Path:
    """Fifteen runs, five seeds a learning rate, of which 0.01 is best; one more diverged."""
    root = tmp_path / "sweep"
    for rate, base in ((0.001, 0.84), (0.01, 0.91), (0.1, 0.88)):
        for seed in range(5):
            acc = base + seed * 3 % 7 / 1000
            about = {"event": "run", "params": {"lr": rate, "seed": seed, "data": "c4"}}
            append(root, f"{rate}-{seed}", [about, {"step": 1, "val/acc": acc, "odd": seed}, END])
    about = {"event": "run", "params": {"lr": 10, "seed": 1, "data": "c4"}, "tags": ["diverged"]}
    append(root, "diverged", [about, {"step": 1, "val/acc": "nan"}, END])
    return root


def _said(capsys: Captured, command: str, root: Path, *words: str) -> tuple[int, str, str]:
    status = main([command, "-d", str(root), *words])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_params_are_listed_the_strongest_first(capsys: Captured, sweep: Path) -> None:
    status, out, err = _said(capsys, "why", sweep, "val/acc")
    assert (status, err) == (0, "labtop: 1 of 16 runs do not count: their val/acc is NaN or infinite\n")
    head, lr, seed = out.splitlines()
    assert head.split() == ["name", "explained", "rank", "runs", "values", "note"]
    assert lr.split() == ["lr", "0.88", "+0.47", "15", "3", "best", "at", "0.01"]
    assert seed.split()[:2] == ["seed", "0.00"]


def test_why_in_json_has_the_documented_shape(capsys: Captured, sweep: Path) -> None:
    status, out, _ = _said(capsys, "why", sweep, "best(val/acc)", "--where", "lr < 0.05", "--json")
    found = json.loads(out)
    assert (status, [each.pop("key") for each in found["influences"]]) == (0, ["lr", "seed"])
    assert found["influences"][0].pop("explained") == pytest.approx(0.73, abs=0.02)
    assert found["influences"][0].pop("rank") == pytest.approx(0.87, abs=0.02)
    assert found["influences"][0] == {"kind": "number", "runs": 10, "values": 2, "note": ""}
    del found["influences"]
    assert found == {
        **{"metric": "val/acc", "aggregate": "best", "goal": "max"},
        **{"runs": 10, "lost": 0, "constant": 1, "unfinished": 0},
    }


def test_runs_that_do_not_differ_have_nothing_that_explains(capsys: Captured, tmp_path: Path, append: Append) -> None:
    for name in "ab":
        append(tmp_path / "alike", name, [{"step": 1, "loss": 0.5}, END])
    status, out, err = _said(capsys, "why", tmp_path / "alike", "loss")
    assert (status, out) == (0, "")
    assert err == "labtop: nothing explains loss: the 2 runs that have it differ in no parameter\n"


def test_runs_that_did_not_end_well_are_counted_aloud(capsys: Captured, sweep: Path, append: Append) -> None:
    about = {"event": "run", "params": {"lr": 0.1, "seed": 9, "data": "c4"}}
    append(sweep, "failed", [about, {"step": 1, "val/acc": 0.1}, {"event": "end", "status": "failed"}])
    _, _, err = _said(capsys, "why", sweep, "val/acc")
    assert "1 of 16 runs go on still or failed: --where 'status = finished' leaves them out" in err
    _, out, _ = _said(capsys, "better", sweep, "val/acc", "lr = 0.01", "lr = 0.1")
    assert "1 run counts that goes on still or failed" in out
    _, out, _ = _said(capsys, "better", sweep, "val/acc", "lr = 0.01", "lr = 0.1 and status = finished")
    assert "still or failed" not in out


@pytest.mark.parametrize(
    ("words", "status", "verdict"),
    [
        (["val/acc", "lr = 0.01", "lr = 0.1"], 0, "better"),
        (["val/acc", "lr = 0.1", "lr = 0.01"], 1, "worse"),
        (["val/acc", "seed = 1", "seed = 2"], 1, "no evidence of a difference"),
        (["val/acc", "diverged", "lr = 0.1"], 1, "too few runs to tell"),
        (["odd", "seed > 2", "seed < 2"], 1, "higher, and no goal says which is better"),
    ],
)
def test_the_verdict_is_a_sentence_and_a_status(
    capsys: Captured, sweep: Path, words: list[str], status: int, verdict: str
) -> None:
    found, out, err = _said(capsys, "better", sweep, *words)
    assert (found, err) == (status, "")
    assert out.splitlines()[0].endswith(f": {verdict}")


def test_the_sentence_has_all_figures_and_a_remark_where_runs_are_few(capsys: Captured, sweep: Path) -> None:
    _, out, _ = _said(capsys, "better", sweep, "val/acc", "lr = 0.01", "lr = 0.1")
    assert out == (
        "val/acc: mean 0.9132 (5 runs) against 0.8832 (5 runs): +0.03, 95 % interval 0.0274 to 0.0326: better\n"
    )
    _, out, _ = _said(capsys, "better", sweep, "val/acc", "diverged", "seed = 2")
    assert out.splitlines() == [
        "val/acc: mean - (0 runs, 1 lost) against 0.88267 (3 runs): too few runs to tell",
        "too few runs with a finite value on a side: it takes 2, better 5; "
        "runs whose value is NaN or infinite do not count",
    ]


def test_better_in_json_and_csv(capsys: Captured, sweep: Path) -> None:
    words = ["val/acc", "lr = 0.01", "lr = 0.1"]
    status, out, _ = _said(capsys, "better", sweep, *words, "--json")
    found = json.loads(out)
    low, high = found.pop("interval")
    assert (status, low < found.pop("difference") < high) == (0, True)
    for side, mean in (("runs", 0.9132), ("against", 0.8832)):
        figures = found.pop(side)
        assert figures.pop("mean") == pytest.approx(mean)
        assert 0 < figures.pop("std") < 0.01
        assert figures == {"runs": 5, "lost": 0, "lacking": 0, "unfinished": 0}
    assert found == {"metric": "val/acc", "aggregate": "last", "goal": "max", "verdict": "better", "remark": ""}
    _, out, _ = _said(capsys, "better", sweep, *words, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["metric"], row["runs"], row["against_runs"], row["verdict"]) == ("val/acc", "5", "5", "better")
    assert float(row["low"]) == low


@pytest.mark.parametrize(
    ("command", "words", "status", "says"),
    [
        ("why", ["val_acc"], 3, "no metric 'val_acc'; near: val/acc"),
        ("why", ["best(nope)"], 3, "no metric 'nope'; there are odd, val/acc"),
        ("why", ["lr"], 3, "no metric 'lr'"),
        ("why", ["val/acc", "--where", "zzz"], 3, "no run that passes 'zzz' has a finite value of val/acc"),
        ("why", ["val/acc", "--where", "diverged"], 3, "no run that passes 'diverged' has a finite"),
        ("why", ["val/acc", "--where", "lr <"], 2, "expected a value after <"),
        ("better", ["nope", "a", "b"], 3, "no metric 'nope'"),
        ("better", ["val/acc", "lr = 0.1", "zzz"], 3, "no run passes 'zzz' (16 without it)"),
        ("better", ["val/acc", "lr <", "lr = 0.1"], 2, "expected a value after <"),
        ("better", ["val/acc", "seed = 1", "lr = 0.1"], 2, "0.1-1 is in both groups: name each run in one of them"),
        ("better", ["val/acc", "lr = 0.1"], 2, "FILTER"),
    ],
)
def test_what_cannot_be_answered_is_one_line(
    capsys: Captured, sweep: Path, command: str, words: list[str], status: int, says: str
) -> None:
    found, out, err = _said(capsys, command, sweep, *words)
    assert (found, out) == (status, "")
    assert says in err.splitlines()[0]


def test_a_place_without_runs_is_status_3(capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for command, words in (("why", ["loss"]), ("better", ["loss", "a", "b"])):
        status, out, err = _said(capsys, command, tmp_path / "empty", *words)
        assert (status, out, err.count("no runs in")) == (3, "", 1)


def test_hostile_names_do_not_reach_the_terminal(capsys: Captured, tmp_path: Path, append: Append) -> None:
    for place in range(6):
        about = {"event": "run", "params": {"k\x1b[31m": place // 3, "t": "\x1b]0;x\x07" + "ab"[place // 3]}}
        append(tmp_path / "odd", f"run{place}", [about, {"step": 1, "loss\x1b[2J": place}])
    for command, words in (("why", []), ("better", ["run0 or run1", "run2 or run3"])):
        for kind in ("table", "csv", "md", "json"):
            status, out, err = _said(capsys, command, tmp_path / "odd", "loss\x1b[2J", *words, "--format", kind)
            assert (status, "\x1b" in out + err) == (0, False)
            assert out
