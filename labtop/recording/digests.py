"""What a file holds, as a number: sizes and SHA-256 of artifacts and data sets."""

from __future__ import annotations

import os
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_CHUNK: Final = 1 << 20
_MOST_FILES: Final = 100_000


class Digest:
    """Bytes and SHA-256 in hex; None where they are not known: the file cannot be read, or changed meanwhile."""

    def __init__(self, size: int | None = None, sha256: str | None = None) -> None:
        self.size = size
        self.sha256 = sha256


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder. Raises OSError."""
    return sum(file.stat().st_size for file in _files(path))


def digest_of(path: Path) -> Digest:
    """Of a file its bytes; of a folder the paths and digests of all files below it, sorted by path, as `sha256sum`
    lists them: `cd FOLDER && find . -xtype f | LC_ALL=C sort | xargs sha256sum | sha256sum`. Raises OSError."""
    if not path.is_dir():
        return _of_file(path)
    import hashlib  # a training without files does not need it

    listed = hashlib.sha256()
    for file in _files(path):
        one = _of_file(file)
        if one.sha256 is None:
            return Digest(size_of(path))
        listed.update(f"{one.sha256}  ./{file.relative_to(path).as_posix()}\n".encode("utf-8", "surrogateescape"))
    return Digest(size_of(path), listed.hexdigest())


def _of_file(path: Path) -> Digest:
    import hashlib

    hashed = hashlib.sha256()
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        while chunk := file.read(_CHUNK):
            hashed.update(chunk)
        after = os.fstat(file.fileno())
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return Digest(after.st_size, hashed.hexdigest() if same else None)


def _files(path: Path) -> list[Path]:
    """The file, or those below a folder in the order of their names as bytes. Raises OSError."""
    if not path.is_dir():
        return [path]
    found: list[Path] = []
    for folder, _, names in os.walk(path):
        found += [Path(folder, name) for name in names if Path(folder, name).is_file()]
        if len(found) > _MOST_FILES:
            raise OSError(f"more than {_MOST_FILES} files")
    return sorted(found, key=lambda file: os.fsencode(file.relative_to(path).as_posix()))
