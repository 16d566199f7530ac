"""Where parameters come from, and what wins; goals that a log declares; what is known of a run beside its points."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.index.files import Index
from labtop.store.ingest.ingest import Ingest
from labtop.store.model import Json, RunDetail

Write = Callable[..., Path]
Query = Callable[..., list[tuple[object, ...]]]
Params = Callable[[], dict[str, dict[str, tuple[Json, str]]]]

STEPS: list[dict[str, object]] = [{"step": step, "loss": 1 / step} for step in (1, 2, 3)]


@pytest.fixture
def detail(store: Store) -> Callable[[], RunDetail]:
    """The only run, after catching up."""

    def ask() -> RunDetail:
        store.catch_up()
        (detail,) = store.details()
        return store.detail(detail.run.number)

    return ask


@pytest.fixture
def params(store: Store) -> Params:
    """(value, source) of each parameter, by run, after catching up."""

    def ask() -> dict[str, dict[str, tuple[Json, str]]]:
        store.catch_up()
        return {
            detail.run.id: {key: (param.value, param.source) for key, param in detail.params.items()}
            for detail in store.details()
        }

    return ask


def test_run_events_merge_and_later_fields_win(root: Path, write: Write, detail: Callable[[], RunDetail]) -> None:
    log = write(
        root / "a" / "events.jsonl",
        [
            {"event": "run", "name": "one", "params": {"lr": 0.1, "model": {"width": 8}}, "tags": ["x"], "seed": 1},
            {"event": "run", "name": "two", "params": {"lr": 0.2}, "tags": ["y"], "notes": "n", "user": "ana"},
        ],
    )
    found = detail()
    assert {key: param.value for key, param in found.params.items()} == {"lr": 0.2, "model.width": 8, "seed": 1}
    assert (found.run.name, found.run.tags, found.run.notes, found.user, found.seed) == (
        "two",
        ("x", "y"),
        "n",
        "ana",
        1,
    )
    write(log, [{"event": "params", "params": {"lr": 0.3}}, {"event": "tag", "add": ["z"], "remove": ["x"]}])
    found = detail()
    assert (found.params["lr"].value, found.params["lr"].changed) == (0.3, True)
    assert found.run.tags == ("y", "z")


def test_a_parameter_object_in_every_line_is_said_once_and_its_change_is_flagged(
    root: Path, write: Write, ingest: Ingest, query: Query
) -> None:
    lines = [{"step": step, "loss": 1, "config": {"lr": 0.1}} for step in range(5)]
    log = write(root / "a" / "result.json", lines)
    ingest.catch_up()
    assert query(ingest, "select line, key, value from said_params") == [(1, "lr", "0.1")]
    again = Ingest(root, ingest.index)
    write(log, [{"step": 5, "loss": 1, "config": {"lr": 0.1}}, {"step": 6, "loss": 1, "config": {"lr": 0.5}}])
    again.catch_up()
    assert query(again, "select line, value from said_params order by line") == [(1, "0.1"), (7, "0.5")]
    assert query(again, "select name from metric_names where name like 'config%'") == []


def test_a_header_is_known_for_one_only_when_other_lines_follow(root: Path, write: Write, params: Params) -> None:
    header = {"model": "resnet", "data": "cifar", "depth": 18}
    log = write(root / "a" / "log.jsonl", [header])
    assert params() == {"a": {}}
    write(log, STEPS[:1])
    assert params()["a"]["model"] == ("resnet", "header")
    assert params()["a"]["depth"] == (18, "header")


def test_constants_of_lines_are_parameters_until_they_vary(root: Path, write: Write, params: Params) -> None:
    log = write(root / "a.jsonl", [{**line, "batch_size": 32, "opt": "adam"} for line in STEPS])
    assert params() == {"a": {"batch_size": (32, "constant"), "opt": ("adam", "constant")}}
    write(log, [{"step": 4, "loss": 1, "batch_size": 64, "opt": "adam"}])
    assert params() == {"a": {"opt": ("adam", "constant")}}


def test_names_of_siblings_tell_what_varies(root: Path, write: Write, params: Params) -> None:
    for lr in ("1e-2", "3e-4"):
        write(root / "sweep" / f"net-b64-lr{lr}.jsonl", STEPS)
    assert params() == {
        "sweep/net-b64-lr1e-2": {"lr": (0.01, "name")},
        "sweep/net-b64-lr3e-4": {"lr": (0.0003, "name")},
    }


@pytest.mark.parametrize("config_first", [True, False])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a/config.json", '{"lr": 0.5, "model": {"width": 8}}'),
        ("a/config.yaml", "lr: 5e-1\nmodel:\n  width: 8\n"),
        ("a/logs/params.json", '{"lr": 0.5, "model": {"width": 8}}'),
        ("a/.hydra/config.yaml", "lr: 0.5\nmodel: {width: 8}\n"),
        ("a/config.yml", "lr: {desc: null, value: 0.5}\nmodel: {desc: null, value: {width: 8}}\n_wandb: {x: 1}\n"),
    ],
)
def test_a_config_file_beside_a_log_in_either_order(
    path: str, text: str, config_first: bool, root: Path, write: Write, params: Params
) -> None:
    def log() -> None:
        write(root / "a" / "logs" / "metrics.jsonl", STEPS)

    def config() -> None:
        write(root / path, [text])

    first, second = (config, log) if config_first else (log, config)
    first()
    params()
    second()
    assert params() == {"a": {"lr": (0.5, "config"), "model.width": (8, "config")}}


def test_a_config_file_that_changes_or_goes_is_heeded(root: Path, write: Write, params: Params) -> None:
    write(root / "a" / "metrics.jsonl", STEPS)
    config = write(root / "a" / "config.json", ['{"lr": 0.5, "old": 1}'])
    assert params()["a"].keys() == {"lr", "old"}
    config.write_text('{"lr": 0.125}')
    assert params() == {"a": {"lr": (0.125, "config")}}
    config.write_text("{broken")
    assert params() == {"a": {}}
    config.write_text('{"lr": 0.25}')
    assert params() == {"a": {"lr": (0.25, "config")}}
    config.unlink()
    assert params() == {"a": {}}


def test_a_config_file_speaks_of_every_run_of_its_folder_also_of_later_ones(
    root: Path, write: Write, params: Params
) -> None:
    write(root / "config.json", ['{"lr": 0.5}'])
    write(root / "one.jsonl", STEPS)
    assert params() == {"one": {"lr": (0.5, "config")}}
    write(root / "two.jsonl", STEPS)
    assert params() == {"one": {"lr": (0.5, "config")}, "two": {"lr": (0.5, "config")}}


def test_what_the_run_says_wins_over_its_config(root: Path, write: Write, params: Params) -> None:
    write(root / "a" / "config.json", ['{"lr": 0.5, "wd": 0.1}'])
    write(root / "a" / "events.jsonl", [{"event": "run", "params": {"lr": 0.25}}, *STEPS])
    assert params() == {"a": {"lr": (0.25, "run"), "wd": (0.1, "config")}}


@pytest.mark.parametrize("declared_first", [True, False])
def test_a_goal_that_is_declared_wins_wherever_it_stands(
    declared_first: bool, root: Path, write: Write, detail: Callable[[], RunDetail]
) -> None:
    declared = [
        {"event": "metric", "name": "quality", "goal": "min", "unit": "dB"},
        {"event": "metric", "name": "loss", "goal": "max"},
        {"event": "metric", "name": "odd", "goal": "sideways"},
    ]
    values = [{"step": step, "quality": step, "loss": step, "odd": step} for step in (1, 2)]
    lines = [*declared, *values] if declared_first else [*values, *declared]
    log = write(root / "a" / "events.jsonl", lines[:1])
    for line in lines[1:]:
        detail()
        write(log, [line])
    metrics = detail().metrics
    assert {name: metrics[name].goal for name in ("quality", "loss", "odd")} == {
        "quality": "min",
        "loss": "max",
        "odd": None,
    }
    assert metrics["quality"].best == 1


def test_modes_are_prefixes_and_texts_are_attributes_that_keep_their_last_value(
    root: Path, write: Write, detail: Callable[[], RunDetail]
) -> None:
    lines: list[dict[str, object]] = [
        {"mode": "train", "step": 1, "loss": 2.0, "phase_note": "warm", "pid": 7},
        {"mode": "val", "step": 1, "loss": 3.0},
        {"mode": "train", "step": 2, "loss": 1.0, "phase_note": "cool", "pid": 7},
    ]
    write(root / "a" / "log.jsonl", lines)
    found = detail()
    assert {name: metric.last for name, metric in found.metrics.items()} == {"train/loss": 1.0, "val/loss": 3.0}
    assert found.attributes["phase_note"] == "cool"
    assert "pid" not in found.params


def test_a_line_in_the_middle_of_an_own_event_gives_its_numbers_too(
    root: Path, write: Write, detail: Callable[[], RunDetail]
) -> None:
    write(
        root / "a" / "events.jsonl",
        [
            {"event": "metrics", "step": 5, "metrics": {"loss": 0.5}},
            {"event": "system", "step": 5, "cpu": 0.25},
            {"event": "end", "status": "finished", "step": 6, "final_acc": 0.75},
        ],
    )
    found = detail()
    assert {name: (m.last, m.step) for name, m in found.metrics.items()} == {
        "loss": (0.5, 5),
        "system/cpu": (0.25, 5),
        "final_acc": (0.75, 6),
    }
    assert found.run.status == "finished"


def test_strings_of_strangers_do_no_harm(root: Path, write: Write, store: Store) -> None:
    name = "x'; drop table points; --"
    lines = [
        {"event": "run", "run": "../../etc", "name": "[/bold]\x1b[31m\0", "params": {name: name, "\0": "\0"}},
        {"event": "run", "run": name, "tags": [name, "\0"], "attributes": {name: name}, "git": {"diff": "\0"}},
        {name: 1.5, "run": name, "text": "\0", "step": 1},
    ]
    write(root / "a" / "events.jsonl", lines)
    store.catch_up()
    details = {detail.run.id: detail for detail in store.details()}
    assert store.activity.notices == ()
    assert details[name].metrics[name].last == 1.5
    assert details["etc"].params[name].value == name


def test_more_keys_than_anybody_needs_are_counted_and_said(
    root: Path, index: Index, query: Query, write: Write
) -> None:
    ingest = Ingest(root, index)
    write(root / "a" / "log.jsonl", [{"step": at, f"key{at}": at, "loss": at} for at in range(10_008)])
    ingest.catch_up()
    assert query(ingest, "select count(distinct metric) from points") == [(10_000,)]
    assert query(ingest, "select max(step) from points p join metric_names m using (metric) where name = 'loss'") == [
        (10_007,)
    ]
    (notice,) = ingest.activity.notices
    assert "a/log.jsonl" in notice
    assert notice.endswith("more than 10,000 metrics: 9 values are left out")
    log = root / "a" / "log.jsonl"
    again = Ingest(root, index)
    assert again.activity.notices == (notice,)
    write(log, [{"step": 20_000, "key10": 1, "yet another": 1}])
    again.catch_up()
    assert query(again, "select count(distinct metric) from points") == [(10_000,)]
    assert query(again, "select count(*) from points where step = 20000") == [(1,)]
    assert again.activity.notices == (notice.replace("9 values", "10 values"),)
