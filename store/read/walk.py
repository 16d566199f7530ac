"""Every file below the watched root that may be a log or a config, each once."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from labtop.store.read.configs import is_config

DEEPEST = 8
"""Folders below the root that are entered."""

_PASSED_OVER = frozenset(("node_modules", "__pycache__"))
_HIDDEN_ENTERED = frozenset((".hydra", ".labtop"))
_ANNOTATIONS = "annotations.jsonl"
_LOG = re.compile(r".+\.(?:jsonl|ndjson|json|log|csv|json\.txt)|.*log.*\.txt|.*_train\.txt", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be a log or a config. `relative` is its path below the root, `stat` that of the file itself."""

    path: Path
    relative: PurePosixPath
    stat: os.stat_result


def walk(root: Path) -> Iterator[Found]:
    """The candidates below `root`, in a fixed order; of a root that is a file, that file.

    Links are followed after everything else, so that a file or folder keeps its own path; nothing is visited twice,
    and no link leads to a folder that holds the root. What cannot be read is passed over.
    """
    try:
        top = root.stat()
        above = {_key(folder.stat()) for folder in root.resolve().parents}
    except OSError:
        return
    if not stat.S_ISDIR(top.st_mode):
        yield Found(root, PurePosixPath(root.name), top)
        return
    yield from _Walk(root, above).candidates()


class _Walk:
    """One walk: what was visited, and the links still to follow."""

    def __init__(self, root: Path, visited: set[tuple[int, int]]) -> None:
        self._visited = visited
        self._folders: list[tuple[str, str, int]] = [(str(root), "", 0)]
        self._links: list[tuple[os.DirEntry[str], str, int]] = []

    def candidates(self) -> Iterator[Found]:
        while self._folders or self._links:
            if self._folders:
                path, prefix, depth = self._folders.pop()
                yield from self._folder(path, prefix, depth)
            else:
                links, self._links = self._links, []
                for entry, prefix, depth in links:
                    yield from self._entry(entry, prefix, depth, follow=True)
                self._folders.reverse()

    def _folder(self, path: str, prefix: str, depth: int) -> Iterator[Found]:
        try:
            if not self._is_new(Path(path).stat()):
                return
            with os.scandir(path) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            return
        before = len(self._folders)
        for entry in ordered:
            if entry.is_symlink():
                self._links.append((entry, prefix, depth))
            else:
                yield from self._entry(entry, prefix, depth, follow=False)
        self._folders[before:] = reversed(self._folders[before:])

    def _entry(self, entry: os.DirEntry[str], prefix: str, depth: int, *, follow: bool) -> Iterator[Found]:
        name = entry.name
        try:
            if entry.is_dir(follow_symlinks=follow):
                if depth < DEEPEST and _is_entered(name):
                    self._folders.append((entry.path, f"{prefix}{name}/", depth + 1))
            elif _is_candidate(name) and entry.is_file(follow_symlinks=follow):
                status = entry.stat(follow_symlinks=follow)
                if self._is_new(status):
                    yield Found(Path(entry.path), PurePosixPath(prefix + name), status)
        except OSError:
            return

    def _is_new(self, status: os.stat_result) -> bool:
        key = _key(status)
        if key in self._visited:
            return False
        self._visited.add(key)
        return True


def _key(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _is_entered(folder: str) -> bool:
    return folder in _HIDDEN_ENTERED or (not folder.startswith(".") and folder not in _PASSED_OVER)


def _is_candidate(name: str) -> bool:
    return name != _ANNOTATIONS and (_LOG.fullmatch(name) is not None or is_config(name))
