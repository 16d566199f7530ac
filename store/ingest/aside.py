"""Aside: files that speak of the runs below the root and lie elsewhere, or are no candidates there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from labtop.store.ingest.tree import Found
from labtop.store.read import annotation_files
from labtop.store.read.configs import is_config
from labtop.store.read.settings_files import TEAM_FILE, team_file, user_file


class Aside:
    """Knows the few such files of a folder of runs and asks about them all at every look. Those that lie below it are
    named by their path there, others by their whole path."""

    def __init__(self, base: Path) -> None:
        below = (annotation_files.beside(base), team_file(base))
        elsewhere = (annotation_files.of_user(base), user_file())
        self._places = {each.relative_to(base).as_posix(): each for each in below}
        self._places |= {str(each.absolute()): each for each in elsewhere}
        self._there: set[str] | None = None

    def __contains__(self, path: str) -> bool:
        """Whether such a file may stand at this path."""
        return path in self._places

    @property
    def there(self) -> set[str]:
        """The paths of those that were there at the last look."""
        return self._there or set()

    def look(self) -> tuple[list[Found], bool]:
        """Those that are there, and whether any came or went since the last look."""
        found = [Found(str(place), path, status) for path, place in self._places.items() if (status := _file(place))]
        before, self._there = self._there, {each.relative for each in found}
        return found, self._there != before


def kind_of(path: str) -> str:
    """What a file is taken for by its name: 'config', 'annotations', 'settings', else undecided. `path` is as in the
    index."""
    folder, _, name = path.rpartition("/")
    if path == TEAM_FILE or (path.startswith("/") and path.endswith(".toml")):
        return "settings"
    if path.startswith("/") or annotation_files.is_annotations(name, folder):
        return "annotations"
    return "config" if is_config(path) else "undecided"


def _file(place: Path) -> os.stat_result | None:
    try:
        status = place.stat()
    except (OSError, ValueError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None
