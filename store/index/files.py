"""Where an index lives on disk, and how one is opened: its own file, a private copy of a held one, or memory."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from labtop.store.index.schema import create, is_current, is_ours
from labtop.store.model import StoreError
from labtop.store.read.user_folders import refused, user_folder

_THREADS = min(2, os.cpu_count() or 1)
# Two cores' worth of threads and a bounded memory: the screen must breathe, and a backlog of gigabytes must not show in
# the size of the process. Nothing is ever fetched from a network.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": _THREADS,
    "memory_limit": "128MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_PRIVATE = "labtop-private"
_HELD = "another labtop holds the index: working on a private copy"
OF_DATA = (duckdb.DataError, duckdb.ProgrammingError, duckdb.NotSupportedError)
"""Errors of a statement or its values, not of the disk."""

_DAMAGED = re.compile(
    r"not a valid duckdb|corrupt|stored checksum|could not read (?:from|enough|the index)|serializ(?:e|ation)\b"
    r"|newer version of duckdb|version number"
)
_QUOTED = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'")
_NO_SPACE = ("no space left", "disk full", "disk quota", "out of disk")

# DuckDB shares one database among all connections of a process: a second reader of files must not write into it.
_open_here: set[str] = set()


class Index:
    """An open index. `private` is true when nobody else will ever see it; `notice` tells the user why, in one line.

    `given`: the user named the file himself, so it is never removed.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        path: Path | None,
        notice: str | None = None,
        *,
        given: bool = False,
        folder: Path | None = None,
    ) -> None:
        self._connection = connection
        self.path = path
        self.notice = notice
        self._given = given
        self._folder = folder
        self.commits = 0
        """Odd while something is being committed; two equal even numbers say that nothing was between them."""
        if path is not None:
            _open_here.add(os.path.realpath(path))

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """What is written meanwhile is another state of the index."""
        self.commits += 1
        try:
            yield
        finally:
            self.commits += 1

    @property
    def private(self) -> bool:
        """Whether it goes away with this process."""
        return self._folder is not None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A fresh cursor: one for each use and thread."""
        return self._connection.cursor()

    def writing_cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor for large inserts: they take half the time where their order need not be kept."""
        cursor = self._connection.cursor()
        cursor.execute("set session preserve_insertion_order = false")
        return cursor

    def spare_cores(self, spared: bool) -> None:
        """Let statements take one thread each, while others read: inserts by two leave the table in small parts, which
        are written once more in the end and take twice the time of one."""
        with self.cursor() as cursor:
            cursor.execute(f"set threads = {1 if spared else _THREADS}")

    def close(self) -> None:
        """Close, and remove what is private."""
        with contextlib.suppress(duckdb.Error):
            self._connection.close()
        if self.path is not None:
            _open_here.discard(os.path.realpath(self.path))
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def renewed(self) -> Index:
        """Another one instead of this, which turned out to be damaged before anything was written to it.

        Raises StoreError when the user named its file himself.
        """
        self.close()
        if self.path is None or self.private:
            return Index.in_memory(self.notice)
        return _rebuilt(self.path, given=self._given)

    def failed(self, error: duckdb.Error) -> str:
        """What to tell the user when this index fails in use; one that is damaged will be built anew the next time."""
        if is_damage(error, self.path) and self.path is not None and not self._given:
            with contextlib.suppress(OSError):
                _remove(self.path)
            return "the index was damaged and is removed: working from memory"
        reason = "disk full" if _tells_of_space(_said(error, self.path)) else "it cannot be written"
        return f"the index {self.path} failed ({reason}): working from memory"

    @classmethod
    def in_memory(cls, notice: str | None = None) -> Index:
        """An index without a file. What does not fit into memory goes to the folder for temporary files."""
        folder = _temporary() / f"{_PRIVATE}-{os.getpid()}-{secrets.token_hex(4)}"
        connection = duckdb.connect(":memory:", config={**_CONFIG, "temp_directory": str(folder)})
        create(connection)
        return cls(connection, None, notice, folder=folder)

    @classmethod
    def copy_of(cls, path: Path, *, given: bool) -> Index:
        """A private copy of an index that another process holds; it catches up from the offsets in it.

        The write-ahead log is copied before the file: a checkpoint in between then leaves a log that the file
        already contains, which DuckDB recognises, and never a file without its log.
        """
        try:
            folder = Path(tempfile.mkdtemp(prefix=f"{_PRIVATE}-{os.getpid()}-"))
        except OSError:
            return cls.in_memory(_HELD)
        copy = folder / path.name
        wal = _wal(path)
        try:
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(wal, folder / wal.name)
            shutil.copyfile(path, copy)
            connection = _connect(copy)
            current, ours = is_current(connection), is_ours(connection)
        except (OSError, duckdb.Error):
            shutil.rmtree(folder, ignore_errors=True)
            return cls.in_memory(_HELD)
        index = cls(connection, copy, _HELD, folder=folder)
        if current:
            return index
        index.close()
        if given and not ours:
            raise _not_ours(path)
        return cls.in_memory(_HELD)


def default_path(root: Path) -> Path:
    """The index file of a watched directory, in the user's cache folder."""
    real = os.path.realpath(root)
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(real).name)[:40]
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:16]
    return user_folder("cache") / f"{name}-{digest}.duckdb"


def open_index(root: Path, path: Path | None = None) -> Index:
    """The index of `root`, at `path` or at its default place; rebuilt when its schema is old or it is damaged.

    Raises StoreError when `path` names a file that is no index of labtop.
    """
    _sweep()
    given = path is not None
    path = path or default_path(root)
    if os.path.realpath(path) in _open_here:
        return Index.in_memory("this program has the index open already: working from memory")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        return Index.in_memory(f"no index at {refused(path.parent, error.strerror)}: working from memory")
    try:
        return Index(_ready(path, given=given), path, given=given)
    except duckdb.Error as error:
        if "could not set lock" in _said(error, path):
            return Index.copy_of(path, given=given)
        if is_damage(error, path):
            return _rebuilt(path, given=given)
    except OSError:
        pass
    return _unwritable(path)


def _connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(path), read_only=read_only, config=_CONFIG)


def _ready(path: Path, *, given: bool) -> duckdb.DuckDBPyConnection:
    """An open index of the current schema; one of an older schema is begun anew."""
    if path.is_file() and not path.stat().st_size:
        _remove(path)
    fresh = not path.exists()
    if given and not fresh and _wal(path).exists():  # to open it for writing would put the log into the file
        with _connect(path, read_only=True) as foreign:
            if not is_ours(foreign):
                raise _not_ours(path)
    connection = _connect(path)
    try:
        if given and not fresh and not is_ours(connection):
            raise _not_ours(path)
        if not fresh and not is_current(connection):
            connection.close()
            _remove(path)
            connection = _connect(path)
            fresh = True
        if fresh:
            create(connection)
    except BaseException:
        with contextlib.suppress(duckdb.Error):
            connection.close()
        raise
    return connection


def _rebuilt(path: Path, *, given: bool) -> Index:
    """A new index in place of a damaged one. A file that somebody named himself is never removed."""
    if given:
        raise StoreError(f"{path} is no index of labtop or is damaged: delete it, or name another file with --index")
    try:
        _remove(path)
        return Index(_ready(path, given=False), path, "the index was damaged: it is being rebuilt")
    except (OSError, duckdb.Error):
        return _unwritable(path)


def _unwritable(path: Path) -> Index:
    return Index.in_memory(f"the index {path} cannot be written: working from memory")


def _not_ours(path: Path) -> StoreError:
    return StoreError(f"{path} is a database, but no index of labtop: name another file with --index")


def is_damage(error: duckdb.Error, path: Path | None) -> bool:
    """Whether the error speaks of what the file at `path` holds, and not of a disk that cannot be written."""
    text = "" if isinstance(error, OF_DATA) else _said(error, path)
    return _DAMAGED.search(text) is not None and not _tells_of_space(text)


def _said(error: duckdb.Error, path: Path | None) -> str:
    """What the error says, in lower case, without the names of files, which may say anything."""
    text = str(error)
    for name in () if path is None else (os.path.realpath(path), str(path)):
        text = text.replace(name, "")
    return _QUOTED.sub("", text).lower()


def _tells_of_space(text: str) -> bool:
    return any(words in text for words in _NO_SPACE)


def size_of(database: Path) -> int:
    """Bytes of a database with its write-ahead log."""
    size = 0
    for path in (database, _wal(database)):
        with contextlib.suppress(OSError):
            size += path.stat().st_size
    return size


def _wal(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _wal(path).unlink(missing_ok=True)


def _temporary() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except OSError:
        return Path("/tmp")  # nothing can be written anywhere: it will not be needed either


def _sweep() -> None:
    """Remove private folders whose process is gone."""
    for folder in _temporary().glob(f"{_PRIVATE}-*"):
        pid = folder.name.removeprefix(f"{_PRIVATE}-").split("-")[0]
        with contextlib.suppress(OSError):
            if pid.isdigit() and folder.lstat().st_uid == os.getuid() and not _alive(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
