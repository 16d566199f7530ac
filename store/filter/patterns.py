"""Whether the database can read a regular expression: only it knows its dialect (RE2)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import duckdb

_CHECK: Final = "select regexp_matches('', ?, 'i')"
_database: list[duckdb.DuckDBPyConnection] = []


@lru_cache(maxsize=256)
def fault(pattern: str) -> str | None:
    """What is wrong with a regular expression, None where it can be used."""
    if not _database:
        _database.append(duckdb.connect(config={"threads": 1}))
    try:
        _database[0].cursor().execute(_CHECK, [pattern])
    except duckdb.Error as error:
        return str(error).partition("\n")[0].removeprefix("Invalid Input Error: ")
    return None
