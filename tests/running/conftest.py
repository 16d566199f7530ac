"""`labtop run` as a process of its own, on pipes and on a terminal, and what it recorded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.terminal import Terminal

LABTOP = (sys.executable, "-m", "labtop")
RUN = (*LABTOP, "run", "-n", "it", "--no-capture", "--")


@dataclass(frozen=True)
class Recorded:
    """The events of a run's file."""

    folder: Path

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "events.jsonl").read_text().splitlines()]

    @property
    def text(self) -> list[str]:
        return [event["text"] for event in self.events if event.get("event") == "log"]

    @property
    def end(self) -> dict[str, Any]:
        """How it ended, without the time."""
        *_, last = self.events
        assert last.pop("event") == "end"
        del last["time"]
        return last


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Nothing is read from or left in the user's own places."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LABTOP", "_LABTOP"))}
    return {**kept, "HOME": str(tmp_path), "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Runs a command under `labtop run`, in a session without a terminal."""

    def start(*command: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*RUN, *command], input=given, capture_output=True, cwd=tmp_path, env=environment, start_new_session=True
        )

    return start


@pytest.fixture
def begin(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """The same, not waited for."""
    begun: list[subprocess.Popen[bytes]] = []

    def start(*command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [*RUN, *command], stdout=subprocess.PIPE, cwd=tmp_path, env=environment, start_new_session=True
        )
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    """What `run` and `begin` record."""
    return Recorded(tmp_path / "runs" / "it")


@pytest.fixture
def open_terminal(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts programs on terminals, and ends them after the test."""
    opened: list[Terminal] = []

    def start(*command: str) -> Terminal:
        terminal = Terminal(list(command), columns=80, rows=24, cwd=tmp_path, env=environment)
        opened.append(terminal)
        return terminal

    yield start
    for terminal in opened:
        terminal.close()
