"""The rules of docs/event-format.md, sections 1 and 3, by what users see of files that follow them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from labtop.store import Store
from labtop.store.model import RunDetail, SeriesQuery
from labtop.store.read.keys import CLOCK_KEYS, ELAPSED_KEYS, PREFIX_KEYS, STEP_KEYS, WRAPPER_KEYS

NOW = 1_700_000_000.0

Line = dict[str, Any]
Details = dict[str, RunDetail]
Read = Callable[[Mapping[str, Sequence[Line]]], Details]
Curve = Callable[[str, str], list[tuple[float, float]]]


@pytest.fixture
def store(tmp_path: Path, lay_index: Callable[[Path], Path]) -> Iterator[Store]:
    (tmp_path / "runs").mkdir()
    store = Store.open(tmp_path / "runs", index=lay_index(tmp_path / "kept.duckdb"), poll=True)
    yield store
    store.close()


@pytest.fixture
def read(tmp_path: Path, store: Store) -> Read:
    """Write files of lines, last written at NOW, and give their runs by id."""

    def write_and_read(files: Mapping[str, Sequence[Line]]) -> Details:
        for name, lines in files.items():
            path = tmp_path / "runs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a") as file:
                file.writelines(json.dumps(line) + "\n" for line in lines)
            os.utime(path, (NOW, NOW))
        store.catch_up()
        return {detail.run.id: detail for detail in store.details()}

    return write_and_read


@pytest.fixture
def curve(store: Store) -> Curve:
    """Steps and values of a metric of one run."""

    def points(run: str, metric: str) -> list[tuple[float, float]]:
        (found,) = store.series(SeriesQuery((store.find(run),), metric))
        return list(zip(found.x.tolist(), found.value.tolist(), strict=True))

    return points


def last(detail: RunDetail) -> dict[str, float | None]:
    return {name: metric.last for name, metric in detail.metrics.items()}


LOSS: Line = {"step": 1, "loss": 0.5}


def test_the_name_of_a_file_does_not_make_a_log_of_it(read: Read) -> None:
    said = {"messages": [{"role": "user", "content": "hi"}]}
    assert set(read({"a/metrics.jsonl": [said] * 20, "b/what.json": [LOSS], "c/notes.log": [LOSS]})) == {
        "b/what",
        "c/notes",
    }


def test_what_is_undecided_is_judged_again_when_it_grows(read: Read) -> None:
    assert not read({"a/log.jsonl": [{"step": 1}, {"note": "x"}]})
    assert set(read({"a/log.jsonl": [LOSS]})) == {"a"}


def test_annotations_are_no_run(read: Read) -> None:
    assert not read({".labtop/annotations.jsonl": [{"event": "note", "run": "a", "text": "x"}]})


def test_run_names_a_run_below_the_root_and_run_id_one_in_the_folder(read: Read) -> None:
    files = {f"seed{n}/log.jsonl": [{"run_id": "ppo", **LOSS}, {"run": "all/of them", **LOSS}] for n in (1, 2)}
    assert set(read(files)) == {"seed1/ppo", "seed2/ppo", "all/of them"}


def test_one_file_may_hold_many_runs(read: Read) -> None:
    keys = ("run_id", "trial_id", "run_name")
    names = list(enumerate(("x", "y", "x")))
    found = read({f"{key}/log.jsonl": [{key: name, "step": 1, "loss": at} for at, name in names] for key in keys})
    for key in keys:
        assert (found[f"{key}/x"].metrics["loss"].last, found[f"{key}/y"].metrics["loss"].last) == (2, 1)
    assert len(found) == 2 * len(keys)


def test_the_run_that_a_line_names_goes_before_the_name_of_its_file(read: Read) -> None:
    assert set(read({"a/metrics.jsonl": [LOSS, {"run": "x", **LOSS}], "a/other.jsonl": [LOSS]})) == {
        "a",
        "x",
        "a/other",
    }


def test_generic_files_of_a_folder_are_one_run_also_of_other_ranks(read: Read) -> None:
    found = read({"a/logs/metrics-rank1.jsonl": [{"step": 1, "x": 1}], "a/eval/../logs/metrics.jsonl": [LOSS]})
    assert {run: set(detail.metrics) for run, detail in found.items()} == {"a": {"x", "loss"}}


def test_a_name_that_is_given_is_shown_and_else_the_shortest_end(read: Read) -> None:
    named = {"event": "run", "name": "mine", "params": {}}
    found = read({"p/a/log.jsonl": [LOSS], "q/a/log.jsonl": [LOSS], "q/b/log.jsonl": [LOSS], "c/log.jsonl": [named]})
    assert {detail.run.name for detail in found.values()} == {"p/a", "q/a", "b", "mine"}


def test_the_summary_of_a_run_adds_only_what_its_history_lacks(read: Read) -> None:
    history = [{"_step": step, "loss": 1 / step} for step in (1, 2)]
    found = read({"a/wandb-summary.json": [{"_step": 2, "loss": 9, "best": 7}], "a/wandb-history.jsonl": history})
    assert (found["a"].metrics["loss"].count, last(found["a"])) == (2, {"loss": 0.5, "best": 7})


def test_a_log_named_like_its_folder_adds_only_what_another_lacks(read: Read) -> None:
    again = [{"step": 1, "loss": 9, "lr": 0.5}]
    found = read({"x/vis_data/x.json": again, "x/vis_data/scalars.json": [LOSS, {"step": 2, "loss": 0.25}]})
    assert (found["x"].metrics["loss"].count, last(found["x"])) == (2, {"loss": 0.25, "lr": 0.5})


def test_each_step_key_in_any_case(read: Read, curve: Curve) -> None:
    keys = dict(enumerate([*STEP_KEYS, "Global_Step", "EPOCH"]))
    steps = ((5, 0.5), ("7", 0.25), ("9/40", 0.125))
    found = read({f"r{at}/log.jsonl": [{key: step, "loss": loss} for step, loss in steps] for at, key in keys.items()})
    for at, key in keys.items():
        assert (key, curve(f"r{at}", "loss")) == (key, [(5, 0.5), (7, 0.25), (9, 0.125)])
        assert set(found[f"r{at}"].metrics) == {"loss"}


def test_the_first_step_key_of_the_list_counts_and_the_others_stay_metrics(read: Read, curve: Curve) -> None:
    line = {key: 100 + at for at, key in enumerate(STEP_KEYS)}
    found = read({"a/log.jsonl": [{**dict(reversed(line.items())), "loss": 0.5}]})
    assert curve("a", "loss") == [(100, 0.5)]
    assert set(found["a"].metrics) == {"loss", *STEP_KEYS[1:]}


def test_a_truth_is_no_step_and_without_any_lines_are_counted(read: Read, curve: Curve) -> None:
    found = read({"a/log.jsonl": [{"loss": 0.5}, {"step": True, "loss": 0.25}]})
    assert curve("a", "loss") == [(1, 0.5), (2, 0.25)]
    assert last(found["a"])["step"] == 1


def test_each_clock_key_where_it_looks_like_a_clock(read: Read) -> None:
    moments = [
        (NOW, NOW + 90),
        (NOW * 1e3, (NOW + 90) * 1e3),
        ("2023-11-14T22:13:20Z", "2023-11-14T22:14:50+00:00"),
        ("1700000000", "1700000090"),
    ]
    files = {
        f"{key}{at}/log.jsonl": [{"step": step, key: moment, "loss": 1} for step, moment in enumerate(both)]
        for key in (*CLOCK_KEYS, "Timestamp")
        for at, both in enumerate(moments)
    }
    for run, found in read(files).items():
        assert (run, found.run.started, found.run.updated, found.run.estimated) == (run, NOW, NOW + 90, False)
        assert set(found.metrics) == {"loss"}


def test_seconds_under_the_name_of_a_clock_are_a_metric(read: Read) -> None:
    run = read({"a/log.jsonl": [{"iter": 1, "time": 0.31, "loss": 1}]})["a"]
    assert (run.run.estimated, run.metrics["time"].last) == (True, 0.31)


def test_each_elapsed_key_in_each_form(read: Read) -> None:
    files: dict[str, list[Line]] = {
        f"r{at}{form}/log.jsonl": [{"step": 1, key: 0, "loss": 1}, {"step": 2, key: value, "loss": 1}]
        for at, key in enumerate([*ELAPSED_KEYS, "Elapsed"])
        for form, value in enumerate([93784, "26:03:04", "1 day, 2:03:04", "1d 2h 3m 4s"])
    }
    for run, found in read(files).items():
        assert (run, found.run.started, found.run.updated, found.run.estimated) == (run, NOW - 93784, NOW, True)


def test_without_any_time_a_file_is_read_as_a_line_a_second(read: Read) -> None:
    run = read({"a/log.jsonl": [{"step": step, "loss": 1} for step in range(11)]})["a"].run
    assert (run.started, run.updated, run.estimated) == (NOW - 10, NOW, True)


def test_what_is_a_value(read: Read) -> None:
    line = {
        "deep": {"er": {"x": 1}},
        "text": "0.5",
        "nan": "nan",
        "infinite": "inf",
        "yes": True,
        "no": False,
        "nothing": None,
        "few": [1, 2],
        "many": list(range(17)),
        "objects": [{"x": 1}],
        "media": {"_type": "image", "size": 3},
        "Yes": 3,
    }
    run = read({"a/log.jsonl": [{"step": 1, **line}]})["a"]
    values = last(run)
    assert str([values.pop("nan"), values.pop("infinite")]) == "[nan, inf]"
    assert values == {"deep/er/x": 1, "text": 0.5, "yes": 1, "no": 0, "few/0": 1, "few/1": 2, "Yes": 3}
    assert not run.attributes


def test_each_wrapper_is_taken_off_where_it_is_the_only_object(read: Read) -> None:
    lines: dict[str, Line] = {wrapper: {"step": 1, wrapper: {"loss": 0.5}} for wrapper in WRAPPER_KEYS}
    found = read({f"a_{wrapper}.jsonl": [line, {**line, "other": {"x": 1}}] for wrapper, line in lines.items()})
    assert {run: set(detail.metrics) for run, detail in found.items()} == {
        f"a_{wrapper}": {"loss", f"{wrapper}/loss", "other/x"} for wrapper in WRAPPER_KEYS
    }


def test_numbers_that_json_has_not_are_values(tmp_path: Path, store: Store) -> None:
    numbers = ["NaN", "nan", "-nan", "Infinity", "inf", "-inf", "1e400"]
    lines = (f'{{"step": {step}, "loss": 0.5, "grad": {number}}}\n' for step, number in enumerate(numbers))
    (tmp_path / "runs/a.jsonl").write_text("".join(lines))
    store.catch_up()
    grad = store.detail(store.find("a")).metrics["grad"]
    assert (grad.count, grad.nan, store.activity.rejected) == (len(numbers), len(numbers), 0)


def test_each_mode_goes_before_the_names_of_its_metrics(read: Read) -> None:
    found = read({f"{key}/log.jsonl": [{key: "val", **LOSS}] for key in PREFIX_KEYS})
    assert {run: set(detail.metrics) for run, detail in found.items()} == {key: {"val/loss"} for key in PREFIX_KEYS}


def test_texts_and_ids_are_attributes_and_keep_their_last_value(read: Read) -> None:
    lines = [{"step": at, "loss": 1, "pid": 7, "trial": "x", "node_ip": "10.0.0.1", "host_id": at} for at in (1, 2)]
    run = read({"a/log.jsonl": lines})["a"]
    assert set(run.metrics) == {"loss"}
    assert run.attributes == {"pid": "7", "trial": "x", "node_ip": "10.0.0.1", "host_id": "2"}


SOURCES: list[tuple[str, dict[str, Sequence[Line]]]] = [
    ("run", {"s/n-lr7.jsonl": [{"event": "run", "params": {"lr": 1}}]}),
    ("line", {"s/n-lr7.jsonl": [{"step": 1, "config": {"lr": 2}}]}),
    ("header", {"s/n-lr7.jsonl": [{"lr": 3, "model": "x", "data": "y"}]}),
    ("config", {"s/config.json": [{"lr": 4}]}),
    ("constant", {"s/n-lr7.jsonl": [{"step": step, "lr": 5, "loss": 0.5} for step in (1, 2)]}),
    ("name", {"s/n-lr7.jsonl": [LOSS], "s/n-lr9.jsonl": [LOSS]}),
]


@pytest.mark.parametrize("first", range(len(SOURCES)))
def test_of_all_that_say_a_parameter_the_first_source_wins(first: int, read: Read) -> None:
    files: dict[str, list[Line]] = {"s/n-lr7.jsonl": []}
    order = ["header", "run", "line", "config", "constant", "name"]  # a header stands at the top
    for _, of_source in sorted(SOURCES[first:], key=lambda source: order.index(source[0])):
        for name, lines in of_source.items():
            files.setdefault(name, []).extend(lines)
    lr = read(files)["s/n-lr7"].params["lr"]
    assert (lr.source, lr.value) == (SOURCES[first][0], [1, 2, 3, 4, 5, 7][first])


def test_each_object_of_parameters_in_a_line(read: Read) -> None:
    keys = ["config", "params", "hparams", "args", "cfg", "Config"]
    found = read({f"of {key}/log.jsonl": [{**LOSS, key: {"opt": {"lr": 0.5}}}] for key in keys})
    for run in found.values():
        assert {name: param.value for name, param in run.params.items()} == {"opt.lr": 0.5}
        assert set(run.metrics) == {"loss"}
    assert len(found) == len(keys)


def test_lines_of_a_sweep_are_runs_whose_names_code_nothing(read: Read) -> None:
    found = read({"a/results.jsonl": [{"lr": 0.1, "width": width, "acc": width / 64} for width in (8, 16, 32)]})
    assert {run: {key: param.value for key, param in detail.params.items()} for run, detail in found.items()} == {
        f"a/results#{line}": {"lr": 0.1, "width": width} for line, width in enumerate((8, 16, 32), 1)
    }
    assert {detail.run.status for detail in found.values()} == {"finished"}


def test_an_unset_total_does_not_finish_a_run(read: Read) -> None:
    run = read({"a/log.jsonl": [{**LOSS, "max_steps": -1, "percentage": "nan"}]})["a"].run
    assert (run.total_steps, run.status == "finished") == (None, False)


def test_a_goal_is_inferred_from_whole_words_of_a_name(read: Read) -> None:
    names = {"eval/loss": "min", "mIoU": None, "miou": "max", "aAcc": "max", "macc": "max", "rew": "max", "lossy": None}
    run = read({"a/log.jsonl": [{"step": 1, **dict.fromkeys(names, 0.5), "train_loss_scale": 2}]})["a"]
    goals = {name: metric.goal for name, metric in run.metrics.items()}
    assert goals == {**names, "mIoU": "max", "train_loss_scale": None}


RAY = {"trial_id": "t", "training_iteration": 1, "loss": 0.5}


@pytest.mark.parametrize(
    ("lines", "finished"),
    [
        ([RAY | {"done": False}] * 40 + [RAY | {"done": True}], True),
        ([RAY | {"done": True}], True),
        ([RAY | {"done": True, "config": {"lr": 1}}], True),
        ([RAY | {"done": True}, RAY | {"done": False, "training_iteration": 2}], False),
        ([RAY | {"done": False}] * 40, False),
        ([{"step": 1, "loss": 0.5, "done": True}], False),
        ([RAY | {"done": 1}], False),
    ],
)
def test_ray_says_when_a_trial_is_done(lines: list[dict[str, object]], finished: bool, read: Read) -> None:
    (detail,) = read({"a/result.json": lines}).values()
    assert (detail.run.status == "finished") == finished


def test_what_is_left_out_is_remembered(tmp_path: Path) -> None:
    log = tmp_path / "runs" / "a.jsonl"
    log.parent.mkdir()
    log.write_text(json.dumps({"step": 1, **{f"k{n}": n for n in range(10_007)}}) + "\n")
    for step, left_out in ((2, 7), (3, 8)):
        with Store.open(tmp_path / "runs", index=tmp_path / "index.duckdb") as store:
            store.catch_up()
            assert f"{left_out} values are left out" in store.activity.notices[0]
        with log.open("a") as file:
            file.write(json.dumps({"step": step, "k3": 5, "another": 1}) + "\n")
