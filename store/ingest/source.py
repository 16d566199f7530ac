"""Source: the bytes of a file to be read on, unpacked where it is packed."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

_IN_MEMORY = 16 << 20  # bytes of an unpacked file that need no temporary file
_STRETCH = 64 << 10  # of what is packed: it may become a thousand times as much
_GZIP = 16 + zlib.MAX_WBITS


class Source(NamedTuple):
    """An open file, what the system says of it, and how many bytes there are to read, unpacked."""

    bytes: BinaryIO
    stat: os.stat_result
    length: int


def is_packed(path: Path) -> bool:
    """Whether the name says so."""
    return path.suffix.lower() == ".gz"


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a plain file, without a buffer: each read is of what is wanted. Raises OSError."""
    with path.open("rb", buffering=0) as file:
        stat = os.fstat(file.fileno())
        yield Source(file, stat, stat.st_size)


def unpacked(path: Path) -> Source:
    """Unpack a file as far as it goes: one that is still being packed, or was cut off, ends earlier. To be closed by
    the caller. Raises OSError."""
    with path.open("rb") as file, ExitStack() as closing:
        stat = os.fstat(file.fileno())  # before: what is added meanwhile is a change
        target = closing.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
        for part in _parts(file):
            target.write(part)
        closing.pop_all()
        return Source(cast(BinaryIO, target), stat, target.tell())


def _parts(file: BinaryIO) -> Iterator[bytes]:
    """What was packed, a part after the other, of all members; an end that is no gzip is left out."""
    unpacker = zlib.decompressobj(_GZIP)
    while packed := file.read(_STRETCH):
        while packed:
            try:
                yield unpacker.decompress(packed)
            except zlib.error:
                return
            packed = unpacker.unused_data
            if packed:
                unpacker = zlib.decompressobj(_GZIP)
