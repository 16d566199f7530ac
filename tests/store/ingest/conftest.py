"""What the index holds after ingest, in plain values that do not depend on the order in which numbers were given."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labtop.store import Store
from labtop.store.index.files import Index
from labtop.store.ingest.ingest import Ingest

Rows = list[tuple[Any, ...]]
Contents = dict[str, Rows]
Read = Callable[[Ingest | Index], Contents]
Query = Callable[..., Rows]
Write = Callable[..., Path]

_ORDERLESS = {
    "points": """
        select i.id, m.name, p.line, p.step, p.value, p.attempt, p.pass, p.time
        from points p join identities i using (run) join metric_names m using (metric)
    """,
    "summaries": """
        select i.id, m.name, count, nan, round(total, 6), first, last, last_step, min, min_step, max, max_step, m.goal
        from summaries s join identities i using (run) join metric_names m using (metric)
    """,
    "params": "select i.id, p.line, p.key, p.value, p.source from said_params p join identities i using (run)",
    "attributes": "select i.id, key, value, count, changed, is_id from attributes join identities i using (run)",
    "events": "select i.id, line, event, text, data from events join identities i using (run)",
    "annotations": """
        select id, run is null, line, own, time, event, text, data, added, removed, hidden, verdict
        from annotations
    """,
    "annotated": "select i.id, a.* exclude (run) from annotated a join identities i using (run)",
    "rejected": "select path, line, r.position, reason from rejected r join files using (file)",
    "files": "select path, kind, case kind when 'jsonl' then size end, position, lines, events, skipped from files",
    "shares": """
        select i.id, s.name, tags, total_steps, percent, step, attempt, resumed, end_status, error, facts,
            started, updated, gap_s, estimated
        from shares s join identities i using (run)
    """,
}


def _contents(source: Ingest | Index) -> Contents:
    index = source.index if isinstance(source, Ingest) else source
    with index.cursor() as cursor:
        return {name: sorted(cursor.execute(query).fetchall(), key=repr) for name, query in _ORDERLESS.items()}


@pytest.fixture(scope="session")
def contents() -> Read:
    """All that the index holds, sorted; NaN compares equal to itself by `repr`."""
    return _contents


@pytest.fixture(scope="session")
def query() -> Query:
    """The rows of a query on the index of an ingest."""

    def ask(ingest: Ingest, sql: str) -> Rows:
        with ingest.index.cursor() as cursor:
            return cursor.execute(sql).fetchall()

    return ask


_TABLES = """
select table_name from duckdb_tables() where table_name <> 'meta' and database_name = current_database()
"""


def _empty(index: Index) -> None:
    with index.cursor() as cursor:
        for (table,) in cursor.execute(_TABLES).fetchall():
            cursor.execute(f"delete from {table}")


@pytest.fixture(scope="session")
def emptied() -> Callable[[Index], None]:
    """Make an index as new, in a tenth of the time."""
    return _empty


@pytest.fixture(scope="session")
def kept_index() -> Iterator[Index]:
    index = Index.in_memory()
    yield index
    index.close()


@pytest.fixture
def index(kept_index: Index) -> Index:
    """An empty index in memory."""
    _empty(kept_index)
    return kept_index


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty folder of runs."""
    root = tmp_path / "runs"
    root.mkdir()
    return root


@pytest.fixture
def ingest(root: Path, index: Index) -> Ingest:
    """An ingest of `root` that has read nothing yet."""
    return Ingest(root, index)


@pytest.fixture
def store(root: Path, index: Index) -> Store:
    """A store of `root` that has read nothing yet; its index is in memory."""
    return Store(root, index, poll=True, clock=time.time)


@pytest.fixture(scope="session")
def write() -> Write:
    """Append lines to a file: objects as JSON, bytes and texts as they are. `quiet`: as if that was a minute ago."""

    def append(path: Path, lines: Iterable[object], *, quiet: bool = False) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            for line in lines:
                if isinstance(line, bytes):
                    file.write(line)
                else:
                    file.write((line if isinstance(line, str) else json.dumps(line) + "\n").encode())
        if quiet:
            then = time.time() - 60
            os.utime(path, (then, then))
        return path

    return append


@pytest.fixture
def opened(tmp_path: Path, lay_index: Callable[[Path], Path]) -> Iterator[Callable[..., Store]]:
    """Open a store whose index lies in the test's folder; all are closed at the end."""
    stores: list[Store] = []

    def open_store(root: Path, *, poll: bool = False, index: str = "index.duckdb") -> Store:
        store = Store.open(root, index=lay_index(tmp_path / index), poll=poll)
        stores.append(store)
        return store

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture(scope="module")
def indexes() -> Iterator[tuple[Index, Index]]:
    """Two indexes for all examples of a property: what is read in one way, and in another."""
    both = Index.in_memory(), Index.in_memory()
    yield both
    for index in both:
        index.close()
