"""Terminal: a real pseudo-terminal with a program on it, and the screen that its output makes."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyte

PATIENCE_S = 30.0
# The new process makes the terminal its own before it becomes the program, so that ctrl+z and hang-ups reach it.
_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
_UNKNOWN = re.compile(
    r"\x1b\[[<>=][0-9;:]*[a-zA-Z]"  # keyboard protocols
    r"|\x1b\[\?[0-9;]*\$p"  # questions for modes
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, clipboard
    r"|\x1bP[^\x1b]*\x1b\\"
)
_WHOLE = re.compile(r"\x1b(?:\[[0-9;?:]*[a-zA-Z@`~]|[^\[\]P])")


class Terminal:
    """A program on a pseudo-terminal of its own, and the screen that its output makes."""

    def __init__(self, command: list[str], *, columns: int, rows: int, cwd: Path, env: Mapping[str, str]) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.raw = bytearray()
        self._held = ""
        self._stream: Any = pyte.Stream(self.screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._master, slave = pty.openpty()
        self._size(rows, columns)
        self.before = termios.tcgetattr(slave)
        self._slave = slave
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env=dict(env),
            start_new_session=True,
        )

    def _size(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns: int, rows: int) -> None:
        """As a user who drags the window."""
        self.screen.resize(rows, columns)
        self._size(rows, columns)
        os.killpg(self.process.pid, signal.SIGWINCH)

    def type(self, keys: str) -> None:
        """As if typed."""
        os.write(self._master, keys.encode())

    def text(self) -> str:
        """The screen as lines."""
        return "\n".join(self.screen.display)

    def line(self, row: int) -> str:
        """One line of it, at less cost."""
        cells = self.screen.buffer[row]
        return "".join(cells[column].data for column in range(self.screen.columns))

    def read(self, seconds: float) -> bytes:
        """What the program writes within that time; returns at the first bytes."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return b""
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return b""
        self.raw += data
        self._feed(self._decode(data))
        return data

    def _feed(self, text: str) -> None:
        """To the emulator, without what it does not know and would print; a sequence cut in two waits for its rest."""
        text = _UNKNOWN.sub("", self._held + text)
        start = text.rfind("\x1b")
        cut = start >= 0 and not _WHOLE.match(text, start)
        self._held = text[start:] if cut else ""
        self._stream.feed(text[:start] if cut else text)

    def wait_for(self, condition: Callable[[], bool] | str) -> None:
        """Read until the screen holds a text, or a condition is true."""
        deadline = time.monotonic() + PATIENCE_S
        while not (condition in self.text() if isinstance(condition, str) else condition()):
            if time.monotonic() > deadline:
                raise AssertionError(f"never seen: {condition!r}; the screen:\n{self.text()}")
            self.read(0.2)

    def wait_end(self) -> int:
        """Read to the end of the program; its exit status (negative: the signal)."""
        deadline = time.monotonic() + PATIENCE_S
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"did not end; the screen:\n{self.text()}"
            self.read(0.1)
        while self.read(0.05):
            pass
        return self.process.returncode

    def settings(self) -> list[int | list[bytes | int]]:
        """The terminal's settings now, to compare with `before`."""
        return termios.tcgetattr(self._slave)

    def close(self) -> None:
        """End the program, whatever it does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._master)
        os.close(self._slave)
