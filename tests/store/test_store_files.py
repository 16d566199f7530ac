"""Files as they grow, break, are replaced and vanish: what the store answers of them."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.model import Run, SeriesQuery, Status, TableQuery

Open = Callable[[], Store]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


@pytest.fixture
def reopen(root: Path, tmp_path: Path, lay_index: Callable[[Path], Path]) -> Open:
    """The store as another process would open it later."""
    return lambda: Store.open(root, index=lay_index(tmp_path / "index.duckdb"))


def _values(store: Store, metric: str = "loss") -> dict[str, list[float]]:
    """The logged values of a metric by run, in order of step."""
    store.catch_up()
    runs = store.table(TableQuery()).runs
    found = store.series(SeriesQuery(tuple(run.number for run in runs), metric, buckets=100_000))
    return {run.id: each.value.tolist() for run, each in zip(runs, found, strict=True) if len(each)}


def _run(store: Store) -> Run:
    store.catch_up()
    (run,) = store.table(TableQuery()).runs
    return run


def _append(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as log:
        log.write(text)


def _age(path: Path, seconds: float) -> None:
    """Make the file that old."""
    when = path.stat().st_mtime - seconds
    os.utime(path, (when, when))


def test_only_what_is_new_is_read_and_a_half_line_waits(root: Path, reopen: Open) -> None:
    log = root / "a/events.jsonl"
    _append(log, '{"step": 1, "loss": 3}\n{"step": 2, "lo')
    with reopen() as store:
        assert _values(store) == {"a": [3]}
        _append(log, 'ss": 2}\n')
        assert _values(store) == {"a": [3, 2]}
    _append(log, '{"step": 3, "loss": 1}\n')
    with reopen() as store:
        assert _values(store) == {"a": [3, 2, 1]}


def test_a_last_line_without_newline_counts_once_its_file_is_quiet(root: Path, reopen: Open) -> None:
    log = root / "a/events.jsonl"
    _append(log, '{"step": 1, "loss": 3}\n{"step": 2, "loss": 2}')
    _age(log, 10)
    with reopen() as store:
        assert _values(store) == {"a": [3, 2]}
        _append(log, '\n{"step": 3, "loss": 1}\n')
        assert _values(store) == {"a": [3, 2, 1]}


@pytest.mark.parametrize("text", ['{"step": 7, "loss": 9}\n', '{"step": 7, "loss": 9.123456789}\n' * 9])
def test_a_file_written_anew_replaces_what_it_said(root: Path, reopen: Open, text: str) -> None:
    log = root / "a/events.jsonl"
    _append(log, '{"step": 1, "loss": 3}\n{"step": 2, "loss": 2}\n')
    with reopen() as store:
        assert _values(store) == {"a": [3, 2]}
        log.write_text(text)
        assert set(_values(store)["a"]) == {json.loads(text.splitlines()[0])["loss"]}
        other = root.parent / "other"
        other.write_text('{"step": 1, "loss": 5}\n')
        other.replace(log)
        assert _values(store) == {"a": [5]}


def test_a_removed_file_is_forgotten_and_may_come_back(root: Path, reopen: Open) -> None:
    log = root / "a/events.jsonl"
    _append(log, '{"step": 1, "loss": 3}\n')
    with reopen() as store:
        assert _values(store) == {"a": [3]}
        log.unlink()
        assert _values(store) == {}
        _append(log, '{"step": 1, "loss": 4}\n')
        assert _values(store) == {"a": [4]}


def test_broken_lines_stop_nothing(root: Path, reopen: Open) -> None:
    log = root / "a/events.jsonl"
    log.parent.mkdir()
    log.write_bytes(
        b'\xef\xbb\xbf{"step": 1, "loss": 1}\r\n'
        b"\n{}\nnot json\n"
        b'{"step": 2, "loss": NaN}\n'
        b'{"step": 3, "loss": 3}{"step": 4, "loss": 4}\n'
        b'{"step": 5, "loss": 5, "note": "\xff\xfe"}\n'
        b'\x00\x00\x00{"step": 6, "loss": 6}\n'
        b'{"step": 7, "loss": 7, "pad": "' + b"x" * 500_000 + b'"}\n'
        b'{"step": 8, "loss": 1e400}\n'
    )
    (root / "empty.jsonl").touch()
    with reopen() as store:
        values = _values(store)["a"]
        assert [values[0], *values[2:]] == [1, 3, 4, 5, 6, 7, math.inf]
        assert math.isnan(values[1])
        assert store.activity.rejected == 1
        metric = store.detail(0).metrics["loss"]
        assert (metric.count, metric.nan, metric.min, metric.max, metric.best_step) == (8, 2, 1, 7, 1)


def test_chat_logs_summaries_and_annotations_are_no_runs(root: Path, reopen: Open) -> None:
    (root / "chat.jsonl").write_text('{"messages": [{"role": "user", "content": "1 2 3"}]}\n' * 30)
    (root / "summary.json").write_text('{\n  "loss": 1\n}\n')
    (root / "list.json").write_text("[1, 2, 3]\n")
    _append(root / ".labtop/annotations.jsonl", '{"event": "note", "run": "a", "text": "x", "time": 1}\n')
    with reopen() as store:
        assert _values(store) == {}
        assert store.table(TableQuery()).total == 0


def test_one_file_may_hold_many_runs_and_many_files_one(root: Path, reopen: Open) -> None:
    _append(
        root / "pool/log.jsonl", '{"run_name": "x", "step": 1, "loss": 1}\n{"run_name": "y", "step": 1, "loss": 2}\n'
    )
    _append(root / "one/training.jsonl", '{"step": 1, "loss": 3}\n')
    _append(root / "one/validation.jsonl", '{"step": 1, "val_loss": 4}\n')
    with reopen() as store:
        assert _values(store) == {"pool/x": [1], "pool/y": [2], "one": [3]}
        assert _values(store, "val_loss") == {"one": [4]}


def test_a_restart_is_another_attempt_and_a_resume_overwrites(root: Path, reopen: Open) -> None:
    steps = [*range(1, 7), *range(1, 4)]
    _append(root / "restart.jsonl", "".join(f'{{"step": {s}, "loss": {i}}}\n' for i, s in enumerate(steps)))
    steps = [*range(1, 9), *range(5, 8)]
    _append(root / "resume.jsonl", "".join(f'{{"step": {s}, "loss": {i}}}\n' for i, s in enumerate(steps)))
    with reopen() as store:
        values = _values(store)
        assert values["restart"] == [0, 1, 2, 3, 4, 5, 6, 7, 8]
        assert values["resume"] == [0, 1, 2, 3, 8, 9, 10, 7]
        attempts = {run.id: run.attempts for run in store.table(TableQuery()).runs}
        assert attempts == {"restart": 2, "resume": 1}


def test_parameters_come_from_events_headers_configs_constants_and_names(root: Path, reopen: Open) -> None:
    _append(root / "a/events.jsonl", '{"event": "run", "params": {"model": {"width": 8}, "lr": "0.1"}}\n')
    _append(root / "a/events.jsonl", '{"step": 1, "loss": 1}\n')
    (root / "a/config.yaml").write_text("lr: 0.5\ndropout: 1e-1\ntag: !!python/object/apply:os.system [exit]\n")
    header = '{"model": "resnet", "data": "cifar", "depth": 18}\n'
    _append(root / "b/events.jsonl", header + '{"step": 1, "loss": 1}\n{"step": 2, "loss": 2}\n')
    for name in ("s-lr1e-2", "s-lr3e-4"):
        _append(root / f"sweep/{name}.jsonl", '{"step": 1, "loss": 1, "bs": 4}\n{"step": 2, "loss": 2, "bs": 4}\n')
    with reopen() as store:
        store.catch_up()
        params = {
            detail.run.id: {key: (param.value, param.source) for key, param in detail.params.items()}
            for detail in store.details()
        }
    assert params["a"]["model.width"] == (8, "run")
    assert params["a"]["lr"] == ("0.1", "run")
    assert params["a"]["dropout"] == (0.1, "config")
    assert params["b"] == {"model": ("resnet", "header"), "data": ("cifar", "header"), "depth": (18, "header")}
    assert params["sweep/s-lr1e-2"] == {"lr": (0.01, "name"), "bs": (4, "constant")}


def test_a_config_that_appears_later_speaks_of_runs_that_are_known(root: Path, reopen: Open) -> None:
    _append(root / "a/logs/metrics.jsonl", '{"step": 1, "loss": 1}\n')
    with reopen() as store:
        store.catch_up()
        (root / "a/config.json").write_text('{"lr": 0.5}')
        store.catch_up()
        assert store.detail(0).params["lr"].value == 0.5
        (root / "a/config.json").write_text('{"lr": 0.25}')
        store.catch_up()
        assert store.detail(0).params["lr"].value == 0.25


@pytest.mark.parametrize(
    ("lines", "age_s", "status"),
    [
        ('{"event": "end", "status": "finished"}', 0, Status.FINISHED),
        ('{"event": "end", "status": "failed", "error": "E", "traceback": "T"}', 0, Status.FAILED),
        ('{"event": "end", "status": "KILLED"}', 0, Status.KILLED),
        ('{"step": 2, "loss": 1, "total_steps": 2}', 0, Status.FINISHED),
        ('{"step": 2, "loss": 1}', 0, Status.RUNNING),
        ('{"step": 2, "loss": 1}', 3600, Status.ENDED),
        ('{"event": "end", "status": "failed"}\n{"step": 3, "loss": 1}', 0, Status.RUNNING),
    ],
)
def test_the_status_is_what_the_log_shows(root: Path, reopen: Open, lines: str, age_s: float, status: Status) -> None:
    log = root / "a/events.jsonl"
    _append(log, f'{{"step": 1, "loss": 1}}\n{lines}\n')
    _age(log, age_s)
    with reopen() as store:
        assert _run(store).status is status


def test_a_run_whose_process_is_gone_has_crashed(root: Path, reopen: Open) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    said = {"event": "run", "host": os.uname().nodename, "pid": child.pid, "pid_started": 1.7e9}
    log = root / "a/events.jsonl"
    _append(log, json.dumps(said) + '\n{"step": 1, "loss": 1}\n')
    with reopen() as store:
        assert _run(store).status is Status.CRASHED
        _append(log, '{"step": 2, "loss": 1}\n')
        store.catch_up()
        assert _run(store).status is Status.CRASHED


def test_a_single_file_is_a_root_too(tmp_path: Path) -> None:
    log = tmp_path / "mine.jsonl"
    log.write_text('{"step": 1, "loss": 3}\n')
    with Store.open(log, index=tmp_path / "index.duckdb") as store:
        assert _values(store) == {"mine": [3]}


def test_10_000_lines_of_four_runs_are_counted_exactly(root: Path, reopen: Open) -> None:
    for run in range(4):
        _append(root / f"r{run}.jsonl", "".join(f'{{"step": {s}, "loss": {s % 97}}}\n' for s in range(2500)))
    with reopen() as store:
        store.catch_up()
        for detail in store.details():
            metric = detail.metrics["loss"]
            assert (metric.count, metric.min, metric.max) == (2500, 0, 96)
            assert metric.mean == pytest.approx(sum(s % 97 for s in range(2500)) / 2500)
