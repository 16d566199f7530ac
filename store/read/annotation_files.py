"""Where what a person says of runs lies: beside them, or in the user's own folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

from labtop.store.read.user_folders import user_folder

FOLDER: Final = ".labtop"
"""The folder in a folder of runs that holds what labtop writes there."""

NAME: Final = "annotations.jsonl"
"""The file in it."""


def beside(base: Path) -> Path:
    """The file in a folder of runs, or in the folder of a single log."""
    return base / FOLDER / NAME


def folder_of_user() -> Path:
    """The user's folder of such files, one for each folder of runs that cannot be written."""
    return user_folder("data") / "annotations"


def of_user(base: Path) -> Path:
    """The file in the user's folder for data, where the folder of runs cannot be written."""
    real = os.path.realpath(base)
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(real).name)[:40]
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:16]
    return folder_of_user() / f"{name}-{digest}.jsonl"


def is_annotations(name: str, folder: str) -> bool:
    """Whether a file of this name holds annotations of the runs beside the `folder` in which it lies."""
    return name == NAME and folder.rpartition("/")[2] == FOLDER
