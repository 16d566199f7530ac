"""The terminal that labtop runs on: its size, its modes, and who has it now."""

from __future__ import annotations

import os
import termios
import tty
from contextlib import suppress
from fcntl import ioctl
from typing import Any, Final

_SIZE: Final = 8  # bytes of a struct winsize
_LOCAL: Final = 3  # of the settings: the local modes
_OUTPUT: Final = 1
_CHARACTERS: Final = 6


class Terminal:
    """Passes every key on while a command has it: raw, and as it was again afterwards."""

    def __init__(self, file: int) -> None:
        self.file = file
        self._before: list[Any] | None = None

    @property
    def is_ours(self) -> bool:
        """Whether labtop's job is in the foreground; in the background neither keys nor modes are its business."""
        with suppress(OSError):
            return os.tcgetpgrp(self.file) == os.getpgrp()
        return False

    @property
    def is_raw(self) -> bool:
        """Whether keys are passed on now."""
        return self._before is not None

    def take(self) -> None:
        """Make it raw, if it is ours."""
        if not self.is_raw and self.is_ours:
            with suppress(termios.error):
                before = termios.tcgetattr(self.file)
                tty.setraw(self.file, termios.TCSADRAIN)
                self._before = before

    def give_back(self) -> None:
        """Make it as it was before."""
        before, self._before = self._before, None
        if before is not None and self.is_ours:
            with suppress(termios.error):
                termios.tcsetattr(self.file, termios.TCSADRAIN, before)


def copy_size(source: int, target: int) -> None:
    """Give one terminal the size of another; the kernel tells those who run on it."""
    with suppress(OSError):
        ioctl(target, termios.TIOCSWINSZ, ioctl(source, termios.TIOCGWINSZ, bytes(_SIZE)))


def copy_modes(source: int, target: int, *, is_passed_raw: bool) -> None:
    """Give one terminal the modes of another.

    Unless what is written to it goes on to a raw one, newlines are left as they are: the other will treat them.
    """
    with suppress(termios.error):
        modes = termios.tcgetattr(source)
        if not is_passed_raw:
            modes[_OUTPUT] &= ~termios.OPOST
        termios.tcsetattr(target, termios.TCSANOW, modes)


def stops_by(key: bytes, terminal: int) -> bool:
    """Whether these keys ask the terminal to stop what runs on it (ctrl+z), and a program lets the terminal do that."""
    with suppress(termios.error):
        modes = termios.tcgetattr(terminal)
        stop = modes[_CHARACTERS][termios.VSUSP]
        return bool(modes[_LOCAL] & termios.ISIG) and stop != b"\0" and stop in key
    return False
