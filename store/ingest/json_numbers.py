"""Numbers out of JSON lines, many lines at once, by the database's JSON reader: in C++, without the interpreter's lock.

It reads files only, so the lines are put into one that lies in memory, as Linux has. Elsewhere nothing is read so, and
lines are taken as they always are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import duckdb
import numpy as np

from labtop.store.model import Floats

_LONGEST = 1 << 20  # bytes of a line; the reader's buffers are twice as large
_READ = f"from read_json(?, columns = ?, format = 'newline_delimited', maximum_object_size = {_LONGEST})"
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {"threads": 1, "enable_external_file_cache": False}


class JsonNumbers:
    """A `ParseNumbers`. Used by one thread at a time."""

    def __init__(self) -> None:
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._file: int | None = None

    def __call__(self, data: bytes, keys: Sequence[str]) -> dict[str, Floats] | None:
        """The column of each key; None where not each line holds a number there, or where they cannot be read so."""
        if not hasattr(os, "memfd_create") or not all(keys):
            return None
        try:
            if self._file is None:
                self._file = os.memfd_create("lines")
            if self._connection is None:
                self._connection = duckdb.connect(config=_SETTINGS)
            if os.pwrite(self._file, data, 0) < len(data):
                return None
            os.ftruncate(self._file, len(data))
            parameters = [f"/proc/self/fd/{self._file}", dict.fromkeys(keys, "double")]
            columns = self._connection.execute(_READ, parameters).fetchnumpy()
        except (OSError, duckdb.Error):
            return None
        return None if any(map(np.ma.is_masked, columns.values())) else columns

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
        if self._file is not None:
            os.close(self._file)
        self._connection = self._file = None
