"""Which run a callback logs to, and how that run ends: without a framework, as all of them use it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import labtop
from labtop.callbacks.training import TRIAL, Training
from labtop.recording import joining
from labtop.store import Store
from labtop.store.model import RunDetail, Status

Read = Callable[[], dict[str, RunDetail]]
Script = Callable[[str], RunDetail]
_REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("LABTOP_RUN_ID", "_LABTOP_PARENT", "RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LABTOP_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("LABTOP_CAPTURE", "0")
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "runs"
    for run in joining.open_runs():
        run.finish()


@pytest.fixture
def read(runs: Path, tmp_path: Path, lay_index: Callable[[Path], Path]) -> Read:
    """All runs by id, as they are now."""

    def details() -> dict[str, RunDetail]:
        index = lay_index(tmp_path / f"{len(list(tmp_path.glob('*.duckdb')))}.duckdb")
        with Store.open(runs, index=index, poll=True) as store:
            store.catch_up()
            return {detail.run.id: detail for detail in store.details()}

    return details


@pytest.fixture
def script(tmp_path: Path, read: Read) -> Script:
    """What became of the run of a script that trains for a step, and then does this."""

    def run(then: str) -> RunDetail:
        begin = (
            "import sys\n"
            "from labtop.callbacks.training import Training\n"
            "training = Training('any')\n"
            "training.begin({'lr': 1.0}, 3)\n"
            "training.log({'loss': 0.5}, 1)\n"
        )
        env = os.environ | {"PYTHONPATH": str(_REPOSITORY)}
        subprocess.run([sys.executable, "-c", begin + then], env=env, capture_output=True, check=False)
        (detail,) = read().values()
        assert detail.metrics["loss"].last == 0.5
        return detail

    return run


@pytest.mark.parametrize(
    ("then", "status", "error"),
    [
        ("training.finish()", Status.FINISHED, None),
        ("1 / 0", Status.FAILED, "ZeroDivisionError: division by zero"),
        ("try: 1 / 0\nexcept ZeroDivisionError: pass", Status.FAILED, "the training was left before its end"),
        ("training.is_over = lambda: True", Status.FINISHED, None),
        ("raise KeyboardInterrupt", Status.KILLED, "KeyboardInterrupt"),
    ],
)
def test_the_end_of_the_process_ends_the_run(script: Script, then: str, status: Status, error: str | None) -> None:
    detail = script(then)
    assert (detail.run.status, detail.run.error) == (status, error)


def test_the_next_training_of_its_kind_ends_one_that_was_left(read: Read) -> None:
    Training("any", name="left").begin({})
    following = Training("any", name="next")
    following.begin({})
    following.finish()
    assert {name: detail.run.status for name, detail in read().items()} == {
        "left": Status.FAILED,
        "next": Status.FINISHED,
    }


def test_a_training_within_one_of_another_kind_has_a_run_of_its_own(read: Read) -> None:
    outer, inner = Training("one", name="outer"), Training("two", name="inner")
    outer.begin({"lr": 1.0})
    inner.begin({"depth": 3})
    inner.log({"loss": 9.0}, 1)
    inner.finish()
    outer.log({"loss": 1.0}, 1)
    outer.finish()
    found = {name: (detail.run.status, detail.metrics["loss"].last) for name, detail in read().items()}
    assert found == {"outer": (Status.FINISHED, 1.0), "inner": (Status.FINISHED, 9.0)}


def test_trainings_of_two_threads_leave_each_other_alone(read: Read) -> None:
    both_began = threading.Barrier(2)

    def train(name: str) -> None:
        training = Training("any", name=name)
        training.begin({})
        both_began.wait(10)
        training.log({"loss": float(name)}, 1)
        training.finish()

    threads = [threading.Thread(target=train, args=(name,)) for name in ("1", "2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: detail.metrics["loss"].last for name, detail in read().items()} == {"1": 1.0, "2": 2.0}


def test_an_active_run_keeps_its_params_and_its_end(read: Read) -> None:
    training = Training("any", params={"mine": 1})
    with labtop.init(name="active", params={"lr": 0.5}) as run:
        assert training.begin({"lr": 1.0, "depth": 3}, 10) is run
        training.finish()
        run.log({"after": 1.0}, step=10)
    detail = read()["active"]
    assert {name: param.value for name, param in detail.params.items()} == {"lr": 0.5, "depth": 3, "mine": 1}
    assert (detail.run.status, detail.run.total_steps, detail.metrics["after"].last) == (Status.FINISHED, 10, 1.0)


def test_the_run_of_a_trial_goes_before_the_active_one(read: Read) -> None:
    with labtop.init(name="trial") as trial, labtop.init(name="other"):
        token = TRIAL.set(trial)
        assert Training("any").begin({}) is trial
        TRIAL.reset(token)


def test_a_line_after_the_end_belongs_to_the_run(read: Read) -> None:
    training = Training("any", name="one")
    training.begin({"lr": 1.0})
    training.finish()
    training.log({"test": 0.5}, 4)
    (detail,) = read().values()
    assert (detail.run.status, detail.metrics["test"].last, detail.params["lr"].value) == (Status.FINISHED, 0.5, 1.0)
    assert labtop.active_run() is None
