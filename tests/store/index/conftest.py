"""Run folders, and other processes that hold an index or fail to write one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.model import TableQuery

Runs = Callable[[Store], list[tuple[str, float | None]]]
Program = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(autouse=True)
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache and the folder for temporary files are the test's own."""
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr("tempfile.tempdir", None)
    return place


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three runs."""
    root = tmp_path / "runs"
    for name in ("one", "two", "three"):
        (root / name).mkdir(parents=True)
        append(root, name, *({"step": step, "loss": 1 / step} for step in (1, 2, 3)))
    return root


def append(root: Path, name: str, *lines: object) -> None:
    """Append lines to a run's log."""
    with (root / name / "metrics.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


@pytest.fixture(name="append")
def _append() -> Callable[..., None]:
    return append


@pytest.fixture(scope="session")
def runs() -> Runs:
    """Which runs there are, and their steps."""

    def ask(store: Store) -> list[tuple[str, float | None]]:
        return sorted((run.id, run.step) for run in store.table(TableQuery()).runs)

    return ask


@pytest.fixture
def program() -> Iterator[Program]:
    """Start Python code as a process of its own, with pipes; it is ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
