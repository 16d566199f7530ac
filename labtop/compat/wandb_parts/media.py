"""Pictures, tables and the like: labtop holds numbers and texts, so that these are taken and left out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

NAMES: Final = (
    "Audio", "EvalTable", "Graph", "Histogram", "Html", "Image", "Molecule", "Object3D", "Plotly", "Table", "Video",
)  # fmt: skip
"""The classes of W&B whose objects are logged like metrics."""


class Media:
    """Takes any arguments and any call, and does nothing: a script may fill a table row by row."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Media

    def __call__(self, *_: Any, **__: Any) -> Media:
        """A chart, a table, a row."""
        return self


CLASSES: Final = {name: type(name, (Media,), {"__doc__": f"`wandb.{name}`, which is left out."}) for name in NAMES}


class Artifact:
    """Files under a name: each is recorded, with size and SHA-256, where the artifact is logged."""

    def __init__(self, name: str, type: str = "artifact", description: str | None = None, **_: Any) -> None:
        self.name = name
        self.type = type
        self.description = description
        self.files: list[Path] = []

    def add_file(self, local_path: str | os.PathLike[str], *_: Any, **__: Any) -> None:
        """Add a file."""
        self.files.append(Path(local_path))

    def add_dir(self, local_path: str | os.PathLike[str], *_: Any, **__: Any) -> None:
        """Add a folder."""
        self.files.append(Path(local_path))

    def wait(self, *_: Any, **__: Any) -> Artifact:
        """Nothing is sent anywhere."""
        return self


def is_media(value: object) -> bool:
    """Whether it is such an object, or a list of them."""
    if isinstance(value, (list, tuple)):
        return any(isinstance(each, Media) for each in value)
    return isinstance(value, Media)
