"""Processes of benchmarks: each in a group of its own, which ends with the benchmark, whatever ends that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

ROOT: Final = Path(__file__).resolve().parents[1]
LABTOP: Final = str(Path(sys.executable).with_name("labtop"))
Reader = Literal["labtop", "duckdb"]


def environment() -> dict[str, str]:
    """As a user starts it: with compiled modules kept from the start before. This checkout's modules come first."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}


@contextmanager
def started(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """A running program; its output is kept for who asks."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=pipe, env=environment(), text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def output_of(command: Sequence[str]) -> str:
    """What a program prints. Raises CalledProcessError where it fails."""
    with started(command) as process:
        printed = process.communicate()[0]
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
    return printed


def read_cold(reader: Reader, directory: Path, database: Path) -> float:
    """Seconds that a fresh process takes to read a run directory into a database, once everything is imported."""
    return float(output_of([sys.executable, "-m", "benchmarks.reading", reader, str(directory), str(database)]))
