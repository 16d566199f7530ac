"""What a person says of runs is appended beside them, or, where that cannot be, in the user's own folder."""

from __future__ import annotations

import getpass
import json
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from labtop.store.annotating.append import append
from labtop.store.annotating.said import LONGEST_TAG, checked, clean
from labtop.store.model import Annotation, Noted, StoreError
from labtop.store.read.annotation_files import beside, of_user
from labtop.store.read.plain import is_seen
from labtop.store.read.user_folders import refused

LARGEST = 64 << 20
"""Bytes of all lines that are written at once: a short note of 100,000 runs, the longest one of 1,000."""


def annotate(base: Path, annotation: Annotation, now: float, by: str) -> Noted:
    """Append one line for each run of the annotation to `.labtop/annotations.jsonl` in `base`.

    `base` is the watched root, or the folder of a watched file; `now` is seconds since the epoch, `by` who says so.
    Where that file cannot be written, or not all of it, the rest goes to the user's folder for data, `beside`.
    Raises StoreError where that fails too, and where there is nothing, or too much, to say; then nothing is written.
    """
    return annotate_all(base, (annotation,), now, by)


def annotate_all(base: Path, annotations: Sequence[Annotation], now: float, by: str) -> Noted:
    """`annotate` with several annotations, whose lines are written at once."""
    lines = _lines(annotations, now, by)
    path = beside(base)
    done, why = _tried(path, lines, private=False)
    if done == len(lines):
        return Noted(str(path), beside=False)
    own = of_user(base)
    also, why_not = _tried(own, lines[done:], private=True)
    if done + also == len(lines):
        return Noted(str(own), beside=True, why=why)
    said = f"only {done + also:,} of {len(lines):,} are noted" if done + also else "nothing is noted"
    raise StoreError(
        f"{said}: {path} cannot be written ({why}), nor {refused(own, why_not)}; make room or ask for permission"
    )


def user() -> str:
    """Who speaks: $LABTOP_USER, else the login name, else the number of the user. Raises nothing."""
    for name in (os.environ.get("LABTOP_USER", ""), _login()):
        plain = clean(name[:LONGEST_TAG]).replace("\n", " ")
        if is_seen(plain):
            return plain
    return str(os.getuid())


def _login() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # a container may know no name for the number
        return ""


def _lines(annotations: Sequence[Annotation], now: float, by: str) -> list[bytes]:
    """All lines, as they are written."""
    lines: list[bytes] = []
    size = 0
    for annotation in annotations:
        fields = checked(annotation.event, annotation.fields)
        for run in dict.fromkeys(annotation.runs):
            line = {"event": annotation.event, "run": run, "time": round(now, 3), "by": by, **fields}
            lines.append(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            size += len(lines[-1])
            if size > LARGEST:
                raise StoreError("that is too much to note at once: shorten the text, or take fewer runs")
    if not lines:
        raise StoreError("no run is named: say of which to note it")
    return lines


def _tried(path: Path, lines: Sequence[bytes], *, private: bool) -> tuple[int, str]:
    """How many lines were written, and why not all. The folder is made; those above it only where `private`."""
    try:
        made = not path.exists()
        with suppress(FileExistsError):  # what is there and no folder is told by opening the file
            path.parent.mkdir(mode=0o700 if private else 0o777, parents=private, exist_ok=True)
        done = append(path, lines)
    except OSError as error:
        return 0, error.strerror or str(error)
    if made and not private:
        _open_to_the_group(path)
    return done, "" if done == len(lines) else "there is no more room"


def _open_to_the_group(path: Path) -> None:
    """Who may make runs in the directory may take notes too, whatever this user's umask is."""
    with suppress(OSError):
        if path.parent.parent.stat().st_mode & stat.S_IWGRP:
            path.parent.chmod(path.parent.stat().st_mode | stat.S_IRWXG)
            path.chmod(path.stat().st_mode | stat.S_IRGRP | stat.S_IWGRP)
