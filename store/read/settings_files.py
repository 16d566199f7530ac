"""Files in which a team and the user say what they want to see: where they are, and a careful reader of TOML."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from labtop.store.read.user_folders import user_folder

TEAM_FILE = "labtop.toml"
LARGEST = 1 << 16
"""Bytes of a file: what a parser does with dotted keys grows with the square of their length, and with their number."""
MOST_DOTS = 200
"""In a line, for the same reason: a key of 100,000 parts would take all memory there is."""


class Unreadable(Exception):
    """The file cannot be used; the text says why, to stand behind its name."""


def team_file(root: Path) -> Path:
    """A team's file: in the watched directory, beside a watched file."""
    try:
        folder = root.parent if root.is_file() else root
    except OSError:
        folder = root
    return folder / TEAM_FILE


def user_file() -> Path:
    """The user's own file."""
    return user_folder("config") / "config.toml"


def read_toml(path: Path) -> dict[str, Any]:
    """What the file holds, nothing where there is none. Raises `Unreadable`, whatever is wrong."""
    try:
        held = _bytes(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot be read ({getattr(error, 'strerror', None) or error})") from error
    return _parsed(held) if held else {}


def _bytes(path: Path) -> bytes:
    """Up to one byte more than LARGEST of an ordinary file: others could keep a reader waiting for ever."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is no ordinary file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(LARGEST + 1)
    finally:
        os.close(descriptor)


def _parsed(held: bytes) -> dict[str, Any]:
    if len(held) > LARGEST:
        raise Unreadable(f"is not read: it has more than {LARGEST >> 10} kB")
    if any(line.count(b".") > MOST_DOTS for line in held.split(b"\n")):
        raise Unreadable(f"is not read: a line of it has more than {MOST_DOTS} dots; write long lists a text a line")
    # Where there is no file nobody waits for the parser, which takes longer to load than to read one.
    import tomllib

    try:
        return tomllib.loads(held.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"is no UTF-8, from byte {error.start} on") from error
    except ValueError as error:
        raise Unreadable(f"is no TOML: {error}") from error
    except RecursionError as error:
        raise Unreadable("is nested too deeply") from error
