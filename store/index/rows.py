"""Rows of Python values into tables, as columns: `executemany` takes seconds where this takes milliseconds."""

from __future__ import annotations

import atexit
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import orjson

from labtop.store.read.nested import nested_repr

Row = Sequence[Any]
"""The values of one row, in the order of its columns."""


_parsed: dict[str, duckdb.Statement] = {}
atexit.register(_parsed.clear)  # DuckDB complains of statements that are still there when it is unloaded


def parsed(cursor: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The one statement of a text that is executed again and again, parsed once: with few rows it takes a third of the
    time to parse it. Texts must be few: what they give is kept."""
    statement = _parsed.get(sql)
    if statement is None:
        (statement,) = cursor.extract_statements(sql)
        _parsed[sql] = statement
    return statement


def insert(cursor: duckdb.DuckDBPyConnection, table: str, types: Mapping[str, str], rows: Sequence[Row]) -> None:
    """Insert `rows`, values in the order of `types` (column to DuckDB type). Names and types are never a user's."""
    if not rows:
        return
    values = ", ".join(f"unnest(?::{kind}[])" for kind in types.values())
    columns = [list(column) for column in zip(*rows, strict=True)]
    cursor.execute(parsed(cursor, f"insert into {table} ({', '.join(types)}) select {values}"), columns)


def delete(cursor: duckdb.DuckDBPyConnection, table: str, column: str, values: Iterable[int]) -> None:
    """Delete the rows of `table` whose integer `column` is one of `values`."""
    wanted = list(values)
    if wanted:
        sql = f"delete from {table} where {column} in (select unnest(?::integer[]))"
        cursor.execute(parsed(cursor, sql), [wanted])


def as_json(value: object) -> str:
    """JSON of a logged value. What JSON cannot hold (NaN, integers beyond 64 bit, lone surrogates) becomes text."""
    try:
        text = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)
        if b"null" in text and value is not None:  # as which NaN and infinities are written
            text = orjson.dumps(_named(value), default=str, option=orjson.OPT_NON_STR_KEYS)
        return text.decode()
    except (orjson.JSONEncodeError, RecursionError):
        return orjson.dumps(nested_repr(value).encode("ascii", "backslashreplace").decode()).decode()


def _named(value: object) -> object:
    """The value with NaN and infinities by their names."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _named(item) for key, item in value.items()}
    return [_named(item) for item in value] if isinstance(value, list) else value
