"""After any history of files that come, grow and go, the answers are those of an index that is built anew."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from labtop.store import Store
from labtop.store.model import RunDetail, SeriesQuery, TableQuery

Told = dict[str, object]
Step = Callable[[], object]
START = 1_700_000_000


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder without runs."""
    root = tmp_path / "runs"
    root.mkdir()
    return root


def _write(path: Path, *lines: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def _answers(store: Store) -> Told:
    """What the store says, by the ids of runs: their numbers are given in the order of their discovery."""
    outline = store.outline()
    ids = {run.number: run.id for run in store.table(TableQuery()).runs}
    curves = {
        (ids[curve.run], info.name): (curve.x.tolist(), curve.value.tolist(), curve.attempt.tolist())
        for info in outline.metrics
        for curve in store.series(SeriesQuery(tuple(ids), info.name))
    }
    details = {run: _comparable(store.detail(number)) for number, run in ids.items()}
    return {"outline": outline, "curves": curves, "details": details}


def _comparable(detail: RunDetail) -> RunDetail:
    return dataclasses.replace(detail, run=dataclasses.replace(detail.run, number=0))


def _grown_and_built_anew(root: Path, tmp_path: Path, steps: Sequence[Step]) -> tuple[Told, Told]:
    """The answers after these steps, read after each and opened again at the end, and those of a new index."""
    with Store.open(root, index=tmp_path / "grown.duckdb") as store:
        for step in steps:
            step()
            store.catch_up()
    with Store.open(root, index=tmp_path / "grown.duckdb") as store:
        grown = _answers(store)
    with Store.open(root, index=tmp_path / "new.duckdb") as store:
        store.catch_up()
        return grown, _answers(store)


def _detail(answers: Told, run: str) -> Any:
    details = answers["details"]
    assert isinstance(details, dict)
    return details[run]


def _said(name: str, lr: float, at: int) -> list[dict[str, object]]:
    run: dict[str, object] = {
        "event": "run",
        "name": name,
        "notes": name,
        "params": {"lr": lr},
        "attributes": {"who": name},
    }
    lines: list[dict[str, object]] = [run, {"step": 1, "loss": lr}, {"event": "log", "text": name}]
    return [{"time": START + at} | line for line in lines]


@pytest.mark.parametrize("first", ["events.jsonl", "events-2.jsonl"])
def test_of_two_files_the_one_that_began_later_wins(empty: Path, tmp_path: Path, first: str) -> None:
    said = {"events.jsonl": _said("late", 2.0, 100), "events-2.jsonl": _said("early", 1.0, 50)}
    second = next(name for name in said if name != first)
    steps = [partial(_write, empty / "a" / name, *said[name]) for name in (first, second)]
    grown, new = _grown_and_built_anew(empty, tmp_path, steps)
    assert grown == new
    found = _detail(grown, "a")
    assert (found.run.name, found.run.notes, found.params["lr"].value) == ("late", "late", 2.0)
    assert (found.attributes["who"], found.metrics["loss"].last) == ("late", 2.0)


@pytest.mark.parametrize("first", ["events-1.jsonl", "events-2.jsonl"])
def test_of_two_files_of_the_same_moment_the_later_path_wins(empty: Path, tmp_path: Path, first: str) -> None:
    said = {"events-1.jsonl": _said("one", 1.0, 0), "events-2.jsonl": _said("two", 2.0, 0)}
    second = next(name for name in said if name != first)
    steps = [partial(_write, empty / "a" / name, *said[name]) for name in (first, second)]
    grown, new = _grown_and_built_anew(empty, tmp_path, steps)
    assert grown == new
    found = _detail(grown, "a")
    assert (found.run.name, found.params["lr"].value, found.metrics["loss"].last) == ("two", 2.0, 2.0)
    assert [event.text for event in found.events] == ["one", "two"]


def test_a_file_that_is_renamed_takes_the_turn_of_its_new_path(empty: Path, tmp_path: Path) -> None:
    one, two = empty / "a" / "events.jsonl", empty / "a" / "events.jsonl.1"
    steps: list[Step] = [partial(_write, one, *_said("one", 1.0, 0)), partial(_write, two, *_said("two", 2.0, 0))]
    grown, new = _grown_and_built_anew(empty, tmp_path, steps)
    assert grown == new
    assert _detail(grown, "a").metrics["loss"].last == 2.0
    grown, new = _grown_and_built_anew(empty, tmp_path, [partial(one.rename, empty / "a" / "events.jsonl.2")])
    assert grown == new
    assert _detail(grown, "a").metrics["loss"].last == 1.0


@pytest.mark.parametrize("first", ["config.json", "args.json"])
def test_of_two_configs_the_later_path_wins(empty: Path, tmp_path: Path, first: str) -> None:
    said = {"config.json": {"lr": 2.0}, "args.json": {"lr": 1.0}}
    second = next(name for name in said if name != first)
    steps: list[Step] = [lambda: _write(empty / "a" / "metrics.jsonl", {"step": 1, "loss": 1.0, "time": START})]
    steps += [partial(_write, empty / "a" / name, said[name]) for name in (first, second)]
    grown, new = _grown_and_built_anew(empty, tmp_path, steps)
    assert grown == new
    assert _detail(grown, "a").params["lr"].value == 2.0


@pytest.mark.parametrize("first", [".hydra/config.yaml", "logs/config.json", "config.json"])
def test_the_config_that_lies_nearest_to_the_log_wins(empty: Path, tmp_path: Path, first: str) -> None:
    said = {".hydra/config.yaml": {"lr": 1.0}, "config.json": {"lr": 2.0}, "logs/config.json": {"lr": 3.0}}
    order = [first, *(name for name in said if name != first)]
    steps: list[Step] = [
        lambda: _write(empty / "a" / "logs" / "metrics.jsonl", {"step": 1, "loss": 1.0, "time": START})
    ]
    steps += [partial(_write, empty / "a" / name, said[name]) for name in order]
    grown, new = _grown_and_built_anew(empty, tmp_path, steps)
    assert grown == new
    assert _detail(grown, "a").params["lr"].value == 3.0


def test_a_sibling_that_is_gone_tells_nothing_apart(empty: Path, tmp_path: Path) -> None:
    logs = [empty / f"lr={lr}" / "metrics.jsonl" for lr in ("0.1", "0.2")]
    steps = [partial(_write, log, {"step": 1, "loss": 1.0, "time": START}) for log in logs]
    grown, new = _grown_and_built_anew(empty, tmp_path, [*steps, logs[1].unlink])
    assert grown == new
    assert _detail(grown, "lr=0.1").params == {}


def test_a_declared_goal_goes_with_its_file(empty: Path, tmp_path: Path) -> None:
    line = {"step": 1, "quality": 1.0, "time": START}
    declared = {"event": "metric", "name": "quality", "goal": "max", "unit": "dB"}
    one, two = empty / "a" / "events.jsonl", empty / "b" / "events.jsonl"
    steps: list[Step] = [lambda: _write(one, line), lambda: _write(two, declared, line)]
    grown, new = _grown_and_built_anew(empty, tmp_path, steps)
    assert grown == new
    assert _detail(grown, "a").metrics["quality"].goal == "max"
    grown, new = _grown_and_built_anew(empty, tmp_path, [two.unlink])
    assert grown == new
    assert _detail(grown, "a").metrics["quality"].goal is None


@pytest.mark.parametrize("first", ["a", "b"])
def test_of_two_declarations_the_later_path_wins(empty: Path, tmp_path: Path, first: str) -> None:
    goals = {"a": "min", "b": "max"}
    steps = [
        lambda run=run: _write(
            empty / run / "events.jsonl",
            {"event": "metric", "name": "quality", "goal": goals[run]},
            {"step": 1, "quality": 1.0, "time": START},
        )
        for run in (first, "b" if first == "a" else "a")
    ]
    grown, new = _grown_and_built_anew(empty, tmp_path, steps)
    assert grown == new
    assert _detail(grown, "a").metrics["quality"].goal == "max"


def test_a_config_beside_a_log_that_is_gone_varies_nothing(empty: Path, tmp_path: Path) -> None:
    gone = empty / "a" / "metrics.jsonl"
    steps: list[Step] = []
    for run, decay in (("a", 0.1), ("b", 0.2), ("c", 0.2)):
        steps.append(partial(_write, empty / run / "metrics.jsonl", {"step": 1, "loss": 1.0, "time": START}))
        steps.append(partial(_write, empty / run / "config.json", {"wd": decay}))
    grown, new = _grown_and_built_anew(empty, tmp_path, [*steps, gone.unlink])
    assert grown == new
    with Store.open(empty, index=tmp_path / "grown.duckdb") as store:
        assert store.outline().varying_params == ()


def test_the_curve_has_the_points_that_the_table_counts(empty: Path, tmp_path: Path) -> None:
    def line(step: int, value: float) -> dict[str, float]:
        return {"step": step, "time": START + step, "loss": value}

    one, two = empty / "a" / "events-host-1.jsonl", empty / "a" / "events-host-2.jsonl"
    steps = [
        lambda: _write(one, *(line(step, 1.0) for step in range(10))),
        lambda: _write(two, *(line(step, 2.0) for step in range(10))),
        lambda: _write(two, *(line(step, 3.0) for step in range(4, 10))),
    ]
    grown, new = _grown_and_built_anew(empty, tmp_path, steps)
    assert grown == new
    curves = grown["curves"]
    assert isinstance(curves, dict)
    x, values, _ = curves["a", "loss"]
    assert len(x) == _detail(grown, "a").metrics["loss"].count == 20
    assert (values.count(1.0), values.count(2.0), values.count(3.0)) == (10, 4, 6)


def test_a_long_run_that_is_resumed_is_counted_by_stretches(empty: Path, tmp_path: Path) -> None:
    log = empty / "a" / "metrics.jsonl"
    noise = random.Random(0)

    def train(begin: int, end: int) -> None:
        metrics = (f"m{number}" for number in range(20))
        names = tuple(metrics)
        _write(
            log,
            *(
                {"step": step, "time": START + step} | {name: noise.randrange(1, 9999) for name in names}
                for step in range(begin, end)
            ),
        )

    def stretches() -> int:
        with Store.open(empty, index=tmp_path / "grown.duckdb") as store:
            store.catch_up()
            with store._ingest.index.cursor() as cursor:
                return int(cursor.execute("select count(distinct stretch) from stretches").fetchall()[0][0])

    steps = [lambda: train(0, 1500), *(lambda at=at: train(at, at + 10) for at in range(700, 740, 10))]
    grown, new = _grown_and_built_anew(empty, tmp_path, steps)
    assert grown == new
    assert _detail(grown, "a").metrics["m0"].count == 1500
    assert stretches() > 100
    steps = [lambda: train(300, 340), lambda: train(740, 1490), lambda: train(1490, 1510), lambda: train(1510, 1520)]
    grown, new = _grown_and_built_anew(empty, tmp_path, steps)
    assert grown == new
    assert _detail(grown, "a").metrics["m0"].count == 1520
    assert stretches() == 0
