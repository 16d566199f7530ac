"""Plain values that the answers are made of, and the errors that answers end with."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

JsonScalar = str | float | int | bool | None
Json = JsonScalar | list["Json"] | dict[str, "Json"]
Goal = Literal["min", "max"]
Floats = NDArray[np.float64]


class StoreError(Exception):
    """Something the user can mend; its text is one line that says what is wrong and what to do."""


class NotThere(StoreError):
    """A run, metric or directory that is not there."""
