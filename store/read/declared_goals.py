"""The goals of metrics that a team or the user declares for all runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from labtop.store.read.settings_files import Unreadable, read_toml

_GOALS = ("min", "max")


def read_goals(path: Path) -> tuple[dict[str, str], list[str]]:
    """The goals in a file of settings, min or max by metric, and why others do not count, to stand behind its name.

    Raises Unreadable where the file as a whole cannot be used.
    """
    goals = read_toml(path).get("goals", {})
    if not isinstance(goals, dict):
        raise Unreadable("has goals that are no table")
    right = {name: goal for name, goal in goals.items() if goal in _GOALS}
    return right, [_why(name, goal) for name, goal in goals.items() if name not in right]


def _why(name: str, goal: Any) -> str:
    if isinstance(goal, dict):
        return f'has a table as goal of "{name}": put names with dots into quotes'
    return f'has a goal of "{name}" that is neither "min" nor "max"'
