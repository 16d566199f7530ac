"""What the README tells a newcomer to type works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
LOGGING = (ROOT / "docs" / "logging.md").read_text(encoding="utf-8")


def programs(page: str) -> list[str]:
    """The lines of Python on a page."""
    return re.findall(r"```python\n(.*?)```", page, re.DOTALL)


def ran(program: str, folder: Path) -> str:
    """What it prints; nothing goes to standard error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_lines_for_a_notebook_show_the_run_that_the_line_for_the_shell_makes(home: Path) -> None:
    (shell,) = re.findall(r"^    (mkdir .*)$", PAGE, re.MULTILINE)
    subprocess.run(["bash", "-c", shell], cwd=home, check=True, timeout=60)
    assert ran(programs(PAGE)[-1], home) == "first running [1.] [0.52]\n"


@pytest.mark.parametrize("page", [PAGE, LOGGING], ids=["README", "logging"])
def test_the_lines_that_log_make_a_run(home: Path, page: str) -> None:
    ran(programs(page)[0], home)
    (log,) = (home / "runs").glob("*/events.jsonl")
    lines = log.read_text(encoding="utf-8").splitlines()
    assert '"status":"finished"' in lines[-1]
    assert sum('"val/acc"' in line for line in lines) == 100
