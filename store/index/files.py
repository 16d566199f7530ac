"""Where an index lives on disk, and how one is opened: its own file, a private copy of a held one, or memory."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import duckdb
import platformdirs

from labtop.store.index.schema import create, is_current, is_ours
from labtop.store.model import StoreError

# Two cores' worth of threads and a bounded memory: the screen must breathe. Nothing is ever fetched from a network.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": min(2, os.cpu_count() or 1),
    "memory_limit": "1GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_PRIVATE = "labtop-private"


class Index:
    """An open index. `private` is true when nobody else will ever see it; `notice` tells the user why, in one line."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path | None, notice: str | None = None) -> None:
        self._connection = connection
        self.path = path
        self.notice = notice
        self._folder: Path | None = None

    @property
    def private(self) -> bool:
        """Whether it goes away with this process."""
        return self.path is None or self._folder is not None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A fresh cursor: one for each use and thread."""
        return self._connection.cursor()

    def close(self) -> None:
        """Close, and remove a private copy."""
        with contextlib.suppress(duckdb.Error):
            self._connection.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    @classmethod
    def in_memory(cls, notice: str | None = None) -> Index:
        """An index without a file."""
        connection = duckdb.connect(":memory:", config=_CONFIG)
        create(connection)
        return cls(connection, None, notice)

    @classmethod
    def copy_of(cls, path: Path, notice: str) -> Index:
        """A private copy of an index that another process holds; it catches up from the offsets in it.

        The write-ahead log is copied before the file: a checkpoint in between then leaves a log that the file
        already contains, which DuckDB recognises, and never a file without its log.
        """
        folder = Path(tempfile.mkdtemp(prefix=f"{_PRIVATE}-{os.getpid()}-"))
        copy = folder / path.name
        wal = path.with_name(path.name + ".wal")
        try:
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(wal, copy.with_name(wal.name))
            shutil.copyfile(path, copy)
            connection = _connect(copy)
        except (OSError, duckdb.Error):
            shutil.rmtree(folder, ignore_errors=True)
            return cls.in_memory(notice)
        index = cls(connection, copy, notice)
        index._folder = folder
        if is_current(connection):
            return index
        index.close()
        return cls.in_memory(notice)


def default_path(root: Path) -> Path:
    """The index file of a watched directory, in the user's cache folder."""
    real = os.path.realpath(root)
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(real).name)[:40]
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:16]
    return platformdirs.user_cache_path("labtop") / f"{name}-{digest}.duckdb"


def open_index(root: Path, path: Path | None = None) -> Index:
    """The index of `root`, at `path` or at its default place; rebuilt when its schema is old or it is damaged.

    Raises StoreError when `path` names a file that is no index of labtop.
    """
    _sweep()
    given = path is not None
    path = path or default_path(root)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        return Index.in_memory(f"no index at {path.parent} ({error.strerror}): working from memory")
    try:
        return Index(_ready(path, given=given), path)
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            return Index.copy_of(path, "another labtop holds the index: working on a private copy")
        if os.access(path, os.W_OK) if path.exists() else os.access(path.parent, os.W_OK):
            return _rebuilt(path, given=given)
        return Index.in_memory(f"the index {path} cannot be written: working from memory")
    except duckdb.Error:
        return _rebuilt(path, given=given)


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(path), config=_CONFIG)


def _ready(path: Path, *, given: bool) -> duckdb.DuckDBPyConnection:
    """An open index of the current schema; one of an older schema is begun anew."""
    fresh = not path.exists()
    connection = _connect(path)
    if fresh:
        create(connection)
    elif not is_current(connection):
        ours = is_ours(connection)
        connection.close()
        if given and not ours:
            raise StoreError(f"{path} is a database, but no index of labtop: name another file with --index")
        _remove(path)
        connection = _connect(path)
        create(connection)
    return connection


def _rebuilt(path: Path, *, given: bool) -> Index:
    """A new index in place of a damaged one. A file that somebody named himself is never removed."""
    if given:
        raise StoreError(f"{path} is no index of labtop or is damaged: delete it, or name another file with --index")
    try:
        _remove(path)
        return Index(_ready(path, given=False), path, "the index was damaged: it is being rebuilt")
    except (OSError, duckdb.Error):
        return Index.in_memory(f"the index {path} cannot be written: working from memory")


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _sweep() -> None:
    """Remove private copies whose process is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PRIVATE}-*"):
        pid = folder.name.removeprefix(f"{_PRIVATE}-").split("-")[0]
        if pid.isdigit() and folder.stat().st_uid == os.getuid() and not _alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
