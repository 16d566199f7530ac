"""An index in memory that fails for a while: it is told, nothing counts as read that is not stored, and all is there
in the end."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from labtop.store import Store
from labtop.store.index.files import Index
from labtop.store.ingest.ingest import Ingest
from labtop.store.model import Activity, StoreError

Write = Callable[..., Path]
Query = Callable[..., list[tuple[Any, ...]]]
Limited = Callable[[], AbstractContextManager[None]]

COUNTS = "select id, count(*), count(distinct line) from points join identities using (run) group by id order by id"
LINES = 60_000


def logs(count: int) -> list[str]:
    return ["".join(json.dumps({"step": step, "loss": step / 2}) + "\n" for step in range(count))]


@pytest.fixture
def own_index() -> Iterator[Index]:
    index = Index.in_memory()
    yield index
    index.close()


@pytest.fixture
def limited(own_index: Index) -> Limited:
    """While it lasts, the index has no room for more."""

    @contextmanager
    def limit() -> Iterator[None]:
        with own_index.cursor() as cursor:
            cursor.execute("set max_temp_directory_size = '0KB'")
            cursor.execute("set memory_limit = '1MB'")
            yield
            cursor.execute("set memory_limit = '128MB'")

    return limit


@pytest.mark.parametrize("slices", range(3))
def test_what_could_not_be_stored_is_read_again(
    slices: int, root: Path, own_index: Index, query: Query, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise duckdb.OutOfMemoryException

    monkeypatch.setattr("labtop.store.ingest.reading._SLICE_S", 1e-4)
    for name in "ab":
        write(root / f"{name}.jsonl", logs(LINES), quiet=True)
    ingest = Ingest(root, own_index)
    ingest.look(everything=True)
    for _ in range(slices):
        ingest.slice()
    with monkeypatch.context() as patch:
        patch.setattr("labtop.store.ingest.storing.write", no_room)
        for _ in range(2):
            with pytest.raises(duckdb.OutOfMemoryException):
                ingest.catch_up()
            assert ingest.has_work
    ingest.catch_up()
    assert ingest.activity.lines == 2 * LINES
    assert query(ingest, COUNTS) == [("a", LINES, LINES), ("b", LINES, LINES)]


def test_a_round_of_reading_that_fails_loses_nothing(root: Path, own_index: Index, query: Query, write: Write) -> None:
    known = write(root / "known.jsonl", [{"step": 1, "loss": 1, "host": "x"}], quiet=True)
    Ingest(root, own_index).catch_up()
    write(known, [{"step": 2, "loss": 2}], quiet=True)
    for name in "ab":
        write(root / f"{name}.jsonl", logs(3))
    ingest = Ingest(root, own_index)
    with own_index.cursor() as cursor:
        cursor.execute("alter table attributes rename to elsewhere")
        with pytest.raises(duckdb.CatalogException):
            ingest.catch_up()
        cursor.execute("alter table elsewhere rename to attributes")
    ingest.catch_up()
    assert query(ingest, COUNTS) == [("a", 3, 3), ("b", 3, 3), ("known", 2, 2)]


def test_catching_up_ends_with_an_error(root: Path, own_index: Index, limited: Limited, write: Write) -> None:
    write(root / "a.jsonl", logs(LINES))
    store = Store(root, own_index, poll=True, clock=time.time)
    with limited(), pytest.raises(StoreError, match="Out of Memory"):
        store.catch_up()
    store.catch_up()
    assert store.activity.lines == LINES


def test_following_tries_again(
    root: Path, own_index: Index, limited: Limited, query: Query, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labtop.store.ingest.follow._AFTER_FAILURE_S", 0.1)
    told: queue.Queue[Activity] = queue.Queue()
    store = Store(root, own_index, poll=True, clock=time.time)
    with limited():
        write(root / "a.jsonl", logs(LINES))
        store.start(told.put)
        while not any("reading failed" in notice for notice in told.get(timeout=30).notices):
            pass
    while (activity := told.get(timeout=30)).lines < LINES or activity.notices:
        pass
    store.close()
    assert activity.backlog == 0
