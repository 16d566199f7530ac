"""What the record says of a work tree that was not as its commit has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from labtop.code_files import is_code
from labtop.store.model import Json

OF_THE_PLACE: Final = ("root", "prefix", "remarks", "untracked")
"""Keys of `git` that tell where the tree was and what was found there, not which code it held."""


def untracked_code(code: Mapping[str, Json]) -> tuple[str, ...]:
    """Files that git does not have and that read like code or configs, by their endings; results and data are none."""
    return tuple(name for name in texts(code.get("untracked")) if is_code(name))


def only_untracked(code: Mapping[str, Json]) -> bool:
    """Whether `dirty` means no more than files that git does not have: no patch was saved, and none was left out."""
    return bool(code.get("dirty") and texts(code.get("untracked"))) and not code.get("diff") and not left_out(code)


def left_out(code: Mapping[str, Json]) -> tuple[str, ...]:
    """What was not recorded of the code, and why, in the words of the log."""
    return texts(code.get("remarks"))


def texts(value: Json) -> tuple[str, ...]:
    """The texts of a list, or a text alone."""
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, str) and item)
