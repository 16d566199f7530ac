"""The tables and views of the index, and whether an open database has them."""

from __future__ import annotations

import functools
import zlib
from importlib import resources

import duckdb

STATE_VERSION = 8
"""Raised with every change of what readers remember between two looks, the columns `state`, or of how they write values
that are there already."""

SLOTS = 8
"""Metrics whose values stand in one row of `point_rows`: those whose numbers, divided by it, are equal."""


@functools.cache
def _statements() -> str:
    folder = resources.files("labtop.store.index")
    return "".join(folder.joinpath(name).read_text("utf-8") for name in ("schema.sql", "views.sql"))


@functools.cache
def schema_version() -> str:
    """The version of an index that this labtop writes: any change of its tables and views makes another one."""
    return f"{STATE_VERSION}-{zlib.crc32(_statements().encode()):08x}"


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables and views in an empty database."""
    connection.execute("begin")
    connection.execute(_statements())
    connection.execute("insert into meta values ('labtop', ?)", [schema_version()])
    connection.execute("commit")


_IS_EMPTY = "select count(*) = 0 from duckdb_tables()"


def is_ours(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the database is an index of labtop, of any version, or one whose making was cut short."""
    if _version(connection) is not None:
        return True
    return any(bool(row[0]) for row in connection.execute(_IS_EMPTY).fetchall())


def is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the database has the schema that this version reads."""
    return _version(connection) == schema_version()


_VERSION = "select value from meta where key = 'labtop'"


def _version(connection: duckdb.DuckDBPyConnection) -> str | None:
    """None where there is none.

    All rows are fetched: a result that is not at its end keeps its transaction open, and with that every value that is
    overwritten from then on.
    """
    try:
        rows = connection.execute(_VERSION).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return None
    return str(rows[0][0]) if rows else None
