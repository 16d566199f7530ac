"""What a terminal makes of bytes that are no text: escape sequences, its other screen, lines that are drawn again."""

from __future__ import annotations

import re
from typing import Final

_ESCAPES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]?"
    r"|\x1b[]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_UP: Final = re.compile(rb"\x1b\[(\d*)[AF]")
_OTHER_SCREEN: Final = re.compile(rb"\x1b\[\?(?:1049|1047|47)([hl])")
_LONGEST_SWITCH: Final = len(b"\x1b[?1049h")


def text_of(line: bytes) -> str:
    """What is left to read of a line: of what was written over by \\r the last, without escapes and control codes."""
    if b"\r" in line:
        line = next((part for part in reversed(line.split(b"\r")) if part.strip()), b"")
    text = line.decode("utf-8", "replace")
    return text.rstrip() if text.isprintable() else _CONTROL.sub("", _ESCAPES.sub("", text)).rstrip()


def lines_up(line: bytes) -> int:
    """How many lines the cursor goes up, as a display of several bars does before it draws them again."""
    return sum(int(count or b"1") for count in _UP.findall(line)) if b"\x1b[" in line else 0


class MainScreen:
    """Leaves out what a program draws on the terminal's other screen, as editors and monitors do."""

    def __init__(self) -> None:
        self._is_away = False
        self._held = b""  # may be the beginning of a switch

    def visible(self, data: bytes) -> bytes:
        """What of the data belongs to the main screen, as far as that is known yet."""
        if not self._is_away and not self._held and b"\x1b" not in data:
            return data
        data = self._held + data
        start = data.rfind(b"\x1b", max(0, len(data) - _LONGEST_SWITCH + 1))
        self._held = b"" if start < 0 or _OTHER_SCREEN.match(data, start) else data[start:]
        parts = _OTHER_SCREEN.split(data[: len(data) - len(self._held)])
        kept = [] if self._is_away else [parts[0]]
        kept += [text for switch, text in zip(parts[1::2], parts[2::2], strict=True) if switch == b"l"]
        if len(parts) > 1:
            self._is_away = parts[-2] == b"h"
        return b"".join(kept)

    def rest(self) -> bytes:
        """At the end: what was held back."""
        held, self._held = self._held, b""
        return b"" if self._is_away else held
