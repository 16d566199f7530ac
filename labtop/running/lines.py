"""Bytes as they come, into whole lines."""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 16 << 20
_LONGEST_STATE: Final = 1 << 20


class Lines:
    """Holds back a line until it is whole.

    Of a line that is written again and again by \\r only the last state is held, of one beyond 16 MB its beginning.
    """

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._size = 0
        self._is_rewritten = False

    def feed(self, data: bytes) -> bytes:
        """The lines that are whole now, each with its newline."""
        end = data.rfind(b"\n") + 1
        if not end:
            self._hold(data)
            return b""
        block = b"".join((*self._held, data[:end])) if self._held else data[:end]
        self._held, self._size, self._is_rewritten = [], 0, False
        if end < len(data):
            self._hold(data[end:])
        return block

    def rewritten(self) -> bytes:
        """The last state of a line that is being written again and again; empty for any other."""
        return b"".join(self._held) if self._is_rewritten else b""

    def rest(self) -> bytes:
        """At the end: the line that has no newline."""
        held, self._held = b"".join(self._held), []
        return held

    def _hold(self, data: bytes) -> None:
        if b"\r" in data or self._is_rewritten:
            self._is_rewritten = True
            whole = b"".join((*self._held, data))
            # What follows the last \r, or if nothing to be seen does, as between \r and \n, what is before it.
            held = whole[whole.rfind(b"\r", 0, len(whole.rstrip())) + 1 :][:_LONGEST_STATE]
            self._held, self._size = [held], len(held)
        elif self._size < _LONGEST:
            self._held.append(data)
            self._size += len(data)
