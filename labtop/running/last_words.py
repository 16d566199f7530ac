"""What a command said last: the error and the traceback of one that failed."""

from __future__ import annotations

import re
from collections import deque
from typing import Final

from labtop.running.escapes import text_of

_KEPT: Final = 64 << 10
_HEAD: Final = "Traceback (most recent call last)"
_CHAINED: Final = ("During handling of the above exception", "The above exception was the direct cause")
_LONGEST_ERROR: Final = 2000


class Tail:
    """The last 64 kB of a stream."""

    def __init__(self) -> None:
        self._parts: deque[bytes] = deque()
        self._size = 0

    def feed(self, data: bytes) -> None:
        """Add what came."""
        self._parts.append(data)
        self._size += len(data)
        while self._size - len(self._parts[0]) >= _KEPT:
            self._size -= len(self._parts.popleft())

    def text(self) -> str:
        """It as plain lines."""
        data = b"".join(self._parts)[-_KEPT:]
        return "\n".join(map(text_of, data.split(b"\n"))).rstrip()


def traceback_in(text: str) -> str | None:
    """The last traceback and all behind it; with those that it came of, where Python says so."""
    at = text.rfind(_HEAD)
    if at < 0:
        return None
    while (before := text.rfind(_HEAD, 0, at)) >= 0 and any(said in text[before:at][-200:] for said in _CHAINED):
        at = before
    return text[text.rfind("\n", 0, at) + 1 :]


def error_in(text: str) -> str | None:
    """The line that names the error: the one behind the last traceback, else the last one."""
    lines = [line for line in text.splitlines() if line.strip() and line[:1] != "{"]  # objects are metrics
    if not lines:
        return None
    heads = [number for number, line in enumerate(lines) if _HEAD in line]
    behind = lines[heads[-1] + 1 :] if heads else []
    named = next((line for line in behind if re.match(r"[A-Za-z_][\w.]*(: |$)", line)), lines[-1])
    return named.strip()[:_LONGEST_ERROR]
