"""Trainings in processes of their own, as users have them, and what they leave behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labtop.recording import joining

REPOSITORY = Path(__file__).resolve().parents[2]

Lines = list[dict[str, Any]]
Train = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No run of another test, no directory of the user's."""
    for name in ("LABTOP_DIR", "LABTOP_RUN_ID", "LABTOP_CAPTURE", "_LABTOP_PARENT", "RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for run in joining.open_runs():
        run.finish()


def lines_of(path: Path) -> Lines:
    """The objects of a log, each of which must be strict JSON on a line of its own."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    text = path.read_text(encoding="utf-8")
    assert text == "" or text.endswith("\n")
    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]


def written(root: Path) -> Lines:
    """All lines of the one run in a directory, those of its first process first."""
    return [line for path in sorted(root.rglob("*.jsonl")) for line in lines_of(path)]


def environment(**more: str) -> dict[str, str]:
    """Of a training that imports this checkout."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), "LABTOP_CAPTURE": "0", **more}


@pytest.fixture
def train(tmp_path: Path) -> Train:
    """Run a training script to its end in a folder of its own; what it printed and its status."""

    def run(code: str, **env: str) -> subprocess.CompletedProcess[str]:
        script = tmp_path / "train.py"
        script.write_text(code, encoding="utf-8")
        return subprocess.run(
            [sys.executable, str(script)],
            cwd=tmp_path,
            env=environment(**env),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def started(tmp_path: Path) -> Any:
    """Start a training script that prints a line when it is ready; it is ended with the test."""
    processes: list[subprocess.Popen[str]] = []

    def start(code: str, **env: str) -> subprocess.Popen[str]:
        script = tmp_path / f"train{len(processes)}.py"
        script.write_text(code, encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, str(script)],
            cwd=tmp_path,
            env=environment(**env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()
