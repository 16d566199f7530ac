"""A step by which a run is brought back, and where its files lay."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from labtop.cli.reproducing.quoting import is_path
from labtop.store.model import Json, RunDetail


@dataclass(frozen=True, slots=True)
class Step:
    """`lines` are those of the script. `lacks` are what the record does not have, in words such as "no command";
    `remarks` what will be otherwise than it was, `comments` what only a reader wants to know, `facts` the step as data.
    `first` are lines before those of any step: what must be there, or nothing is begun.
    """

    name: str
    title: str
    lines: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """Where the work tree was: its root, "" where that is not known, and the working folder below it, "" for itself."""

    root: str
    prefix: str

    @classmethod
    def of(cls, detail: RunDetail) -> Tree:
        """What the log says, unless that is no path."""
        root, prefix = ((detail.code or {}).get(key) for key in ("root", "prefix"))
        below = os.path.normpath(prefix) if isinstance(prefix, str) and is_path(prefix) else "."
        is_below = below != "." and not PurePosixPath(below).is_absolute() and not below.startswith("..")
        is_root = isinstance(root, str) and is_path(root) and PurePosixPath(root).is_absolute()
        return cls(os.path.normpath(str(root)) if is_root else "", below if is_below else "")

    def within(self, path: str) -> str | None:
        """Where the absolute path lies below the root; None for one that does not."""
        if not self.root or not PurePosixPath(path).is_absolute():
            return None
        below = os.path.relpath(os.path.normpath(path), self.root)
        return None if below == ".." or below.startswith("../") else below

    def from_here(self, path: str) -> str:
        """The path as it is called in the working folder of the new tree, where it lay below the old one."""
        below = self.within(path)
        return path if below is None else os.path.relpath(below, self.prefix or ".")


def text_of(value: Json) -> str:
    """The text without blanks around it, "" for what is none."""
    return value.strip() if isinstance(value, str) else ""
