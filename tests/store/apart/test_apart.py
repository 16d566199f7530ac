"""A store in a process of its own answers as one in this process does, and ends with the one that asks."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from labtop.store import Store
from labtop.store.model import (
    MISSING,
    BetterQuery,
    Column,
    HistogramQuery,
    NotThere,
    ParallelQuery,
    ScatterQuery,
    SeriesQuery,
    TableQuery,
    WhyQuery,
)

_PATIENCE_S = 30
_LOSS = Column("metric", "loss")
_QUERY = TableQuery((_LOSS, Column("param", "lr")))
_CURVES = SeriesQuery((0, 1), "loss")

# Each in a process without threads: the store's own is a fork.
_ASK = """
import pickle, sys
from pathlib import Path
from labtop.store.apart.process import begin
process = begin(Path(sys.argv[1]), index=Path(sys.argv[2]))
from labtop.store.apart.client import StoreApart
from labtop.store.model import (
    BetterQuery, Column, HistogramQuery, NotThere, ParallelQuery, ScatterQuery, SeriesQuery, StoreError, TableQuery,
    WhyQuery,
)
"""
_ANSWERS = f"""{_ASK}
def question(ask):
    try:
        return ask()
    except Exception as error:
        return error

with StoreApart(Path(sys.argv[1]), process) as store:
    query = TableQuery((Column("metric", "loss"), Column("param", "lr")))
    answers = [question(ask) for ask in (
        store.opened().outline,
        lambda: store.table(query),
        store.growing,
        lambda: store.detail(1),
        store.details,
        lambda: store.several_curves([SeriesQuery((0, 1), "loss")]),
        lambda: store.groups(Column("param", "width"), (0, 1)),
        lambda: store.scatter(ScatterQuery(Column("metric", "loss"))),
        lambda: store.histogram(HistogramQuery(Column("metric", "loss"))),
        lambda: store.sparklines((0, 1), "loss", 5),
        lambda: store.why(WhyQuery(Column("metric", "loss"))),
        lambda: store.parallel(ParallelQuery(Column("metric", "loss"), ("lr", "width"))),
        lambda: store.better([BetterQuery(Column("metric", "loss"), (0,), (1,))]),
        lambda: store.compare((0, 1)),
        lambda: store.detail(99),
        lambda: store.several_curves(["no query"]),
    )]
sys.stdout.buffer.write(pickle.dumps(answers))
"""
_FOLLOW = f"""{_ASK}
with StoreApart(Path(sys.argv[1]), process) as store:
    print(process.pid, flush=True)
    store.opened().start(lambda activity: print(activity.lines, *activity.notices, flush=True))
    sys.stdin.read()
    try:
        store.outline()
    except StoreError as error:
        print(error)
"""
_UNWATCHED = f"""
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
{_FOLLOW}"""
_REFUSED = f"""{_ASK}
with StoreApart(Path(sys.argv[1]), process) as store:
    try:
        store.opened()
    except Exception as error:
        print(type(error).__name__, error)
"""


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Two runs with curves; one lacks a parameter of the other."""
    root = tmp_path / "runs"
    for name, about in (("low", {"lr": 0.1, "width": 8}), ("high", {"lr": 0.5})):
        (root / name).mkdir(parents=True)
        lines = [{"event": "run", "time": 1e9, "params": about}]
        lines += [{"step": step, "time": 1e9 + step, "loss": 1 / step} for step in range(1, 30)]
        (root / name / "events.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return root


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where the index lies."""
    return tmp_path / "index.duckdb"


def _run(script: str, runs: Path, index: Path) -> bytes:
    command = [sys.executable, "-c", script, str(runs), str(index)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=_PATIENCE_S).stdout


@contextlib.contextmanager
def _following(runs: Path, index: Path, script: str = _FOLLOW) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that follows the runs, and the number of the process that reads for it."""
    command = [sys.executable, "-c", script, str(runs), str(index)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def _until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    return next(line for line in process.stdout if line.startswith(text))


def test_it_answers_as_a_store_in_this_process(runs: Path, index: Path) -> None:
    with Store.open(runs, index=index) as store:
        store.catch_up()
        expected: list[object] = [
            store.outline(),
            store.table(_QUERY),
            store.growing(),
            store.detail(1),
            store.details(),
            store.several_curves([_CURVES]),
            store.groups(Column("param", "width"), (0, 1)),
            store.scatter(ScatterQuery(_LOSS)),
            store.histogram(HistogramQuery(_LOSS)),
            store.sparklines((0, 1), "loss", 5),
            store.why(WhyQuery(_LOSS)),
            store.parallel(ParallelQuery(_LOSS, ("lr", "width"))),
            store.better([BetterQuery(_LOSS, (0,), (1,))]),
            store.compare((0, 1)),
        ]
    *answers, gone, unforeseen = pickle.loads(_run(_ANSWERS, runs, index))
    for answer, here in zip(answers, expected, strict=True):
        assert pickle.dumps(answer) == pickle.dumps(pickle.loads(pickle.dumps(here)))
    assert any(value is MISSING for row in answers[-1].params for value in row.values), "it is one in every process"
    assert isinstance(gone, NotThere)
    assert "AttributeError" in str(unforeseen)
    assert "in several_curves" in "".join(unforeseen.__notes__), "with its traceback"


def test_it_tells_of_growth_and_ends_with_the_one_that_asks(runs: Path, index: Path) -> None:
    with _following(runs, index) as (process, reads):
        _until(process, "60")
        with (runs / "low" / "events.jsonl").open("a") as log:
            log.write('{"step": 30, "loss": 0}\n')
        _until(process, "61")
        reader = psutil.Process(reads)
        process.communicate(timeout=_PATIENCE_S)
        assert not reader.is_running()
    with Store.open(runs, index=index) as store:
        assert store.index_info().path == str(index), "nobody holds it any more"
        assert {run.name: run.step for run in store.table(TableQuery()).runs} == {"low": 30, "high": 29}


def test_the_death_of_the_one_that_asks_ends_it(runs: Path, index: Path) -> None:
    with _following(runs, index) as (process, reads):
        _until(process, "60")
        reader = psutil.Process(reads)
        process.send_signal(signal.SIGKILL)
        psutil.wait_procs([reader], timeout=_PATIENCE_S)
        assert not reader.is_running()


def test_its_own_death_is_told_and_answers_every_question(runs: Path, index: Path) -> None:
    with _following(runs, index) as (process, reads):
        _until(process, "60")
        psutil.Process(reads).kill()
        why = "the process that reads has ended (Killed, perhaps for want of memory): quit with q and open labtop again"
        assert _until(process, "60 the") == f"60 {why}\n"
        said, _ = process.communicate(timeout=_PATIENCE_S)
        assert said == f"{why}\n"


def test_its_death_is_told_where_nobody_is_told_of_children(runs: Path, index: Path) -> None:
    with _following(runs, index, _UNWATCHED) as (process, reads):
        _until(process, "60")
        psutil.Process(reads).kill()
        why = "the process that reads has ended: quit with q and open labtop again\n"
        assert _until(process, "60 the") == f"60 {why}"
        assert process.communicate(timeout=_PATIENCE_S)[0] == why


def test_what_cannot_be_loaded_is_said(
    runs: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "duckdb.py").write_text("raise ImportError('its library is too old')")
    paths = [str(tmp_path), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    assert _run(_REFUSED, runs, index) == b"RuntimeError ImportError: its library is too old\n"


def test_signals_of_the_terminal_do_not_reach_it(runs: Path, index: Path) -> None:
    with _following(runs, index) as (process, reads):
        _until(process, "60")
        assert psutil.Process(reads).terminal() is None
        psutil.Process(reads).send_signal(signal.SIGINT)
        with (runs / "low" / "events.jsonl").open("a") as log:
            log.write('{"step": 30, "loss": 0}\n')
        _until(process, "61")


def test_what_a_store_refuses_is_said(runs: Path, index: Path, tmp_path: Path) -> None:
    assert _run(_REFUSED, tmp_path / "nowhere", index).startswith(b"NotThere there is no ")
    index.write_text("no database")
    assert b"is no index of labtop" in _run(_REFUSED, runs, index)
