"""Pump: passes on what a command writes, keys and signals, until it has ended."""

from __future__ import annotations

import errno
import os
import select
import signal
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Final

from labtop.running.child import ERR, IN, OUT, Child
from labtop.running.signals import ENDING, Signals
from labtop.running.terminal import copy_size, stops_by

_UNREAD: Final = (errno.EPIPE, errno.EIO)
_READ: Final = 64 << 10
_GRACE_S: Final = 0.5
_MOST_AFTER_END: Final = 1 << 20
_SHOW_S: Final = 1.0
_MOST_KEYS: Final = 64 << 10


class Pump:
    """Runs until the command has ended and what it wrote is passed on.

    A process that it left behind, and that keeps its output open, is waited for half a second. `killed_by` is the
    signal that labtop was sent to end it, `trouble` why its output could not be written, as on a full disk.
    """

    def __init__(
        self,
        child: Child,
        signals: Signals,
        hear: Mapping[int, Callable[[bytes], None]],
        show: Callable[[], bool],
    ) -> None:
        """`hear` takes what was written to a stream of labtop; `show` is called each second as long as it says so."""
        self.killed_by: int | None = None
        self.trouble: str | None = None
        self._child = child
        self._signals = signals
        self._hear = hear
        self._show = show
        self._has_keys = child.terminal is not None
        self._keys = b""  # that the command has not taken yet
        self._ended = 0.0
        self._read_since = 0
        self._is_gone = dict.fromkeys((OUT, ERR), False)
        self._at_once = {stream: _READ if _is_file(stream) else select.PIPE_BUF for stream in (OUT, ERR)}

    def run(self) -> None:
        """Pass everything on until the end."""
        child = self._child
        if child.terminal:
            self._signals.add(signal.SIGTSTP)
            child.terminal.take()
        try:
            while not self._is_over():
                self._turn(self._wait_s())
        finally:
            if child.terminal:
                child.terminal.give_back()
            for source in [*child.sources]:
                child.close(source)

    def _is_over(self) -> bool:
        if self._child.returncode is None:
            return False
        if not self._child.sources:
            return True
        late = monotonic() - self._ended > _GRACE_S
        return late and self._read_since > _MOST_AFTER_END

    def _wait_s(self) -> float | None:
        if self._child.returncode is not None:
            return max(self._ended + _GRACE_S - monotonic(), 0.0)
        terminal = self._child.terminal
        if terminal and not terminal.is_raw:
            terminal.take()  # no signal tells of a job in the background that the shell puts to the front
        return _SHOW_S if self._show() or (terminal and not terminal.is_raw) else None

    def _turn(self, wait_s: float | None) -> None:
        """Wait for something, and do it."""
        child = self._child
        reads = [self._signals.file, *child.sources]
        if self._has_keys and child.terminal and child.terminal.is_raw and len(self._keys) < _MOST_KEYS:
            reads.append(IN)
        writes = [child.master] if self._keys and child.master is not None else []
        ready, writable, _ = select.select(reads, writes, [], wait_s)
        if self._signals.file in ready:
            self._heed()
        for source in ready:
            if source in child.sources:
                self._pass_on(source)
        if IN in ready:
            self._take_keys()
        if writable:
            self._give_keys()
        if not ready and child.returncode is not None:
            for source in [*child.sources]:
                child.close(source)

    def _pass_on(self, source: int) -> None:
        stream = self._child.sources[source]
        try:
            data = os.read(source, _READ)
        except BlockingIOError:
            return
        except OSError:  # nobody has the pseudo-terminal any more
            data = b""
        if not data:
            self._child.close(source)
            return
        if self._child.returncode is not None:
            self._read_since += len(data)
        self._write(stream, data)
        self._hear[stream](data)
        if self._is_gone[stream]:
            self._child.close(source)

    def _write(self, stream: int, data: bytes) -> None:
        """Write it to labtop's own stream, without waiting for its reader where a signal comes meanwhile."""
        left, at_once = memoryview(data), self._at_once[stream]
        while left and not self._is_gone[stream]:
            try:
                if at_once == select.PIPE_BUF:  # so much is taken at once by a pipe that is ready
                    ready, _, _ = select.select([self._signals.file], [stream], [])
                    if ready:
                        self._heed()
                        self._is_gone[stream] = self.killed_by is not None and self._child.returncode is not None
                        continue
                left = left[os.write(stream, left[:at_once]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                self._is_gone[stream] = True
                if error.errno not in _UNREAD:
                    self.trouble = error.strerror

    def _heed(self) -> None:
        """Do what the signals ask for."""
        child = self._child
        for number in self._signals.caught():
            if number == signal.SIGCHLD:
                if child.look() and child.terminal:
                    self._suspend()
                if child.returncode is not None and not self._ended:
                    self._ended = monotonic()
            elif number == signal.SIGWINCH:
                self._resize()
            elif number == signal.SIGCONT:
                self._go_on()
            elif number == signal.SIGTSTP:
                child.send(signal.SIGSTOP)
            elif not child.is_sent_keys(number):
                self.killed_by = number if number in ENDING else self.killed_by
                child.send(number)

    def _resize(self) -> None:
        for source, stream in self._child.sources.items():
            if source == self._child.master:
                copy_size(stream, source)
                if not self._child.terminal:  # it has heard of it already, before this
                    self._child.send(signal.SIGWINCH)

    def _take_keys(self) -> None:
        try:
            keys = os.read(IN, _MOST_KEYS)
        except OSError:
            keys = b""
        if not keys:  # the terminal has gone
            self._has_keys = False
            self.killed_by = signal.SIGHUP
            self._child.send(signal.SIGHUP)
            return
        master = self._child.master
        if master is not None and stops_by(keys, master) and self._child.is_in_foreground():
            # The kernel stops no group that nobody in its session could let go on: the command is one.
            self._child.send(signal.SIGSTOP)
            return
        self._keys += keys

    def _give_keys(self) -> None:
        with suppress(OSError):
            assert self._child.master is not None
            self._keys = self._keys[os.write(self._child.master, self._keys) :]

    def _suspend(self) -> None:
        """The command was stopped: stop too, so that the shell takes over, and go on with it."""
        terminal = self._child.terminal
        assert terminal
        terminal.give_back()
        os.kill(os.getpid(), signal.SIGSTOP)
        self._go_on()

    def _go_on(self) -> None:
        """The shell lets labtop go on, in the foreground or not."""
        if self._child.terminal:
            self._child.terminal.take()
            self._resize()
            self._child.send(signal.SIGCONT)


def _is_file(stream: int) -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream).st_mode)
    except OSError:
        return True
