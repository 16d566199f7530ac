"""Plain values that the answers are made of, and the errors that answers end with."""

from __future__ import annotations

import re
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

JsonScalar = str | float | int | bool | None
Json = JsonScalar | list["Json"] | dict[str, "Json"]
Goal = Literal["min", "max"]
Floats = NDArray[np.float64]
_HASH: Final = re.compile(r"[0-9a-fA-F]{12,}")


def short_commit(commit: str) -> str:
    """A commit as people write it: of a hash the first letters, any other name whole."""
    return commit[:8] if _HASH.fullmatch(commit) else commit


class StoreError(Exception):
    """Something the user can mend; its text is one line that says what is wrong and what to do."""


class NotThere(StoreError):
    """A run, metric or directory that is not there."""
