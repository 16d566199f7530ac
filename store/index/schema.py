"""The tables and views of the index, and whether an open database has them."""

from __future__ import annotations

from importlib import resources

import duckdb

SCHEMA_VERSION = "1"


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables and views in an empty database."""
    folder = resources.files("labtop.store.index")
    connection.execute("begin")
    for name in ("schema.sql", "views.sql"):
        connection.execute(folder.joinpath(name).read_text("utf-8"))
    connection.execute("insert into meta values ('labtop', ?)", [SCHEMA_VERSION])
    connection.execute("commit")


def is_ours(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the database is an index of labtop, of any version."""
    return _version(connection) is not None


def is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the database has the schema that this version reads."""
    return _version(connection) == SCHEMA_VERSION


_VERSION = "select value from meta where key = 'labtop'"


def _version(connection: duckdb.DuckDBPyConnection) -> str | None:
    try:
        row = connection.execute(_VERSION).fetchone()
    except duckdb.CatalogException:
        return None
    return None if row is None else str(row[0])
