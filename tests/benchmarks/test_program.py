"""`python -m benchmarks` as a program: what it prints, and what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks", *arguments]


def test_one_benchmark_prints_its_line_and_leaves_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        _command("--quick", "--only", "keys"), env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    machine, _, *table = done.stdout.splitlines()
    assert "cores" in machine
    assert table[0].startswith("| figure")
    assert [line.split("|")[1].strip() for line in table[2:]] == ["key to repaint while 4 runs grow, p95"]
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    done = subprocess.run(_command("--only", "nothing"), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "'nothing'" in done.stderr
    assert "ingest" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_benchmark_ends_its_processes_and_folders(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        _command("--only", "keys"), env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        started = psutil.Process(process.pid)
        while not (children := started.children(recursive=True)):
            assert process.poll() is None
        process.send_signal(number)
        printed, _ = process.communicate()
    assert children
    assert process.returncode == 130
    assert "| figure" in printed
    assert not any(child.is_running() for child in children)
    assert list(tmp_path.iterdir()) == []
