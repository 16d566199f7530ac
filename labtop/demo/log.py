"""The whole of what it takes to be watched: append one line of JSON."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path


class EventLog:
    """The log of one run, `events.jsonl` in its folder, which is made when it is not there.

    Each event is one write of one whole line to a file opened for appending: a reader never sees half of it for long,
    and two processes that write to the same file never mix within a line.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(folder / "events.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def write(self, event: str, /, **fields: object) -> None:
        """Append one event. NaN and infinities are written as such."""
        line = {"event": event, "time": round(time.time(), 3), **fields}
        os.write(self._file, (json.dumps(line, ensure_ascii=False) + "\n").encode())

    def close(self) -> None:
        """Close the file; every line is already in it."""
        os.close(self._file)
