"""The commit of a work tree as the files of its repository tell it: git itself takes a hundred times as long."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOST_LINKS: Final = 5  # as git has it


def commit_of(folder: Path) -> dict[str, Any]:
    """`commit`, `branch`, `root` and `prefix` of the work tree that holds the folder; {} outside of one.

    `root` is the absolute path of the work tree, `prefix` the folder below it ("" or "src/"). `branch` is lacking where
    HEAD is detached; both are lacking where git keeps its refs in another form than files.
    """
    for root in (folder, *folder.parents):
        with suppress(OSError):
            if (place := _repository(root / ".git")) is not None:
                below = folder.relative_to(root).as_posix()
                return {**_head(place), "root": str(root), "prefix": "" if below == "." else f"{below}/"}
    return {}


def _repository(entry: Path) -> Path | None:
    """The folder of the repository: of work trees and submodules a file says where it is."""
    if entry.is_file():
        said = entry.read_text(errors="surrogateescape")
        place = entry.parent / said.removeprefix("gitdir:").strip() if said.startswith("gitdir:") else entry
    else:
        place = entry
    return place if (place / "HEAD").is_file() else None


def _head(place: Path) -> dict[str, str]:
    said = (place / "HEAD").read_text(errors="replace").strip()
    if _COMMIT.fullmatch(said):
        return {"commit": said}
    name = said.removeprefix("ref:").strip()
    if not said.startswith("ref:") or name == "refs/heads/.invalid":  # reftable
        return {}
    commit = _commit(place, name)
    branch = name.removeprefix("refs/heads/")
    return {"commit": commit, "branch": branch} if commit else {"branch": branch}


def _commit(place: Path, name: str) -> str:
    common = place
    with suppress(OSError):
        common = place / (place / "commondir").read_text(errors="surrogateescape").strip()
    for _ in range(_MOST_LINKS):
        if ".." in name.split("/") or name.startswith("/"):
            return ""
        said = _loose(place, name) or _loose(common, name) or _packed(common, name)
        if not said.startswith("ref:"):
            return said if _COMMIT.fullmatch(said) else ""
        name = said.removeprefix("ref:").strip()
    return ""


def _loose(place: Path, name: str) -> str:
    with suppress(OSError):
        return (place / name).read_text(errors="replace").strip()
    return ""


def _packed(place: Path, name: str) -> str:
    with suppress(OSError), (place / "packed-refs").open(errors="replace") as file:
        for line in file:
            commit, _, ref = line.rstrip("\n").partition(" ")
            if ref == name:
                return commit
    return ""
