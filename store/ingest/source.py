"""Source: the bytes of a file to be read on, unpacked where it is packed."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from zlib import _Decompress as _Unpacker

_AHEAD = 4 << 10  # bytes read at once where fewer are wanted: the next ones are mostly among them
_IN_MEMORY = 16 << 20  # bytes of an unpacked file that need no temporary file
_STRETCH = 8 << 10  # of what is packed: it may become a thousand times as much
_GZIP = 16 + zlib.MAX_WBITS
_MOST = 4 << 30  # bytes that are unpacked of a file
_MOST_TIMES = 200  # as many as are packed: lines of a log, however alike, become a tenth of that
_ALWAYS = 64 << 20  # bytes that are unpacked of any file


class Source:
    """The bytes of an open file: how many there are to read, unpacked, and what the system says of it."""

    def __init__(self, file: int, stat: os.stat_result) -> None:
        self.stat = stat
        self.length = stat.st_size
        self._file = file
        self._begin = 0
        self._ahead = b""

    def read(self, at: int, size: int) -> bytes:
        """So many bytes from the byte `at` on, fewer where the file ends."""
        begin = at - self._begin
        if begin < 0 or begin + size > len(self._ahead):
            self._begin, self._ahead = at, os.pread(self._file, max(size, _AHEAD), at)
            begin = 0
        return self._ahead[begin : begin + size]


class Unpacked(Source):
    """The bytes of a packed file, in a temporary one."""

    def __init__(self, stat: os.stat_result, target: IO[bytes]) -> None:
        super().__init__(-1, stat)
        self.length = target.tell()
        self._target = target

    def read(self, at: int, size: int) -> bytes:
        """So many bytes from the byte `at` on, fewer where the file ends."""
        self._target.seek(at)
        return self._target.read(size)

    def close(self) -> None:
        """Let go of it."""
        self._target.close()


class Damage(NamedTuple):
    """Why a packed file could not be unpacked to its end, and at which of its bytes. `is_final`: it will stay so."""

    reason: str
    at: int
    is_final: bool = True


def is_packed(path: Path) -> bool:
    """Whether the name says so."""
    return str(path)[-3:].lower() == ".gz"


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a plain file. Raises OSError."""
    file = os.open(path, os.O_RDONLY)
    try:
        yield Source(file, os.fstat(file))
    finally:
        os.close(file)


def unpacked(path: Path) -> tuple[Unpacked, Damage | None]:
    """Unpack a file as far as it goes, and say why it goes no further: it is still being packed, was cut off or is
    damaged, or becomes too much. The source is to be closed by the caller. Raises OSError."""
    with path.open("rb") as file, ExitStack() as closing:
        stat = os.fstat(file.fileno())  # before: what is added meanwhile is a change
        target = closing.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
        parts = _Parts(file)
        for part in parts:
            target.write(part)
            if target.tell() > min(_MOST, max(_ALWAYS, _MOST_TIMES * file.tell())):
                parts.damage = Damage(f"gzip holds too much: the first {target.tell():,} bytes are read", file.tell())
                break
        closing.pop_all()
        return Unpacked(stat, target), parts.damage


class _Parts:
    """What was packed, a part after the other, of all members; then, what is wrong with them. Zeros behind the last
    member are nothing."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._unpacker = zlib.decompressobj(_GZIP)
        self._begun = False  # a member
        self._position = 0
        self.damage: Damage | None = None

    def __iter__(self) -> Iterator[bytes]:
        while packed := self._file.read(_STRETCH):
            while packed:
                if not self._begun and not packed.strip(b"\0") and self._position:
                    break
                before = self._unpacker.copy()
                try:
                    part, left = self._unpacker.decompress(packed), self._unpacker.unused_data
                except zlib.error:
                    yield from self._bytewise(before, packed)
                    return
                self._begun = not self._unpacker.eof
                if self._unpacker.eof:
                    self._unpacker = zlib.decompressobj(_GZIP)
                yield part
                self._position += len(packed) - len(left)
                packed = left
        if self._begun:
            self.damage = Damage(f"gzip ends early at byte {self._position}", self._position, is_final=False)

    def _bytewise(self, unpacker: _Unpacker, packed: bytes) -> Iterator[bytes]:
        """What can be had of a stretch that is damaged."""
        for at in range(len(packed)):
            try:
                yield unpacker.decompress(packed[at : at + 1])
            except zlib.error:
                byte = self._position + at
                self.damage = Damage(f"gzip is damaged at byte {byte}", byte)
                return
