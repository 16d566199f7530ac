"""What labtop shows of runs that its own logger wrote."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from labtop.store import Store
from labtop.store.model import Run, RunDetail, TableQuery
from tests.recording.conftest import Train

SCRIPT = """
import os, signal, sys, labtop
def training(name, **more):
    run = labtop.init("runs", name=name, params={"lr": 0.1, "model": {"width": 8}}, seed=3, **more)
    run.metric("score", goal="max")
    for step in range(20):
        run.log({"loss": float("nan") if step > 9 else 1 / (step + 1), "score": step}, step=10 * step)
    return run
"""


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def all_runs() -> tuple[dict[str, Run], dict[str, RunDetail]]:
        with Store.open(tmp_path / "runs", index=tmp_path / "index.duckdb") as store:
            store.catch_up()
            rows = {row.name: row for row in store.table(TableQuery()).rows if isinstance(row, Run)}
            return rows, {name: store.detail(row.number) for name, row in rows.items()}

    return all_runs


def test_params_metrics_and_goals(train: Train, read: Any) -> None:
    train(SCRIPT + 'training("good", tags=["t"], total_steps=190, notes="why not", group="g")\n')

    runs, details = read()
    run, detail = runs["good"], details["good"]
    assert (run.status, run.tags, run.group, run.step, run.progress) == ("finished", ("t",), "g", 190, 1)
    params = {key: detail.params[key].value for key in ("lr", "model.width", "seed")}
    assert params == {"lr": 0.1, "model.width": 8, "seed": 3}
    assert (detail.metrics["score"].best, detail.metrics["score"].best_step) == (19, 190)
    loss = detail.metrics["loss"]
    assert (loss.count, loss.nan, loss.min) == (20, 10, 0.1)
    assert math.isnan(loss.last or 0)
    assert detail.rejected == 0


def test_every_end_is_told(train: Train, read: Any) -> None:
    for name, end in {
        "finished": "",
        "failed": "raise ValueError('boom')",
        "exit": "sys.exit(4)",
        "killed": "os.kill(os.getpid(), signal.SIGTERM)",
        "crashed": "os.kill(os.getpid(), signal.SIGKILL)",
    }.items():
        train(f"{SCRIPT}training({name!r})\n{end}\n")

    runs, details = read()
    assert {name: str(run.status) for name, run in runs.items()} == {
        "finished": "finished",
        "failed": "failed",
        "exit": "failed",
        "killed": "killed",
        "crashed": "crashed",
    }
    assert runs["failed"].error == "ValueError: boom"
    assert "raise ValueError('boom')" in (details["failed"].traceback or "")
    assert (details["exit"].exit_code, details["killed"].exit_code) == (4, 143)


def test_a_resumed_run_is_one_curve_and_ends_as_it_did_last(train: Train, read: Any) -> None:
    code = (
        'import labtop\nrun = labtop.init("runs", id="it")\nfor at in range(3): run.log({{"loss": at}}, step={} + at)\n'
    )
    train(code.format(0) + "raise ValueError\n")
    train(code.format(1))

    runs, details = read()
    assert (runs["it"].status, runs["it"].attempts, runs["it"].error) == ("finished", 1, None)
    assert details["it"].metrics["loss"].count == 4  # steps 1 and 2 were written again


def test_a_run_of_many_processes_is_one(train: Train, read: Any) -> None:
    train("""
import os, labtop
run = labtop.init("runs", name="it")
for child in range(3):
    if os.fork() == 0:
        labtop.log({f"child{child}": 1.0}, step=5)
        os._exit(0)
for _ in range(3): os.wait()
run.log({"loss": 1.0}, step=9)
""")

    runs, details = read()
    assert list(runs) == ["it"]
    assert details["it"].metrics.keys() == {"child0", "child1", "child2", "loss"}
    assert runs["it"].status == "finished"


def test_a_rank_that_failed_is_why_the_others_were_killed(train: Train, read: Any) -> None:
    """It begins first and ends between the first and the last line of the other."""
    rank0 = """
import os, signal, subprocess, sys, labtop
run = labtop.init("runs", id="it")
run.log({"loss": 1.0})
subprocess.run([sys.executable, "rank1.py"], env={**os.environ, "RANK": "1", "WORLD_SIZE": "2"})
os.kill(os.getpid(), signal.SIGTERM)
"""
    Path("rank1.py").write_text('import labtop\nlabtop.init("runs", id="it")\nraise ValueError("rank 1")\n')
    train(rank0, RANK="0", WORLD_SIZE="2")

    runs, _ = read()
    assert (runs["it"].status, runs["it"].error) == ("failed", "ValueError: rank 1")
