"""The shell command that makes a run: what an empty place offers."""

from __future__ import annotations

import shlex
from pathlib import Path

EXAMPLE = '{"step": 1, "loss": 0.52}'


def example_command(root: Path) -> str:
    """The command that makes a run below the root, or appends to the file that the root is."""
    file = root / "first.jsonl" if root.is_dir() else root
    return f"echo {shlex.quote(EXAMPLE)} >> {shlex.quote(str(file))}"
