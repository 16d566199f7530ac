"""Summaries of runs that get a second file, lose one, or have two that repeat each other; commits that fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.model import Metric, Outline, TableQuery

START = 1_700_000_000
Told = tuple[Outline, dict[str, dict[str, Metric]]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder without runs."""
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


@pytest.fixture
def opened(folder: Path, tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """Open a store of the folder with an index of this name."""
    stores: list[Store] = []

    def open_store(name: str) -> Store:
        stores.append(Store.open(folder, index=tmp_path / f"{name}.duckdb", poll=True))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture
def check(opened: Callable[[str], Store]) -> Callable[[Store], Told]:
    """Read on, and compare with an index that is built anew."""
    built: list[Store] = []

    def read_on(store: Store) -> Told:
        store.catch_up()
        built.append(opened(f"new-{len(built)}"))
        built[-1].catch_up()
        told = _told(store)
        assert told == _told(built[-1])
        assert _united(store) == _united(built[-1])
        return told

    return read_on


def _told(store: Store) -> Told:
    store.table(TableQuery())  # which shares what is known with the outline
    return store.outline(), {detail.run.id: dict(detail.metrics) for detail in store.details()}


def _united(store: Store) -> list[tuple[object, ...]]:
    """The runs of which summaries are kept over several files, and what is kept of them."""
    sql = """
        select i.id, ranked, n.name, s.* exclude (run, metric)
        from united join identities as i using (run) left join united_summaries as s using (run)
            left join metric_names as n using (metric) order by i.id, n.name
    """
    with store._ingest.index.cursor() as cursor:
        return [tuple(map(repr, row)) for row in cursor.execute(sql).fetchall()]


def _log(path: Path, *lines: dict[str, object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return path


def _line(step: int, loss: float, **more: object) -> dict[str, object]:
    return {"step": step, "time": START + step, "loss": loss, **more}


def test_a_run_gets_a_second_file_that_grows_and_goes(
    folder: Path, opened: Callable[[str], Store], check: Callable[[Store], Told]
) -> None:
    store = opened("grown")
    one, two = folder / "a" / "events-1.jsonl", folder / "a" / "events-2.jsonl"
    _log(one, _line(1, 3.0), _line(2, 2.0))
    _log(folder / "b" / "events.jsonl", _line(1, 7.0))
    assert check(store)[1]["a"]["loss"].count == 2
    assert _united(store) == []
    _log(two, _line(3, 1.0), _line(4, 4.0, acc=0.5))
    loss = check(store)[1]["a"]["loss"]
    assert (loss.count, loss.min, loss.max, loss.last) == (4, 1.0, 4.0, 4.0)
    _log(one, _line(5, 9.0))
    _log(two, _line(6, 8.0))
    loss = check(store)[1]["a"]["loss"]
    assert (loss.count, loss.max, loss.last) == (6, 9.0, 8.0)
    two.unlink()
    metrics = check(store)[1]["a"]
    assert (metrics["loss"].count, metrics["loss"].min, metrics["loss"].last) == (3, 2.0, 9.0)
    assert "acc" not in metrics
    assert _united(store) == []
    _log(one, _line(7, 0.5))
    assert check(store)[1]["a"]["loss"].min == 0.5


def test_one_of_two_files_is_written_anew_about_another_run(
    folder: Path, opened: Callable[[str], Store], check: Callable[[Store], Told]
) -> None:
    store = opened("grown")
    _log(folder / "a" / "events-1.jsonl", _line(1, 3.0))
    two = _log(folder / "a" / "events-2.jsonl", _line(2, 1.0))
    assert check(store)[1]["a"]["loss"].count == 2
    two.unlink()
    _log(two, _line(2, 5.0, run="other"), _line(3, 6.0, run="other"))
    told = check(store)[1]
    assert {run: metrics["loss"].count for run, metrics in told.items()} == {"a": 1, "other": 2}
    assert _united(store) == []


def test_of_two_files_of_the_same_time_a_new_name_counts(
    folder: Path, opened: Callable[[str], Store], check: Callable[[Store], Told]
) -> None:
    store = opened("grown")
    one = _log(folder / "a" / "events.jsonl", _line(1, 1.0))
    _log(folder / "a" / "events.jsonl.1", _line(1, 2.0))
    assert check(store)[1]["a"]["loss"].last == 2.0
    one.rename(folder / "a" / "events.jsonl.2")
    assert check(store)[1]["a"]["loss"].last == 1.0
    (folder / "a" / "events.jsonl.1").unlink()
    assert check(store)[1]["a"]["loss"].count == 1
    assert _united(store) == []


@pytest.mark.parametrize("gone", ["log", "document"])
def test_a_document_that_repeats_a_log(
    folder: Path, opened: Callable[[str], Store], check: Callable[[Store], Told], gone: str
) -> None:
    store = opened("grown")
    document = folder / "a" / "trainer_state.json"
    history = [{"step": step, "loss": 10.0 - step, "eval_loss": 5.0} for step in range(1, 4)]
    _log(folder / "a" / "metrics.jsonl", *(_line(step, 10.0 - step) for step in range(1, 6)))
    assert check(store)[1]["a"]["loss"].count == 5
    document.write_text(json.dumps({"global_step": 3, "log_history": history}, indent=2))
    metrics = check(store)[1]["a"]
    assert (metrics["loss"].count, metrics["eval_loss"].count) == (5, 3)
    _log(folder / "a" / "metrics.jsonl", _line(6, 4.0))
    assert check(store)[1]["a"]["loss"].count == 6
    (document if gone == "document" else folder / "a" / "metrics.jsonl").unlink()
    metrics = check(store)[1]["a"]
    assert metrics["loss"].count == (6 if gone == "document" else 3)
    assert ("eval_loss" in metrics) == (gone == "log")
    assert _united(store) == []


def test_nothing_of_a_commit_that_fails_is_kept(
    folder: Path, opened: Callable[[str], Store], check: Callable[[Store], Told]
) -> None:
    store = opened("grown")
    one, two = folder / "a" / "events-1.jsonl", folder / "a" / "events-2.jsonl"
    _log(one, _line(1, 3.0, note="x"), {"event": "log", "text": "begun", "time": START})
    before = check(store)
    rename = "alter table {} rename to {}"
    with store._ingest.index.cursor() as cursor:
        cursor.execute(rename.format("events", "hidden"))
        _log(one, _line(2, 2.0, note="y", acc=0.5), {"event": "end", "status": "finished", "time": START + 2})
        _log(two, _line(3, 1.0), {"event": "log", "text": "second", "time": START + 3})
        store.catch_up()
        assert len(store.activity.notices) == 2
        cursor.execute(rename.format("hidden", "events"))
    assert _told(store) == before
    _log(one, _line(4, 5.0, note="y"))
    _log(two, _line(5, 6.0))
    metrics = check(store)[1]["a"]
    assert (metrics["loss"].count, metrics["loss"].min, metrics["loss"].last) == (5, 1.0, 6.0)
    assert [detail.run.status for detail in store.details()] == [run.status for run in store.table(TableQuery()).runs]


def test_what_seldom_changes_changes_while_a_file_grows(
    folder: Path, opened: Callable[[str], Store], check: Callable[[Store], Told]
) -> None:
    store = opened("grown")
    log = _log(
        folder / "a" / "events.jsonl", {"event": "run", "time": START, "name": "first", "tags": ["x"]}, _line(1, 3.0)
    )
    check(store)
    _log(log, _line(2, 2.0))
    check(store)
    _log(log, {"event": "run", "time": START + 3, "name": "second", "tags": ["x", "y"], "total_steps": 10})
    check(store)
    (run,) = store.table(TableQuery()).runs
    assert (run.name, run.tags, run.total_steps, run.step) == ("second", ("x", "y"), 10.0, 2.0)
    _log(log, {"event": "end", "time": START + 4, "status": "failed", "exit_code": -1})
    check(store)
    (run,) = store.table(TableQuery()).runs
    assert (run.status.value, run.updated) == ("failed", START + 4)
    _log(log, _line(5, 1.0))
    check(store)
    (run,) = store.table(TableQuery()).runs
    assert (run.status.value != "failed", run.step, run.updated) == (True, 5.0, START + 5)
