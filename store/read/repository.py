"""The repository that runs were made from, where it is at hand: what git says of two commits."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

LARGEST: Final = 2 << 20
"""Bytes of a diff that are kept."""
_PATIENCE_S: Final = 20.0
_COMMIT: Final = re.compile(r"[0-9a-fA-F]{4,64}")
# What a repository configures could run a program or ask the network: nothing of it is wanted.
_QUIETLY: Final = (
    *("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never"),
    *("-c", "core.pager=cat", "-c", "diff.external=", "-c", "core.quotePath=true"),
)
_ENVIRONMENT: Final = {
    "GIT_ALLOW_PROTOCOL": "",  # which no configuration overrides: what is not there is not fetched
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_ELSEWHERE: Final = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"})
"""Variables that hooks set, which would name another repository."""


class NoDiff(Exception):
    """Why there is no diff, in words."""


def commits_apart(places: Iterable[Path], one: str, other: str) -> str:
    """The diff from one commit to another, in the first repository that holds both of those around `places`.

    Raises NoDiff: no repository is there, none has both commits, git is missing or takes too long.
    """
    for commit in (one, other):
        if not _COMMIT.fullmatch(commit):
            raise NoDiff(f"{commit[:40]!r} is no commit")
    found = list(dict.fromkeys(root for place in places for root in _around(place)))
    if not found:
        raise NoDiff("no repository is at hand: open labtop in the one that the runs were made from")
    whys = []
    for root in found:
        if _git(root, "rev-parse", "--git-dir")[0]:
            whys.append(f"git cannot read {root}: run git there, it says why")
            continue
        lacking = next((commit for commit in (one, other) if not _has(root, commit)), "")
        if not lacking:
            return _diff(root, one, other)
        whys.append(f"{root} does not have the commit {lacking[:12]}: git fetch may bring it")
    raise NoDiff(whys[0])


def _around(place: Path) -> Iterator[Path]:
    """The repository that holds the place, if any."""
    for folder in (place, *place.parents):
        try:
            if (folder / ".git").exists():
                yield folder
                return
        except OSError:  # a folder above may not be looked into
            return


def _has(root: Path, commit: str) -> bool:
    return _git(root, "cat-file", "-e", f"{commit}^{{commit}}")[0] == 0


def _diff(root: Path, one: str, other: str) -> str:
    options = ("--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short", "--ignore-submodules")
    status, out = _git(root, "diff", *options, one, other, "--")
    if status != 0:
        raise NoDiff(f"git diff fails in {root}: status {status}")
    return out


def _git(root: Path, *words: str) -> tuple[int, str]:
    """Exit status and what git printed, no more than is kept."""
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    try:
        git = subprocess.Popen(
            ["git", "-C", str(root), *_QUIETLY, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, **_ENVIRONMENT},
        )
    except FileNotFoundError:
        raise NoDiff("git is not installed") from None
    except OSError as error:
        raise NoDiff(f"git cannot be run: {error.strerror}") from error
    return _heard(git, root)


def _heard(git: subprocess.Popen[bytes], root: Path) -> tuple[int, str]:
    late = threading.Event()

    def stop() -> None:
        late.set()
        git.kill()

    timer = threading.Timer(_PATIENCE_S, stop)
    timer.start()
    with git:
        out = b"" if git.stdout is None else git.stdout.read(LARGEST + 1)
        is_cut = len(out) > LARGEST
        if is_cut:
            git.kill()
        status = git.wait()
    timer.cancel()
    if late.is_set() and not is_cut:
        raise NoDiff(f"git takes longer than {_PATIENCE_S:.0f} s in {root}")
    text = out[:LARGEST].decode("utf-8", "replace")
    return (0, f"{text}\n(only the first {LARGEST >> 20} MB)\n") if is_cut else (status, text)
