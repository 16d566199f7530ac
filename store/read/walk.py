"""Which files below the watched root may be logs or configs, each once."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterator
from typing import Literal, NamedTuple, Protocol

from labtop.store.read.annotation_files import NAME as ANNOTATIONS
from labtop.store.read.annotation_files import is_annotations
from labtop.store.read.configs import is_config

DEEPEST = 8
"""Folders below the root that are entered."""

_PASSED_OVER = frozenset(("node_modules", "__pycache__"))
_HIDDEN_ENTERED = frozenset((".hydra", ".labtop"))
_LOG = re.compile(r".+\.(?:jsonl|ndjson|json|log|csv|json\.txt)|.*log.*\.txt|.*_train\.txt", re.IGNORECASE | re.DOTALL)
_PACKED = ".gz"
_ENDINGS = frozenset(("jsonl", "ndjson", "json", "log", "csv", "txt", "yaml", "yml", "gz"))
_TURNED = re.compile(r"(?<=[a-z])(?:\.\d{1,4})?(?:\.gz)?\Z", re.IGNORECASE)

Kind = Literal["folder", "file", "link"]


class Entry(NamedTuple):
    """One name in a folder. `inode` is what the folder says of it, good for telling that it is another one now."""

    name: str
    kind: Kind
    inode: int


class Known(Protocol):
    """What stands at a path, links followed; device and inode say whether two paths lead to the same."""

    @property
    def kind(self) -> Literal["folder", "file", "nothing"]:
        """Anything but a folder or a regular file is nothing."""

    @property
    def key(self) -> tuple[int, int]:
        """Device and inode."""


class Disk(Protocol):
    """Answers about paths below the root, "/" between their parts; the root itself is ""."""

    def known(self, path: str) -> Known:
        """What stands there."""

    def entries(self, folder: str) -> tuple[Entry, ...]:
        """As `list_folder`; nothing of a folder that cannot be read."""


def is_entered(folder: str) -> bool:
    """Whether a folder of this name is looked into."""
    return folder in _HIDDEN_ENTERED or (not folder.startswith(".") and folder not in _PASSED_OVER)


def is_candidate(name: str, folder: str = "") -> bool:
    """Whether a file of this name may be a log, also a rotated (`.1`) or packed (`.gz`) one, or a config, or holds
    annotations, as a matter of the `folder` in which it lies."""
    if is_annotations(name, folder):
        return True
    ending = name.rpartition(".")[2].lower()
    if ending not in _ENDINGS and not ending.isdigit():
        return False
    plain = _TURNED.sub("", name)
    if is_config(plain):
        return plain == name
    return plain != ANNOTATIONS and _LOG.fullmatch(plain) is not None


def list_folder(path: str) -> tuple[Entry, ...]:
    """What may matter in a folder, by name. A packed file waits until the one it is made from is gone.

    Raises OSError when the folder cannot be read.
    """
    with os.scandir(path) as found:
        entries = [entry for each in found if (entry := _entry(each, path)) is not None]
    names = {entry.name for entry in entries}
    return tuple(sorted(each for each in entries if not is_being_packed(each.name, names)))


def walk(disk: Disk, above: set[tuple[int, int]]) -> Iterator[str]:
    """The paths of the candidates below a root that is a folder, in a fixed order.

    Links are followed after everything else, so that a file or folder keeps its own path; nothing is visited twice,
    and no link leads to what is in `above`: the folders that hold the root.
    """
    visited = set(above)
    folders: list[tuple[str, int]] = [("", 0)]
    links: list[tuple[str, int]] = []

    def is_new(known: Known) -> bool:
        if known.key in visited:
            return False
        visited.add(known.key)
        return True

    while folders or links:
        if folders:
            folder, depth = folders.pop()
            known = disk.known(folder)
            if known.kind != "folder" or not is_new(known):
                continue
            below = []
            for name, kind, _ in disk.entries(folder):
                path = f"{folder}/{name}" if folder else name
                if kind == "folder":
                    below.append((path, depth + 1))
                elif kind == "link":
                    links.append((path, depth))
                elif (known := disk.known(path)).kind == "file" and is_new(known):
                    yield path
            if depth < DEEPEST:
                folders += reversed(below)
        else:
            for path, depth in links:
                known = disk.known(path)
                inside, _, name = path.rpartition("/")
                if known.kind == "folder" and depth < DEEPEST and is_entered(name):
                    folders.append((path, depth + 1))
                elif known.kind == "file" and is_candidate(name, inside) and is_new(known):
                    yield path
            links = []
            folders.reverse()


def _entry(entry: os.DirEntry[str], folder: str) -> Entry | None:
    name = entry.name
    try:
        if entry.is_file(follow_symlinks=False):
            return Entry(name, "file", entry.inode()) if is_candidate(name, folder) else None
        if entry.is_dir(follow_symlinks=False):
            return Entry(name, "folder", entry.inode()) if is_entered(name) else None
        if entry.is_symlink() and (is_entered(name) or is_candidate(name, folder)):
            return Entry(name, "link", entry.inode())
    except OSError:
        pass
    return None


def is_being_packed(name: str, names: Container[str]) -> bool:
    """Whether a packed file stands beside the one that it is made from, which is read until it is gone."""
    return name.lower().endswith(_PACKED) and name[: -len(_PACKED)] in names
