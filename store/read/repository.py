"""The repository that runs were made from, where it is at hand: what git says of two commits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from labtop.quiet_git import PLAIN_DIFF, GitFails, ask

LARGEST: Final = 2 << 20
"""Bytes of a diff that are kept."""
_PATIENCE_S: Final = 20.0
_COMMIT: Final = re.compile(r"[0-9a-fA-F]{4,64}")


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
    status, out = _git(root, "diff", *PLAIN_DIFF, "--ignore-submodules", one, other, "--")
    if status != 0:
        raise NoDiff(f"git diff fails in {root}: status {status}")
    return out


def _git(root: Path, *words: str) -> tuple[int, str]:
    """Exit status and what git printed, no more than is kept."""
    try:
        said = ask(root, *words, patience_s=_PATIENCE_S, most=LARGEST)
    except GitFails as why:
        raise NoDiff(str(why)) from None
    text = said.out.decode("utf-8", "replace")
    return (0, f"{text}\n(only the first {LARGEST >> 20} MB)\n") if said.is_cut else (said.status, text)
