"""What answers need is compressed when one is on the screen, and laid out again where there was no room for that."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from labtop.store import Store
from labtop.store.apart.channel import Channel
from labtop.store.apart.server import _Server
from labtop.store.model import Column, TableQuery

QUERY = TableQuery((Column("param", "key7"), Column("param", "seed")), where="again seed = 1")
_OF_KEYS = "from pragma_storage_info('sheet.params') where column_name = 'key' and segment_type = 'VARCHAR'"


def log(root: Path, seed: int) -> None:
    params = {f"key{number}": f"{number} and the same again and again" for number in range(2000)}
    (root / f"{seed}.jsonl").write_text(json.dumps({"event": "params", "params": params | {"seed": seed}}) + "\n")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "runs").mkdir()
    for seed in range(10):
        log(tmp_path / "runs", seed)
    with Store.open(tmp_path / "runs", index=tmp_path / "index.duckdb", clock=lambda: 1.8e9) as store:
        store.catch_up()
        yield store


def is_compressed(store: Store) -> bool:
    with store._ingest.index.cursor() as cursor:
        kinds = cursor.execute(f"select distinct compression {_OF_KEYS}").fetchall()
    return ("Uncompressed",) not in kinds


def test_compressed_answers_are_the_same_and_what_comes_later_is_in_them(store: Store) -> None:
    before = store.table(QUERY)
    assert not is_compressed(store)
    store.pack()
    assert is_compressed(store)
    assert store.table(QUERY) == before
    log(store.root, 1000)
    store.catch_up()
    assert store.table(TableQuery(where="again seed = 1000")).matched == 1


def test_where_there_is_no_room_to_compress_answers_go_on(store: Store, tmp_path: Path) -> None:
    before = store.table(QUERY)
    (tmp_path / "index.duckdb.tmp").write_text("a file where the database would put what does not fit into memory")
    with store._ingest.index.cursor() as cursor:
        (limit,) = cursor.execute("select current_setting('memory_limit')").fetchall()[0]
        (used,) = cursor.execute("select sum(memory_usage_bytes) from duckdb_memory()").fetchall()[0]
        for room in range(used // 2, 2 * used, used // 20):  # what is in use now can partly be read again
            with contextlib.suppress(duckdb.IOException):
                cursor.execute(f"set memory_limit = '{room}B'")
                break
        store.pack()
        assert store._known is None, "it did not fail"
        cursor.execute(f"set memory_limit = '{limit}'")
    assert store.table(QUERY) == before
    store.pack()
    assert not is_compressed(store), "it would fail again"
    assert store.table(QUERY) == before


def test_it_is_compressed_once_the_answer_is_on_the_screen(store: Store) -> None:
    screen, end = socket.socketpair()
    server = threading.Thread(target=_Server(store, Channel(end)).run)
    server.start()
    asking = Channel(screen)
    asking.send((1, "table", (QUERY,), {}))
    assert asking.receive()[1].matched == 1
    assert not is_compressed(store)
    asking.send((0, "shown", (), {}))
    asking.end()
    server.join()
    assert is_compressed(store)
    asking.close()
    end.close()
