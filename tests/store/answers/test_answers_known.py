"""What is kept between answers is what the index says, after every change of the files."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from labtop.store import Store
from labtop.store.answers.known import Known, known_of
from labtop.store.answers.outline import outline
from labtop.store.answers.table import table
from labtop.store.model import Column, SortKey, Status, TableQuery

PARAMS = tuple(Column("param", key) for key in ("lr", "seed", "depth", "width", "note"))
METRICS = tuple(Column("metric", name, each) for name in ("loss", "acc") for each in ("last", "best"))


def append(log: Path, *lines: dict[str, object]) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def change_a_goal(root: Path) -> None:
    append(root / "lr0.1" / "metrics.jsonl", {"event": "metric", "name": "acc", "goal": "min", "unit": "%"})


CHANGES: list[Callable[[Path], object]] = [
    lambda root: append(root / "lr0.1" / "metrics.jsonl", {"step": 1, "loss": 2, "seed": 1}),
    lambda root: append(root / "lr0.1" / "metrics.jsonl", {"step": 2, "loss": 1, "seed": 1}),
    lambda root: append(root / "lr0.2" / "metrics.jsonl", {"step": 1, "loss": 2, "acc": 0.5}, {"step": 2, "acc": 0.5}),
    lambda root: append(root / "lr0.1" / "metrics.jsonl", {"step": 3, "loss": 1, "seed": 2}),
    lambda root: append(root / "lr0.2" / "metrics.jsonl", {"step": 3, "acc": float("nan"), "note": "a"}),
    lambda root: append(root / "lr0.2" / "metrics.jsonl", {"step": 4, "acc": 0.7, "note": "a"}),
    lambda root: append(root / "lr0.2" / "metrics.jsonl", {"step": 5, "acc": 0.6, "note": "b"}),
    lambda root: append(root / "lr0.1" / "metrics.jsonl", {"event": "params", "params": {"depth": 3}}),
    lambda root: append(root / "lr0.1" / "metrics.jsonl", {"event": "params", "params": {"depth": 4}}),
    change_a_goal,
    lambda root: (root / "lr0.1" / "config.json").write_text('{"width": 64}'),
    lambda root: append(root / "lr0.1" / "events.jsonl", {"step": 1, "lr": 3}, {"step": 2, "lr": 3}),
    lambda root: (root / "lr0.2").rename(root / "lr0.3"),
    lambda root: (root / "lr0.1" / "metrics.jsonl").unlink(),
]


def test_answers_after_every_change_are_those_of_the_index(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    root.mkdir()
    query = TableQuery((*PARAMS, *METRICS))
    by_database = TableQuery(query.columns, (SortKey(Column("param", "seed")),))
    seen = []
    with Store.open(root, index=tmp_path / "index.duckdb", clock=lambda: 1.8e9) as store:
        for change in CHANGES:
            change(root)
            store.catch_up()
            found = store.table(query)
            with store._ingest.index.cursor() as cursor:
                assert store.outline() == outline(cursor)
                rows = table(cursor, by_database, known_of(cursor, 1.8e9)).rows
            assert {repr(run) for run in found.rows} == {repr(run) for run in rows}
            seen.append((store.outline(), repr(found)))
    assert all(before != after for before, after in pairwise(seen))


def test_what_is_known_is_true_of_the_rows_while_another_file_of_a_run_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "runs"
    append(root / "a" / "metrics.jsonl", {"step": 1, "loss": 2})
    with Store.open(root, index=tmp_path / "index.duckdb") as store:
        store.catch_up()

        def known_before(*given: Any) -> Known:
            known = known_of(*given)
            append(root / "a" / "events.jsonl", {"step": 2, "loss": 1})
            store.catch_up()
            return known

        monkeypatch.setattr("labtop.store.asking.known_of", known_before)
        assert [run.id for run in store.table(TableQuery()).rows] == ["a"]


def test_nothing_is_asked_again_while_only_curves_grow(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    log = root / "a" / "metrics.jsonl"
    append(log, {"step": 1, "loss": 2}, {"step": 2, "loss": 1})
    with Store.open(root, index=tmp_path / "index.duckdb") as store:
        store.catch_up()
        with store._ingest.index.cursor() as cursor:
            before = known_of(cursor, 0.0)
            append(log, {"step": 3, "loss": 0.5})
            store.catch_up()
            assert known_of(cursor, 0.0, before) is before
            append(log, {"step": 4, "loss": 0.5, "acc": 1})
            store.catch_up()
            assert known_of(cursor, 0.0, before) is not before


def test_silence_alone_turns_a_run_and_a_clock_that_was_set_back_turns_it_again(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    append(root / "a" / "metrics.jsonl", {"loss": 1})
    append(root / "b" / "metrics.jsonl", {"event": "end", "status": "killed"})
    heard = now = (root / "a" / "metrics.jsonl").stat().st_mtime
    with Store.open(root, index=tmp_path / "index.duckdb", clock=lambda: now) as store:
        store.catch_up()

        def seen(where: str = "") -> tuple[dict[str, str], int, list[Status]]:
            found = store.table(TableQuery(where=where))
            return {run.id: run.status for run in found.runs}, found.running, list(store.growing().values())

        running = ({"a": "running", "b": "killed"}, 1, [Status.RUNNING])
        assert seen() == running
        now = heard + 59
        assert seen() == running, "60 s it may be silent"
        assert seen("is:running")[0] == {"a": "running"}
        now = heard + 61
        assert seen() == ({"a": "ended", "b": "killed"}, 0, [])
        assert seen("is:running")[0] == {}
        now = heard
        assert seen() == running


def test_a_run_that_grew_goes_stale_before_it_ends_and_rows_in_the_order_of_states_move(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    log = root / "b" / "metrics.jsonl"
    append(log, {"step": 1, "loss": 1, "max_steps": 10})
    append(root / "a" / "metrics.jsonl", {"event": "end", "status": "killed"})
    now = log.stat().st_mtime
    by_state = TableQuery((Column("run", "eta"),), (SortKey(Column("run", "status")),))
    with Store.open(root, index=tmp_path / "index.duckdb", clock=lambda: now) as store:
        store.catch_up()
        append(log, {"step": 2, "loss": 1, "max_steps": 10})
        store.catch_up()
        heard = log.stat().st_mtime

        def seen() -> list[str]:
            return [f"{run.id} {run.status}" for run in store.table(by_state).runs]

        now = heard + 1
        assert seen() == ["b running", "a killed"]
        assert [run.eta_s is None for run in store.table(by_state).runs] == [False, True]
        now = heard + 61
        assert seen() == ["b stale", "a killed"]
        assert {run.eta_s for run in store.table(by_state).runs} == {None}
        now = heard + 601
        assert seen() == ["a killed", "b ended"]
