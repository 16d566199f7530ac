"""The step at which a run stopped that is resumed."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_TAIL: Final = 1 << 18


def last_step(path: Path) -> int:
    """The last whole step in the file, -1 where there is none within its last 256 kB."""
    with suppress(OSError), path.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL))
        for line in reversed(file.read().splitlines()):
            if b'"step"' not in line:
                continue
            with suppress(ValueError, TypeError, AttributeError, OverflowError):
                return int(json.loads(line).get("step"))
    return -1
