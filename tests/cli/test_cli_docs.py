"""The examples of docs/command-line.md print what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from labtop.cli.commands import COMMANDS

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
_EXAMPLE = re.compile(r"^\$ (.*)\n((?:(?!\$ |```).*\n)*)", re.MULTILINE)
EXAMPLES = [
    match.groups()
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for match in _EXAMPLE.finditer(block)
]


def _bash(command: str) -> str:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, "PATH": path, "TZ": "UTC"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout


def _ageless(text: str) -> list[list[str]]:
    """The words of each line; how long ago something was depends on when it is asked."""
    return [re.sub(r"\d+[smhd] ago", "AGE", line).split() for line in text.splitlines()]


def test_the_page_has_examples_of_every_command() -> None:
    shown = {word for command, _ in EXAMPLES for word in re.findall(r"\blabtop (\w+)", str(command))}
    assert shown == set(COMMANDS) - {"demo"}


@pytest.mark.parametrize(("command", "printed"), EXAMPLES)
def test_an_example_prints_what_the_page_says(command: str, printed: str) -> None:
    for setup in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL):
        _bash(setup)
    assert _ageless(_bash(command)) == _ageless(printed)
