"""The documented views, and the rules on which source of a parameter wins and what a run's status is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.store.answers.conftest import Shelf

NOW = 10_000.0


def params_of(shelf: Shelf, run: int) -> dict[str, tuple[object, ...]]:
    rows = shelf.cursor().execute("select key, value, source, changed from run_params where run = ?", [run]).fetchall()
    return {key: tuple(rest) for key, *rest in rows}


def status_of(shelf: Shelf, run: int, now: float = NOW) -> str:
    rows = shelf.cursor().execute("select status from runs_at(?) where run = ?", [now, run]).fetchall()
    return str(rows[0][0])


@pytest.mark.parametrize("weaker", range(6))
def test_sources_of_a_parameter_win_in_their_order(shelf: Shelf, weaker: int) -> None:
    run, sibling = shelf.run("lr1"), shelf.run("lr2")
    order = ["run", "line", "header", "config", "constant", "name"][weaker:]
    for value, source in enumerate(order):
        if source == "constant":
            shelf.metric(run, "lr", [value, value])
        elif source == "name":
            shelf.code(run, "lr", value)
            shelf.code(sibling, "lr", 99)
        else:
            shelf.param(run, "lr", value, source)
    assert params_of(shelf, run)["lr"] == ("0", order[0], False)


def test_the_later_line_wins_and_the_parameter_is_flagged(shelf: Shelf) -> None:
    run = shelf.run("a")
    for line, value in ((1, 0.1), (7, 0.01), (3, 0.5)):
        shelf.param(run, "lr", value, "line", line)
    shelf.param(run, "width", 64, "config")
    shelf.param(run, "width", 32, "line")
    assert params_of(shelf, run) == {"lr": ("0.01", "line", True), "width": ("32", "line", False)}


def test_constants_are_parameters_unless_they_count_time_or_have_a_goal(shelf: Shelf) -> None:
    run = shelf.run("a")
    for name in ("batch_size", "step", "trainer/global_step", "total_steps", "epoch", "wall_time_sec", "system/memory"):
        shelf.metric(run, name, [64, 64])
    shelf.metric(run, "dropout", [0.25, 0.25])
    shelf.metric(run, "once", [3])
    shelf.metric(run, "moves", [3, 4])
    shelf.metric(run, "broken", [3, 3, math.nan])
    shelf.metric(run, "val/acc", [0.5, 0.5], goal="max")
    shelf.attribute(run, "experiment", 'base "line"')
    shelf.attribute(run, "host_id", "n1", is_id=True)
    shelf.attribute(run, "phase", "two", changed=True)
    shelf.attribute(run, "said_once", "x", count=1)
    assert params_of(shelf, run) == {
        "batch_size": ("64", "constant", False),
        "dropout": ("0.25", "constant", False),
        "experiment": ('"base \\"line\\""', "constant", False),
    }


def test_codes_in_names_are_parameters_where_siblings_differ(shelf: Shelf) -> None:
    for run, (folder, lr, batch) in enumerate([("a", 0.1, 64), ("a", 0.01, 64), ("b", 0.1, 64)]):
        shelf.run(f"{folder}/lr{lr}-b{batch}-{run}")
        shelf.code(run, "lr", lr, folder)
        shelf.code(run, "b", batch, folder)
    assert [params_of(shelf, run) for run in range(3)] == [
        {"lr": ("0.1", "name", False)},
        {"lr": ("0.01", "name", False)},
        {},
    ]


def test_the_view_of_parameters_gives_texts_and_numbers(shelf: Shelf) -> None:
    run = shelf.run("a")
    for key, value in {"lr": "1e-3", "opt": "adam", "amp": True, "betas": [0.9, 0.99], "none": None}.items():
        shelf.param(run, key, value)
    rows = shelf.cursor().execute("select key, value, number from params order by key").fetchall()
    assert rows == [
        ("amp", "true", None),
        ("betas", "[0.9, 0.99]", None),
        ("lr", "1e-3", 0.001),
        ("none", "null", None),
        ("opt", "adam", None),
    ]


def test_the_view_of_metrics_follows_the_goal(shelf: Shelf) -> None:
    run = shelf.run("a")
    shelf.metric(run, "loss", [3, 1, math.nan, 2], goal="min")
    shelf.metric(run, "acc", [1, 3, 2], goal="max")
    shelf.metric(run, "lr", [1, 2])
    rows = shelf.cursor().execute("select metric, best, best_step, mean, last, count from metrics order by metric")
    assert rows.fetchall() == [("acc", 3, 1, 2, 2, 3), ("loss", 1, 1, 2, 2, 4), ("lr", None, None, 1.5, 2, 2)]


@pytest.mark.parametrize(
    ("share", "status"),
    [
        ({"heard": NOW - 59}, "running"),
        ({"heard": NOW - 61}, "stale"),
        ({"heard": NOW - 601}, "ended"),
        ({"heard": NOW - 61, "grown": False}, "ended"),
        ({"heard": NOW - 59, "grown": False}, "running"),
        ({"heard": NOW - 290, "gap_s": 100.0}, "running"),
        ({"heard": NOW - 310, "gap_s": 100.0}, "stale"),
        ({"heard": NOW - 11, "expect_s": 10.0, "gap_s": 100.0}, "stale"),
        ({"heard": NOW - 500, "expect_s": 600.0}, "running"),
        ({"heard": NOW, "end_status": "finished"}, "finished"),
        ({"heard": NOW, "end_status": "FAILED"}, "failed"),
        ({"heard": NOW, "end_status": "KILLED"}, "killed"),
        ({"heard": NOW, "end_status": "SCHEDULED"}, "running"),
        ({"heard": NOW, "end_status": "odd", "exit_code": 3}, "failed"),
        ({"heard": NOW, "pid": 7, "crashed": True}, "crashed"),
        ({"heard": NOW, "traceback": "Traceback ..."}, "crashed"),
        ({"heard": NOW, "end_status": "failed", "traceback": "Traceback ..."}, "failed"),
        ({"heard": NOW, "step": 100.0, "total_steps": 100.0}, "finished"),
        ({"heard": NOW, "step": 99.0, "total_steps": 100.0}, "running"),
        ({"heard": NOW, "percent": 100.0}, "finished"),
    ],
)
def test_status(shelf: Shelf, share: dict[str, object], status: str) -> None:
    assert status_of(shelf, shelf.run("a", **share)) == status


def test_a_run_of_several_files_is_silent_when_all_are(shelf: Shelf) -> None:
    run = shelf.run("a", heard=0.0, pid=1, crashed=True)
    shelf.share(run, heard=NOW - 5, pid=2)
    assert status_of(shelf, run) == "running"


def test_a_process_that_begins_after_the_end_takes_the_run_up_again(shelf: Shelf) -> None:
    run = shelf.run("a", started=100.0, updated=200.0, end_status="killed", heard=200.0)
    shelf.share(run, started=9_000.0, updated=9_990.0, heard=9_990.0)
    assert status_of(shelf, run) == "running"
    assert status_of(shelf, run, now=9_990.0 + 100) == "stale"


def test_a_run_without_files_does_not_exist(shelf: Shelf) -> None:
    shelf.insert("identities", run=5, id="gone/x", folder="gone", leaf="x")
    shelf.run("here/x")
    assert shelf.cursor().execute("select id, name from runs").fetchall() == [("here/x", "x")]


def _shortest_names(ids: Sequence[str]) -> dict[str, str]:
    """For each id the shortest path suffix that no other id ends in, the whole id where there is none."""
    names: dict[str, str] = {}
    waiting = {each: each.split("/") for each in ids}
    depth = 0
    while waiting:
        depth += 1
        suffixes = {each: "/".join(parts[-depth:]) for each, parts in waiting.items()}
        shared = Counter(suffixes.values())
        for each, suffix in suffixes.items():
            if shared[suffix] == 1 or depth >= len(waiting[each]):
                names[each] = suffix
                del waiting[each]
    return names


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)


@settings(deadline=None, max_examples=50)
@given(ids=st.lists(PATHS, unique=True, max_size=12))
@example(ids=["a/seed1/log", "b/seed1/log", "c/other", "log", "deep/er/c/other", "plain"])
def test_names_are_the_shortest_that_tell_runs_apart(ids: list[str], kept_shelf: Shelf) -> None:
    kept_shelf.clear()
    for id_ in ids:
        kept_shelf.run(id_)
    assert dict(kept_shelf.cursor().execute("select id, name from runs").fetchall()) == _shortest_names(ids)


def test_an_explicit_name_wins_and_later_files_win(shelf: Shelf) -> None:
    run = shelf.run("a/b", name="second", tags=["x"], total_steps=10.0, step=5.0, started=10.0, updated=20.0)
    shelf.share(run, name="first", tags=["y", "x"], step=3.0, started=5.0, updated=15.0)
    row = shelf.cursor().execute("select name, tags, step, progress, started, updated from runs").fetchall()
    assert row == [("second", ["x", "y"], 5.0, 0.5, 5.0, 20.0)]


def test_runs_with_the_same_explicit_name_are_told_apart_by_their_ids(shelf: Shelf) -> None:
    shelf.run("sweep/a/1", name="exp")
    shelf.run("sweep/b/1", name="exp")
    shelf.run("exp", name="exp")
    shelf.run("c", name="alone")
    shelf.run("more/d")
    shelf.run("e", name="d")
    assert dict(shelf.cursor().execute("select id, name from runs").fetchall()) == {
        "sweep/a/1": "exp (a/1)",
        "sweep/b/1": "exp (b/1)",
        "exp": "exp",
        "c": "alone",
        "more/d": "d",
        "e": "d (e)",
    }


def test_a_clock_beats_estimated_times(shelf: Shelf) -> None:
    run = shelf.run("a", started=1.0, updated=99.0, estimated=True)
    shelf.share(run, started=10.0, updated=20.0)
    assert shelf.cursor().execute("select started, updated, estimated from runs").fetchall() == [(10.0, 20.0, False)]
