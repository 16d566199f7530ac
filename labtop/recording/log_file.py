"""The file that one process appends to: whole lines, each in one write, and what becomes of them when it fails."""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from time import monotonic, time

from labtop.recording.complaints import Complaints
from labtop.recording.encoding import line as line_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_MOST_KEPT: Final = 8 << 20
_PATIENCE_S: Final = 1.0
_FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NOCTTY | os.O_NONBLOCK
_TROUBLE: Final = "file"


class LogFile:
    """Appends lines to the file of one process. Threads may share it.

    Where a line cannot be written (a full disk, a folder that is gone), it is kept, up to 8 MB with others, and written
    as soon as that works again; a folder that was removed is made anew, with the lines that say what the run is. `lost`
    counts the lines for which there was no room.
    """

    def __init__(self, path: Path, complaints: Complaints, *, file: int | None = None) -> None:
        self.path = path
        self.lost = 0
        self._complaints = complaints
        self._lock = threading.RLock()  # a signal's handler may log while a line is written
        self._file = file
        self._opening: dict[str, bytes] = {}
        self._kept: deque[bytes] = deque()
        self._closed = False
        self._kept_bytes = 0
        self._begun = 0  # bytes of the first kept line that are in the file
        self._told_lost = 0
        self._next_try = 0.0
        self.last_write = monotonic()

    def write(self, line: bytes) -> None:
        """Append the line, which ends with a newline, or keep it until that is possible."""
        with self._lock:
            if self._closed:
                return
            self.last_write = monotonic()
            if self._file is None or self._kept:
                self._keep(line)
                self.recover(patiently=True)
                return
            try:
                if not os.fstat(self._file).st_nlink:
                    raise FileNotFoundError("the file was removed")
                written = os.write(self._file, line)
            except OSError as error:
                self._keep(line)
                self._fail(error)
                return
            if written < len(line):
                self._keep(line)
                self._begun = written
                self.recover()

    def open_with(self, line: bytes, topic: str) -> None:
        """Append a line that says what the run is: where the file has to be made anew, the last of each topic is
        written again."""
        with self._lock:
            self._opening[topic] = line
            self.write(line)

    def recover(self, *, patiently: bool = False) -> None:
        """Try to write what is kept; `patiently` once a second at most."""
        with self._lock:
            if not self._kept:
                return
            if patiently and monotonic() < self._next_try:
                return
            try:
                self._write_kept()
            except OSError as error:
                self._fail(error)

    def close(self) -> None:
        """Write what is still kept, if that is possible, and close."""
        with self._lock:
            self.recover()
            self.lost += len(self._kept)
            if self._file is not None:
                os.close(self._file)
                self._file = None
            self._closed = True

    def abandon(self) -> None:
        """Close a descriptor that a fork has brought along, and nothing more: file, lock and lines are the parent's."""
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)

    def _write_kept(self) -> None:
        if self._file is None or not os.fstat(self._file).st_nlink:
            self._open_again()
        self._write_all()
        if self.lost > self._told_lost:
            text = f"{self.lost - self._told_lost} lines were lost: they could not be written for too long"
            self._told_lost = self.lost
            self._keep(line_of({"event": "log", "time": time(), "level": "warning", "text": text}))
            self._write_all()
        self._complaints.over(_TROUBLE)

    def _write_all(self) -> None:
        while self._kept:
            assert self._file is not None
            line = self._kept[0]
            self._begun += os.write(self._file, line[self._begun :])
            if self._begun == len(line):
                self._begun = 0
                self._kept_bytes -= len(self._kept.popleft())

    def _open_again(self) -> None:
        was_open, self._begun = self._file is not None, 0
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open_for_appending(self.path)
        if was_open:
            again = [line for line in self._opening.values() if line not in set(self._kept)]
            self._kept.extendleft(reversed(again))
            self._kept_bytes += sum(map(len, again))

    def _keep(self, line: bytes) -> None:
        if self._kept_bytes + len(line) > _MOST_KEPT:
            self.lost += 1
            return
        self._kept.append(line)
        self._kept_bytes += len(line)

    def _fail(self, error: OSError) -> None:
        self._next_try = monotonic() + _PATIENCE_S
        why = error.strerror or str(error)
        self._complaints.tell(
            _TROUBLE,
            f"cannot write {self.path}: {why}; up to 8 MB of lines are kept in memory and written when it works",
        )


def open_for_appending(path: Path, *, alone: bool = False) -> int:
    """The descriptor of a log to append to; a half line that a process left there is ended first.

    Raises OSError; with `alone`, BlockingIOError where another process has it open so.
    """
    file = os.open(path, _FLAGS, 0o666)
    try:
        if alone:
            _lock(file)
        size = os.fstat(file).st_size
        if size and os.pread(file, 1, size - 1) != b"\n":
            os.write(file, b"\n")
    except OSError:
        os.close(file)
        raise
    return file


def _lock(file: int) -> None:
    """Raises BlockingIOError where another process holds it; a file system without locks does not stand against it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return


def is_held(path: Path) -> bool:
    """Whether a process has the log open as its own; where a file system has no locks, nobody knows, and it may."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        _lock(file)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False
