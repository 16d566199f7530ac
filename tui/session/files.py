"""Where a session lies on disk; read at the start, replaced as a whole when it is saved."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from labtop.store.read.user_folders import user_folder
from labtop.tui.session.as_json import from_json, to_json
from labtop.tui.session.session import Session

LARGEST = 8 << 20
"""Bytes of a session: the ids of 100,000 marked runs have room; a larger file is no session."""
_LEFT_BEHIND_S = 3600.0
"""A temporary file as old as this belongs to a process that was killed while it wrote."""


def default_path(root: Path) -> Path:
    """The session file of a run directory, in the user's folder for state."""
    real = os.path.realpath(root)
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(real).name)[:40]
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:16]
    return user_folder("state") / "sessions" / f"{name}-{digest}.json"


def load(path: Path, tell: Callable[[str], object]) -> Session:
    """The session at `path`, the default one where there is none.

    A file that holds no session is renamed to .bad. `tell` gets a line where that is so, or the file cannot be read.
    """
    _sweep(path)
    try:
        with path.open("rb") as file:
            held = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Session()
    except OSError as error:
        tell(f"what was set here before cannot be read: {path} ({error.strerror})")
        return Session()
    try:
        value = json.loads(held) if len(held) <= LARGEST else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        _set_aside(path, tell)
    return from_json(value)


def write(path: Path, session: Session) -> None:
    """Replace the file by one with this session: a reader sees the old one or the new one whole. Raises OSError.

    It is not synced: after a power failure the last choices may be lost.
    """
    data = json.dumps(to_json(session)).encode()
    if len(data) > LARGEST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(".tmp", f"{path.stem}.", path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _set_aside(path: Path, tell: Callable[[str], object]) -> None:
    bad = path.with_suffix(".bad")
    try:
        path.replace(bad)
    except OSError:
        bad = path
    tell(f"what was set here before is damaged and not used: {bad}")


def _sweep(path: Path) -> None:
    """Remove what killed processes left of this session."""
    with contextlib.suppress(OSError):
        for left in path.parent.glob(f"{path.stem}.*.tmp"):
            if time.time() - left.stat().st_mtime > _LEFT_BEHIND_S:
                left.unlink()
