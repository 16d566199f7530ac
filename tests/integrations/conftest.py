"""Real trainings of a few steps on the CPU, and what a reader sees of the runs that they wrote."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import labtop
from labtop.store import Store
from labtop.store.model import RunDetail, SeriesQuery

# Before any framework is imported: nothing is fetched, and Keras runs on what the others bring too.
os.environ |= {"HF_HUB_OFFLINE": "1", "KERAS_BACKEND": "torch", "CUDA_VISIBLE_DEVICES": "", "WANDB_MODE": "offline"}

Read = Callable[[], dict[str, RunDetail]]
Curve = Callable[[str, str], list[tuple[float, float]]]
Fails = Callable[[str], str]


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The run directory, where a training of its own process writes to as well."""
    for name in ("LABTOP_RUN_ID", "LABTOP_CAPTURE", "WANDB_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LABTOP_DIR", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "runs"
    assert labtop.active_run() is None, "a run was left open"


@pytest.fixture
def opened(runs: Path, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """The run directory as it is now; it is opened anew for each question."""
    stores: list[Store] = []

    def open_store() -> Store:
        store = Store.open(runs, index=tmp_path / f"index{len(stores)}.duckdb", poll=True)
        stores.append(store)
        store.catch_up()
        return store

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture
def read(opened: Callable[[], Store]) -> Read:
    """All runs by id."""
    return lambda: {detail.run.id: detail for detail in opened().details()}


@pytest.fixture
def only(read: Read) -> Callable[[], RunDetail]:
    """The one run that there is."""

    def one() -> RunDetail:
        (detail,) = read().values()
        return detail

    return one


@pytest.fixture
def curve(opened: Callable[[], Store]) -> Curve:
    """Steps and values of a metric of a run."""

    def points(run: str, metric: str) -> list[tuple[float, float]]:
        store = opened()
        (series,) = store.series(SeriesQuery((store.find(run),), metric))
        return list(zip(series.x.tolist(), series.value.tolist(), strict=True))

    return points


@pytest.fixture
def fails(tmp_path: Path) -> Fails:
    """Run a training that raises in a process of its own; what it wrote to standard error."""

    def run(text: str) -> str:
        script = tmp_path / "training.py"
        script.write_text(text, encoding="utf-8")
        done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stderr
        return done.stderr

    return run


@pytest.fixture
def documented() -> Callable[..., None]:
    """Run the examples of a section of docs/callbacks.md, as they stand there, where these names are known."""

    def run(section: str, **names: object) -> None:
        page = (Path(__file__).parents[2] / "docs/callbacks.md").read_text(encoding="utf-8")
        (text,) = re.findall(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
        for example in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
            exec(compile(example, section, "exec"), names)

    return run
