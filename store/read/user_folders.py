"""The user's own folders, for the index, notes, settings, sessions and logs. In a container nobody may have a home."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal

import platformdirs

_NOWHERE: Final = Path("/dev/null/no-home")
"""Below it nothing is, and nobody can make anything: who asks for a file there is told what the disk would say."""


def user_folder(kind: Literal["cache", "config", "data", "log", "state"]) -> Path:
    """The user's folder for what labtop keeps of this kind; one that can never be made where no home is known.

    Raises nothing.
    """
    try:
        found: Path = getattr(platformdirs, f"user_{kind}_path")("labtop")
    except RuntimeError:
        return _NOWHERE
    return found if found.is_absolute() else _NOWHERE


def refused(path: Path, why: str | None) -> str:
    """What cannot be used and `why`, as the disk says it."""
    return "~ (no home is known: set HOME)" if path.is_relative_to(_NOWHERE) else f"{path} ({why})"


def from_home(path: Path | str) -> str:
    """The path as people write it, from their home on."""
    text, home = str(path), os.path.expanduser("~")  # noqa: PTH111, which raises where there is no home
    return f"~{text[len(home) :]}" if text.startswith(f"{home}{os.sep}") else text
