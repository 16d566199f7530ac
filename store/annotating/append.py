"""Whole lines at the end of a file that others append to as well."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY


def append(path: Path, lines: Sequence[bytes]) -> int:
    """Append the lines, each with its newline, in one write; how many of them are whole in the file.

    That is fewer than all where the disk had room for a part: what is left of a line there is ended by whoever writes
    next. The folder may be a link; the file may not, for where many may write, a link of its name could lead into any
    file of the user. Nor may it be a pipe or a device.

    On a local disk lines of several processes never mix. Over NFS they may, for appending there is a question for the
    size and then a write: two people in the same millisecond.

    Raises OSError where nothing could be written.
    """
    with suppress(FileNotFoundError):
        _refuse_what_is_no_file(path.lstat(), path)
    file = os.open(path, _FLAGS, 0o666)
    try:
        there = os.fstat(file)
        _refuse_what_is_no_file(there, path)
        joint = b"" if _ends_whole(file, there.st_size) else b"\n"
        written = os.write(file, joint + b"".join(lines))
    finally:
        os.close(file)
    return _whole(lines, written - len(joint))


def _refuse_what_is_no_file(there: os.stat_result, path: Path) -> None:
    if stat.S_ISLNK(there.st_mode):
        raise OSError(errno.ELOOP, "it is a link", str(path))
    if not stat.S_ISREG(there.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))


def _ends_whole(file: int, size: int) -> bool:
    """Whether nobody's half-written line stands at the end."""
    return size == 0 or os.pread(file, 1, size - 1) == b"\n"


def _whole(lines: Sequence[bytes], written: int) -> int:
    for number, line in enumerate(lines):
        written -= len(line)
        if written < 0:
            return number
    return len(lines)
