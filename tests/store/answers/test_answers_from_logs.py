"""From lines that programs appended to what the store answers about them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from labtop.store.model import MISSING, Column, NotThere, SeriesQuery, SortKey, Status, TableQuery
from labtop.store.store import Store


def log(path: Path, *lines: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


@pytest.fixture
def sweep(tmp_path: Path) -> Iterator[Store]:
    """Two runs as a script that knows nothing of labtop writes them, one by labtop's own events, one that diverged."""
    root = tmp_path / "runs"
    for lr in ("1e-2", "1e-3"):
        lines = [{"step": step, "loss": 1 / (step + 1), "batch_size": 64, "opt": "adam"} for step in range(5)]
        log(root / f"sweep/b64-lr{lr}.jsonl", *lines)
    log(
        root / "own/events.jsonl",
        {"event": "run", "name": "my run", "params": {"lr": "0.01", "model": {"width": 8}}, "seed": 3, "tags": ["x"]},
        {"event": "metrics", "step": 0, "loss": 2.0, "time": 1_000_000_000.0},
        {"event": "metrics", "step": 1, "loss": 0.1, "time": 1_000_000_010.0},
        {"event": "log", "text": "half way", "time": 1_000_000_011.0},
        {"event": "end", "status": "finished", "time": 1_000_000_020.0},
    )
    log(root / "diverged/events.jsonl", *({"step": step, "loss": math.nan if step else 3.0} for step in range(3)))
    with Store.open(root, index=tmp_path / "index.duckdb", poll=True) as store:
        store.catch_up()
        yield store


def test_the_table(sweep: Store) -> None:
    loss, lr = Column("metric", "loss", "best"), Column("param", "lr")
    found = sweep.table(TableQuery((loss, lr, Column("param", "batch_size")), (SortKey(loss), SortKey(lr))))
    assert [(run.name, run.cells) for run in found.runs] == [
        ("my run", (0.1, "0.01", None)),
        ("b64-lr1e-3", (0.2, 0.001, 64)),
        ("b64-lr1e-2", (0.2, 0.01, 64)),
        ("diverged", (3.0, None, None)),
    ]
    assert found.best[0] == 0.1
    assert found.runs[0].status is Status.FINISHED
    assert found.runs[0].duration_s == 20


def test_the_outline(sweep: Store) -> None:
    found = sweep.outline()
    assert (found.runs, found.metrics[0].name) == (4, "loss")
    assert found.varying_params[0] == "lr"


def test_details_of_a_run(sweep: Store) -> None:
    found = sweep.detail(sweep.find("my run"))
    assert {key: (param.value, param.source) for key, param in found.params.items()} == {
        "lr": ("0.01", "run"),
        "model.width": (8, "run"),
        "seed": (3, "run"),
    }
    assert (found.seed, found.files, found.run.tags) == (3, ("own/events.jsonl",), ("x",))
    assert "half way" in [event.text for event in found.events]
    assert found.missing == ("code", "data", "environment", "owner")


def test_a_difference_that_is_only_of_type(sweep: Store) -> None:
    found = sweep.compare([sweep.find("my run"), sweep.find("lr1e-2")])
    rows = {row.key: row for row in found.params}
    assert rows["lr"].values == ("0.01", 0.01)
    assert (rows["lr"].differs, rows["lr"].types_differ, rows["lr"].from_name) == (False, True, True)
    assert rows["batch_size"].values == (MISSING, 64)


def test_curves_with_their_nan(sweep: Store) -> None:
    whole, broken = sweep.series(SeriesQuery((sweep.find("lr1e-2"), sweep.find("diverged")), "loss"))
    assert whole.x.tolist() == [0, 1, 2, 3, 4]
    assert broken.value.tolist()[0] == 3.0
    assert [math.isnan(value) for value in broken.value] == [False, True, True]


def test_the_best_run_is_found_by_its_metric(sweep: Store) -> None:
    assert sweep.find("@best:loss") == sweep.find("my run")
    with pytest.raises(NotThere, match="near: loss"):
        sweep.find("@best:losses")


def test_new_lines_change_the_answers(sweep: Store) -> None:
    log(sweep.root / "diverged/events.jsonl", {"step": 3, "loss": 0.05})
    sweep.catch_up()
    assert sweep.find("@best:loss") == sweep.find("diverged")
    (found,) = sweep.series(SeriesQuery((sweep.find("diverged"),), "loss"))
    assert (found.x[-1], found.value[-1]) == (3, 0.05)
    assert sweep.table(TableQuery(where="diverged")).runs[0].step == 3


def test_hostile_names_are_only_text(tmp_path: Path) -> None:
    hostile = '"); drop table points; --[/bold]'
    log(
        tmp_path / "runs/x/events.jsonl",
        {"event": "run", "name": hostile, "params": {hostile: hostile}},
        {hostile: 1.0},
    )
    with Store.open(tmp_path / "runs", index=tmp_path / "index.duckdb", poll=True) as store:
        store.catch_up()
        columns = (Column("param", hostile), Column("metric", hostile))
        found = store.table(
            TableQuery(columns, tuple(SortKey(column) for column in columns), where="metrics.`" + hostile + "` = 1")
        )
        assert [(run.name, run.cells) for run in found.runs] == [(hostile, (hostile, 1.0))]
        assert store.find(hostile) == 0
        assert store.series(SeriesQuery((0,), hostile))[0].value.tolist() == [1.0]


def test_a_tag_is_a_column_also_where_it_is_an_attribute_of_other_runs(tmp_path: Path) -> None:
    log(tmp_path / "a.jsonl", {"event": "run", "tags": ["weight", "owner", "good"]})
    log(tmp_path / "b.jsonl", {"event": "run", "attributes": {"weight": 3.5, "owner": "ana"}})
    with Store.open(tmp_path, index=tmp_path / "index.duckdb") as store:
        store.catch_up()
        offered = store.columns()
        assert {(column.kind, column.key) for column in offered if column.kind in ("attribute", "tag")} == {
            *(("attribute", key) for key in ("weight", "owner")),
            *(("tag", key) for key in ("weight", "owner", "good")),
        }
        tags = tuple(Column("tag", key) for key in ("weight", "owner", "good"))
        found = store.table(TableQuery(tags))
        assert {run.id: run.cells for run in found.runs} == {"a": (True, True, True), "b": (3.5, "ana", None)}
        assert found.numeric == (True, False, False)
