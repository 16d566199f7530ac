"""What a run was made from, as far as the process and its machine tell."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def at_once(parts: frozenset[str], folder: Path) -> dict[str, Any]:
    """The fields of the first `run` event."""
    return {"host": socket.gethostname(), "pid": os.getpid()}


def slowly(parts: frozenset[str], folder: Path, first: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the second `run` event."""
    return {}


def seeds() -> dict[str, Any]:
    """Seeds of the libraries that are loaded."""
    return {}
