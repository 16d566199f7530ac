"""The command as a process, on a pseudo-terminal or on pipes."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fcntl import ioctl
from typing import Final

from labtop.running.terminal import Terminal, copy_modes, copy_size

IN, OUT, ERR = 0, 1, 2


class Child:
    """A command that was started.

    Where labtop's own stream is a terminal the command writes to a pseudo-terminal, so that it shows what it shows to a
    person; else to a pipe, where no byte is changed. With keys and screen on a terminal the command gets a session of
    its own on the pseudo-terminal, which is what ctrl+c and window sizes go to. Else it stays in the group of labtop,
    if a terminal's keys reach that, and reads labtop's standard input itself.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Raises OSError where the command cannot be started."""
        self.sources: Final[dict[int, int]] = {}
        """What is read, and to which of labtop's streams it goes."""
        self.master: int | None = None
        self.terminal = Terminal(IN) if os.isatty(IN) and os.isatty(OUT) else None
        self._slave: int | None = None
        self._is_apart = self.terminal is not None or not _has_terminal()
        streams = {stream: self._stream(stream) for stream in (OUT, ERR)}
        try:
            self._process = self._start(command, environment, streams)
        finally:
            for file in {*streams.values()} - {self._slave}:
                os.close(file)
        self.pid = self._process.pid
        self.returncode: int | None = None

    def _stream(self, stream: int) -> int:
        """The end of the command, of a pipe or pseudo-terminal whose other end is read here."""
        if not os.isatty(stream):
            read, write = os.pipe()
            self.sources[read] = stream
            return write
        if self.master is None or self._slave is None:
            self.master, self._slave = os.openpty()
            self.sources[self.master] = stream
            os.set_blocking(self.master, False)
            copy_size(stream, self.master)
            if self.terminal is None or self.terminal.is_ours:  # else they are those of a shell's line editor
                copy_modes(stream, self._slave, is_passed_raw=self.terminal is not None)
        return self._slave

    def _start(
        self, command: Sequence[str], environment: Mapping[str, str], streams: Mapping[int, int]
    ) -> subprocess.Popen[bytes]:
        def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                command,
                env=environment,
                stdin=self._slave if self.terminal else None,
                stdout=streams[OUT],
                stderr=streams[ERR],
                start_new_session=self._is_apart,
                preexec_fn=_own_terminal if self.terminal else None,
            )

        try:
            return start(command)
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise
            return start(["/bin/sh", *command])  # a script without #!, as a shell runs it

    def look(self) -> bool:
        """Whether it has been stopped; `returncode` tells whether it has ended."""
        if self.returncode is not None:
            return False
        with suppress(ChildProcessError):
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid and os.WIFSTOPPED(status):
                return True
            if pid:
                self.returncode = self._process.returncode = os.waitstatus_to_exitcode(status)
                self.close_slave()
        return False

    def send(self, number: int) -> None:
        """Send it a signal: to its group, where it has one of its own."""
        if self.returncode is None:
            with suppress(OSError):
                (os.killpg if self._is_apart else os.kill)(self.pid, number)

    def is_sent_keys(self, number: int) -> bool:
        """Whether a signal that reached labtop came of a key, and so has reached the command too."""
        return number in (signal.SIGINT, signal.SIGQUIT) and not self._is_apart and _is_in_foreground()

    def is_in_foreground(self) -> bool:
        """Whether the command itself has the pseudo-terminal, not a job that it started there."""
        with suppress(OSError):
            return self.master is not None and os.tcgetpgrp(self.master) == self.pid
        return False

    def close_slave(self) -> None:
        """Let the pseudo-terminal end with those who have it open."""
        if self._slave is not None:
            os.close(self._slave)
            self._slave = None

    def close(self, source: int) -> None:
        """Read no more of it; who writes to it is told so."""
        if self.sources.pop(source, None) is not None:
            os.close(source)
        if source == self.master:
            self.master = None
            self.close_slave()


def _own_terminal() -> None:
    ioctl(IN, termios.TIOCSCTTY, 0)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _is_in_foreground() -> bool:
    with suppress(OSError):
        file = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
        try:
            return os.tcgetpgrp(file) == os.getpgrp()
        finally:
            os.close(file)
    return False
