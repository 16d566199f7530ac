"""Standard output and standard error: what is a terminal, what is closed, what is full."""

from __future__ import annotations

import os
import select
import shutil
import stat
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import TextIOWrapper, UnsupportedOperation
from pathlib import Path
from typing import TextIO

from labtop.cli.text import clean


def prepare() -> None:
    """Make the streams safe to write: one that is closed is the null device, a letter it cannot show is a '?'."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def write(text: str) -> bool:
    """Write to standard output, now; whether anybody reads it.

    A reader that has gone (`labtop ls | head`) has all it wanted: no error.
    Raises `OSError` when it cannot be written for another reason, such as a full disk.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
        return False
    return True


def flush() -> None:
    """Write what is still held back, as `write` does."""
    write("")


def say(text: str, below: Sequence[str] = ()) -> None:
    """One line to standard error; the lines `below` show the place that it speaks of."""
    try:
        print("\n".join([f"labtop: {clean(text)}", *map(clean, below)]), file=sys.stderr, flush=True)
    except OSError:
        silence(sys.stderr)


def when_unread(act: Callable[[], None]) -> None:
    """Call `act`, in a thread, once nobody reads the pipe any more that standard output is: no write tells of that."""
    try:
        if not stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode):
            return
    except OSError:
        return
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)

    def wait() -> None:
        poll.poll()
        act()

    threading.Thread(target=wait, name="labtop-reader", daemon=True).start()


def silence(stream: TextIO) -> None:
    """Point the stream at nothing, so that the flush at exit neither fails nor waits for a reader."""
    with suppress(UnsupportedOperation), Path(os.devnull).open("wb") as null:
        os.dup2(null.fileno(), stream.fileno())


def terminal_width() -> int | None:
    """Columns of the terminal that standard output is, None on a pipe or in a file."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def coloured() -> bool:
    """Whether standard output takes colour: a terminal that is not dumb, and no NO_COLOR (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"
