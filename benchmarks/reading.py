"""`python -m benchmarks.reading labtop|duckdb DIR DATABASE`: read all logs into a database, print the seconds.

The time is that from imported modules to the closed database.
"""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path

import duckdb

from labtop.store import Store

_CREATE = "create table lines as select * from read_ndjson(?, union_by_name = true)"


def _labtop(directory: Path, database: Path) -> None:
    with Store.open(directory, index=database) as store:
        store.catch_up()


def _duckdb(directory: Path, database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(_CREATE, [str(directory / "**/*.jsonl")])


def main() -> None:
    reader, directory, database = sys.argv[1:]
    importlib.import_module("labtop.store.ingest.follow")  # which a store would load when it begins to read
    read = {"labtop": _labtop, "duckdb": _duckdb}[reader]
    began = time.perf_counter()
    read(Path(directory), Path(database))
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
