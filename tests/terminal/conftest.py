"""A real pseudo-terminal, and the program installed as a user would."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an empty virtual environment into which the project was installed.

    The processes that pytest is spread over share it: it takes long to make.
    """
    own = tmp_path_factory.getbasetemp()
    place = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, made = place / "installed", place / "installed.made"
    with (place / "installed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
            pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, str(ROOT)], check=True, cwd=folder)
            made.touch()
    return folder / "bin"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user's environment of its own: nothing is read from or left in the real one."""
    home = tmp_path / "home"
    home.mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "COLORTERM": "truecolor",
    }


@pytest.fixture
def open_terminal(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts programs on terminals, and ends them after the test."""
    opened: list[Terminal] = []

    def start(*command: str, columns: int = 140, rows: int = 45, **more: str) -> Terminal:
        terminal = Terminal(list(command), columns=columns, rows=rows, cwd=tmp_path, env=environment | more)
        opened.append(terminal)
        return terminal

    yield start
    for terminal in opened:
        terminal.close()
