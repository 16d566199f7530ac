"""Runs side by side, and their JSON."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest

from labtop.store.answers.compare import compare
from labtop.store.answers.comparing.same import same
from labtop.store.answers.detail import details
from labtop.store.answers.known import known_of
from labtop.store.answers.lacking import code_words, lacking
from labtop.store.answers.to_json import diff_json, plain, run_json, show_json
from labtop.store.model import MISSING, CompareRow, Comparison, Json, Metric

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf


def compared(shelf: Shelf, runs: list[int], longest: int | None = None) -> Comparison:
    """The answer, with all that is known laid out."""
    cursor = shelf.cursor()
    known = known_of(cursor, 0.0)
    known.lay(cursor)
    return compare(cursor, runs, known, longest)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (0.01, "0.01", True),
        (0.01, "1e-2", True),
        (64, 64.0, True),
        (2**60, 2**60 + 1, False),
        ("9007199254740993", 2**53 + 1, True),
        ("9007199254740993", 2**53, False),
        (math.nan, math.nan, True),
        (math.nan, "NaN", True),
        (math.nan, 1.0, False),
        (None, MISSING, False),
        (None, None, True),
        (MISSING, MISSING, True),
        (True, 1, False),
        (True, "True", False),
        ("adam", "Adam", False),
        ([1, "2"], [1.0, 2], True),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": "1"}, True),
        ({"a": 1}, {"b": 1}, False),
        ("1_000", 1000, False),
        ("2.1", "2.10", False),
        ("1e999999", "2e999999", False),
    ],
)
def test_what_counts_as_the_same(one: object, other: object, equal: bool) -> None:
    assert same(one, other) is equal
    assert same(other, one) is equal


def test_parameters_side_by_side(shelf: Shelf) -> None:
    for place, (lr, width) in enumerate([(0.01, 64), ("0.01", 32)]):
        run = shelf.run(f"b{place}")
        shelf.param(run, "lr", lr)
        shelf.param(run, "width", width)
        shelf.code(run, "b", place)
    shelf.param(0, "only", None)
    found = compared(shelf, [1, 0])
    assert [run.number for run in found.runs] == [1, 0]
    assert found.params == (
        CompareRow("b", (1, 0), differs=True, from_name=True),
        CompareRow("lr", ("0.01", 0.01), differs=False, types_differ=True),
        CompareRow("only", (MISSING, None), differs=True),
        CompareRow("width", (32, 64), differs=True),
    )


def test_what_a_name_only_repeats_is_no_row(shelf: Shelf) -> None:
    for width, seed in ((64, 1), (128, 2)):
        run = shelf.run(f"w{width}")
        shelf.param(run, "width", width)
        shelf.param(run, "seed", 0)
        shelf.code(run, "w", width)
        shelf.code(run, "s", seed)
    assert [row.key for row in compared(shelf, [0, 1]).params] == ["s", "seed", "width"]


def test_code_data_and_environment_are_flattened(shelf: Shelf) -> None:
    for commit, digest, torch in [("aaa", "d1", "2.1"), ("bbb", "d1", "2.2")]:
        facts = {
            "git": {"commit": commit, "diff": "+1\n-2\n" if commit == "aaa" else None},
            "data": [{"name": "mnist", "digest": digest, "uri": f"/data/{commit}"}, {"uri": "x"}],
            "env": {"python": "3.11", "packages": {"torch": torch}},
        }
        shelf.run(commit, facts=json.dumps(facts))
    found = compared(shelf, [0, 1])
    assert {row.key: row.differs for row in found.code} == {"commit": True, "diff": True}
    assert str(found.code[1].values[0]).startswith("2 lines, sha256 ")
    assert {row.key: row.differs for row in found.data} == {"mnist.digest": False, "1.uri": False}
    assert {row.key: row.differs for row in found.env} == {"packages.torch": True, "python": False}


def test_metrics_side_by_side(shelf: Shelf) -> None:
    for place, loss in enumerate([[2.0, 1.0], [2.0, 3.0], [2.0, 1.0]]):
        run = shelf.run(f"run{place}")
        shelf.metric(run, "loss", loss, goal="min")
        shelf.metric(run, "same", [math.nan])
    shelf.metric(0, "only", [1.0])
    rows = {row.key: row for row in compared(shelf, [0, 1]).metrics}
    assert {key: row.differs for key, row in rows.items()} == {"loss": True, "only": True, "same": False}
    assert rows["only"].values[1] is MISSING
    assert isinstance(rows["loss"].values[0], Metric)
    assert not any(row.differs for row in compared(shelf, [0, 2]).metrics if row.key == "loss")


def test_the_json_of_a_comparison(shelf: Shelf) -> None:
    for place, loss in enumerate([2.0, 1.5]):
        run = shelf.run(f"sweep/run{place}")
        shelf.param(run, "lr", place)
        shelf.param(run, "same", 1)
        shelf.metric(run, "loss", [3.0, loss], goal="min")
    shelf.metric(1, "only", [math.nan])
    found = compared(shelf, [0, 1])
    assert diff_json(found, 1) == {
        "runs": [{"id": "sweep/run0", "name": "run0"}, {"id": "sweep/run1", "name": "run1"}],
        "baseline": "sweep/run1",
        "params": {"lr": [0, 1]},
        "code": {},
        "data": {},
        "env": {},
        "metrics": {
            "loss": [
                {"last": 2.0, "best": 2.0, "best_step": 1, "delta": 0.5},
                {"last": 1.5, "best": 1.5, "best_step": 1, "delta": 0.0},
            ],
            "only": [{"missing": True}, {"last": "NaN", "best": None, "best_step": None, "delta": "NaN"}],
        },
        "same": {"params": 1, "code": 0, "data": 0, "env": 0, "metrics": 0},
    }
    whole = diff_json(found, None, everything=True)
    assert whole["baseline"] == "sweep/run0"
    assert whole["params"] == {"lr": [0, 1], "same": [1, 1]}


def test_the_json_of_a_run(shelf: Shelf) -> None:
    run = shelf.run(
        "a/b", started=10.0, updated=25.0, step=64.0, total_steps=100.5, tags=["x"], group_name="g", notes="n"
    )
    shelf.param(run, "lr", 0.1)
    shelf.param(run, "width", 64)
    shelf.metric(run, "loss", [math.inf, 2.0], goal="min", steps=[32.0, 64.5])
    (detail,) = details(shelf.cursor(), [run], 0.0, events=True)
    written = run_json(detail)
    assert written == {
        "id": "a/b",
        "name": "b",
        "status": "running",
        "started": 10.0,
        "updated": 25.0,
        "duration_s": 15.0,
        "estimated": False,
        "step": 64,
        "total_steps": 100.5,
        "group": "g",
        "tags": ["x"],
        "attributes": {},
        "notes": "n",
        "params": {"lr": 0.1, "width": 64},
        "metrics": {
            "loss": {
                "last": 2.0,
                "min": 2.0,
                "max": 2.0,
                "mean": 2.0,
                "first": "Infinity",
                "best": 2.0,
                "best_step": 64.5,
                "step": 64.5,
                "count": 2,
                "nan": 1,
                "goal": "min",
            }
        },
    }
    assert '"width": 64,' in json.dumps(written | {"params": {"width": 64, "z": 1}}, allow_nan=False)
    shown = show_json(detail)
    assert {key: shown[key] for key in written} == written
    assert [shown[key] for key in ("code", "data", "env", "hardware", "command", "error", "traceback")] == [None] * 7
    assert shown["events"] == []
    missing = ["code", "data", "environment", "seed", "owner"]
    assert shown["completeness"] == {"complete": False, "recorded": 1, "of": 6, "missing": missing}


def test_numbers_that_json_lacks_are_texts() -> None:
    values = [math.nan, math.inf, -math.inf, 1, 1.0, True, MISSING, (None, {"a": math.nan})]
    written = json.dumps(plain(values), allow_nan=False)
    assert written == '["NaN", "Infinity", "-Infinity", 1, 1.0, true, {"missing": true}, [null, {"a": "NaN"}]]'


def test_long_texts_end_early_and_still_differ(shelf: Shelf) -> None:
    for place, end in enumerate("ab"):
        run = shelf.run(f"r{place}")
        shelf.param(run, "prompt", "x" * 2**20 + end)
        shelf.param(run, "same", "y" * 2**20)
    found = {row.key: row for row in compared(shelf, [0, 1], longest=100).params}
    assert found["prompt"].differs
    assert not found["same"].differs
    assert all(
        str(value).startswith("x" * 100 + "… (1,048,577 characters, sha256 ") for value in found["prompt"].values
    )


def test_hardware_is_a_part_of_the_environment(shelf: Shelf) -> None:
    for gpu in ("A100", "H100"):
        shelf.run(gpu, facts=json.dumps({"env": {"python": "3.11"}, "hardware": {"gpus": [gpu]}}))
    assert compared(shelf, [0, 1]).env == (
        CompareRow("hardware.gpus", (["A100"], ["H100"]), differs=True),
        CompareRow("python", ("3.11", "3.11"), differs=False),
    )


def test_where_a_work_tree_was_is_no_difference_of_the_code(shelf: Shelf) -> None:
    same: dict[str, Json] = {"commit": "abc", "dirty": False, "root": "/home/ana/net", "prefix": ""}
    results: dict[str, Json] = {"dirty": True, "untracked": ["out/a.bin"], "root": "/scratch/net", "prefix": "src/"}
    code: dict[str, Json] = {"dirty": True, "untracked": ["out/a.bin", "loss.py"]}
    part: dict[str, Json] = {"dirty": True, "untracked": ["out/a.bin"], "remarks": ["the patch is too large"]}
    for more in ({}, results, code, part):
        shelf.run(f"r{shelf.runs}", facts=json.dumps({"git": same | more, "slurm": {"SLURM_JOB_ID": str(shelf.runs)}}))
    differing = [
        {row.key for row in (*found.code, *found.env) if row.differs}
        for found in (compared(shelf, [0, other]) for other in (1, 2, 3))
    ]
    assert differing == [set(), {"dirty", "untracked"}, {"dirty"}]
    details_ = details(shelf.cursor(), None, 0.0, events=False)
    assert [code_words(each)[10:] for each in details_] == ["", "", ", untracked code", ", dirty, no patch"]
    lost = ["", "", "untracked code that was not saved", "uncommitted changes without a saved patch"]
    assert ["".join(lacking(each)[5:]) for each in details_] == lost


def test_sameness_does_not_depend_on_the_order_of_runs(shelf: Shelf) -> None:
    for place, version in enumerate(("2.10", 2.1, "2.1")):
        shelf.param(shelf.run(f"r{place}"), "torch", version)
    for runs in ([0, 1, 2], [1, 0, 2], [2, 1, 0]):
        assert [row.differs for row in compared(shelf, runs).params] == [True]


def test_data_sets_of_one_name_are_told_apart(shelf: Shelf) -> None:
    for digest in ("a", "b"):
        sets = [{"name": "imagenet", "digest": digest}, {"name": "imagenet", "digest": "same"}]
        shelf.run(digest, facts=json.dumps({"data": sets}))
    rows = {row.key: row.differs for row in compared(shelf, [0, 1]).data}
    assert rows == {"imagenet.digest": True, "imagenet (2).digest": False}
