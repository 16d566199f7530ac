"""The index is a cache: whatever state its file is in, the answers are complete, and foreign files stay as they are."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from labtop.store import Store
from labtop.store.index.files import default_path, is_damage, open_index
from labtop.store.model import StoreError, TableQuery

Runs = Callable[[Store], list[tuple[str, float | None]]]
Program = Callable[..., "subprocess.Popen[str]"]
Append = Callable[..., None]

ALL = [("one", 3.0), ("three", 3.0), ("two", 3.0)]

HOLD = """
import sys
from pathlib import Path
from labtop.store import Store
with Store.open(Path(sys.argv[1])) as store:
    store.catch_up()
    print("ready", flush=True)
    for line in sys.stdin:
        store.catch_up()
        print("caught up", flush=True)
"""


def _made(root: Path) -> Path:
    """The index file of `root`, filled."""
    with Store.open(root) as store:
        store.catch_up()
        assert store.activity.notices == ()
    return default_path(root)


def _complete(root: Path, runs: Runs, index: Path | None = None) -> tuple[str, ...]:
    """Open, read, check that nothing is missing; the notices."""
    with Store.open(root, index=index) as store:
        store.catch_up()
        assert runs(store) == ALL
        return store.activity.notices


def test_the_cache_folder_is_the_users_own(root: Path) -> None:
    path = _made(root)
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_second_opening_reads_no_line_again(root: Path, runs: Runs) -> None:
    _made(root)
    with Store.open(root) as store:
        assert runs(store) == ALL, "known before anything is read"
        store.catch_up()
        assert runs(store) == ALL
        assert (store.activity.revision, store.activity.notices) == (0, ())


def test_two_folders_of_the_same_name_have_two_indexes(tmp_path: Path) -> None:
    (tmp_path / "a" / "runs").mkdir(parents=True)
    (tmp_path / "b" / "runs").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a" / "runs")
    first, second, link = (default_path(tmp_path / name) for name in ("a/runs", "b/runs", "link"))
    assert first != second
    assert link == first


def test_another_process_holds_the_index(
    root: Path, runs: Runs, program: Program, private: Path, append: Append
) -> None:
    holder = program(HOLD, root)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "ready\n"
    append(root, "one", {"step": 4, "loss": 0.25})
    with Store.open(root) as store:
        assert runs(store) == ALL, "the copy knows what the held index knows"
        store.catch_up()
        assert ("one", 4.0) in runs(store)
        (notice,) = store.activity.notices
        assert "another labtop" in notice
        (folder,) = private.iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
    assert list(private.iterdir()) == []
    holder.stdin and holder.stdin.write("\n")
    holder.stdin and holder.stdin.flush()
    assert holder.stdout.readline() == "caught up\n", "the holder was not disturbed"
    assert holder.communicate()[1] == ""
    with Store.open(root) as store:
        assert ("one", 4.0) in runs(store)
        assert store.activity.notices == ()


def test_the_same_process_opens_it_twice(root: Path, runs: Runs) -> None:
    with Store.open(root) as first, Store.open(root) as second:
        second.catch_up()
        first.catch_up()
        assert runs(first) == runs(second) == ALL
        assert "open already" in second.activity.notices[0]
        lines = first.activity.lines
    assert lines == 9
    assert _complete(root, runs) == ()


def test_private_folders_of_dead_processes_are_swept(root: Path, private: Path) -> None:
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    left = private / f"labtop-private-{dead.stdout.strip()}-abc"
    mine = private / f"labtop-private-{os.getpid()}-abc"
    for folder in (left, mine, private / "labtop-private-odd"):
        folder.mkdir()
        (folder / "index.duckdb").write_bytes(b"x")
    _made(root)
    assert not left.exists()
    assert mine.exists()


def _garbage(path: Path) -> None:
    path.write_bytes(b"\xde\xad\xbe\xef" * 5000)


def _half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _beginning(path: Path) -> None:
    os.truncate(path, 5000)


def _nothing(path: Path) -> None:
    os.truncate(path, 0)


def _middle(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(12288 + 100)
        file.write(os.urandom(path.stat().st_size - 12288 - 100))


def _without_tables(path: Path) -> None:
    path.unlink()
    duckdb.connect(str(path)).close()


@pytest.mark.parametrize("damage", [_garbage, _half, _beginning, _nothing, _middle, _without_tables])
def test_a_damaged_index_is_built_anew(damage: Callable[[Path], None], root: Path, runs: Runs) -> None:
    path = _made(root)
    damage(path)
    notices = _complete(root, runs)
    if damage not in (_nothing, _without_tables):
        assert len(notices) == 1
        assert "damaged" in notices[0]
    assert _complete(root, runs) == ()


@pytest.mark.parametrize("bytes_", [b"", b"\xff" * 3000, b"WAL" + b"\0" * 100], ids=["empty", "garbage", "odd"])
def test_a_damaged_log_beside_the_index_is_survived(bytes_: bytes, root: Path, runs: Runs) -> None:
    path = _made(root)
    path.with_name(path.name + ".wal").write_bytes(bytes_)
    _complete(root, runs)
    assert _complete(root, runs) == ()


def test_an_index_of_another_version_is_built_anew(root: Path, runs: Runs) -> None:
    path = _made(root)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update meta set value = '1'")
        connection.execute("drop table point_rows cascade")
    assert _complete(root, runs) == ()


def test_damage_that_shows_in_a_query_is_answered_from_the_files(root: Path, runs: Runs) -> None:
    path = _made(root)
    with Store.open(root) as store:
        store.catch_up()
        store._ingest.doubt(store._ingest.index)  # what a query does that meets damage
        store.catch_up()
        assert runs(store) == ALL
        assert "damaged" in store.activity.notices[-1]
    assert not path.exists()
    assert _complete(root, runs) == ()


def test_an_answer_that_fails_for_want_of_memory_leaves_the_index_alone(root: Path, runs: Runs) -> None:
    path = _made(root)
    before = path.read_bytes()
    with Store.open(root) as store:
        with store._index.cursor() as cursor:
            cursor.execute("set memory_limit = '1kB'")
        with pytest.raises(StoreError, match="the index failed"):
            store.table(TableQuery())
    assert path.read_bytes() == before
    assert _complete(root, runs) == ()


@pytest.mark.parametrize("read", [False, True])
def test_a_closed_store_answers_nothing_and_touches_nothing(root: Path, read: bool) -> None:
    path = _made(root)
    with Store.open(root) as store:
        if read:
            store.catch_up()
        assert store.table(TableQuery()).total == len(ALL)
    before = path.read_bytes()
    for ask in (lambda: store.table(TableQuery()), store.catch_up, lambda: store.start(print)):
        with pytest.raises(StoreError, match="the store is closed"):
            ask()
    assert path.read_bytes() == before
    assert not path.with_name(f"{path.name}.wal").exists()


def test_no_folder_for_the_index(root: Path, runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in place of the folder")
    (notice,) = _complete(root, runs)
    assert "memory" in notice


def test_a_folder_in_place_of_the_index(root: Path, runs: Runs) -> None:
    path = default_path(root)
    (path / "inner").mkdir(parents=True)
    (notice,) = _complete(root, runs)
    assert "memory" in notice
    assert (path / "inner").exists()


def test_a_named_index_is_made_with_its_folder(root: Path, runs: Runs, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "my.duckdb"
    assert _complete(root, runs, path) == ()
    assert path.exists()
    assert _complete(root, runs, path) == ()


def test_an_empty_file_named_as_the_index_is_filled(root: Path, runs: Runs, tmp_path: Path) -> None:
    path = tmp_path / "my.duckdb"
    path.touch()
    assert _complete(root, runs, path) == ()


def _text(path: Path) -> None:
    path.write_text("my thesis\n" * 1000)


def _foreign(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table thesis as select 42 as answer")


def _foreign_with_meta(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table meta as select 42 as answer")


def _foreign_with_log(path: Path) -> None:
    code = """
import duckdb, os, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("create table thesis as select 42 as answer")
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", code, path], check=True)


@pytest.mark.parametrize("make", [_text, _foreign, _foreign_with_meta, _foreign_with_log])
def test_a_foreign_file_named_as_the_index_is_refused_and_untouched(
    make: Callable[[Path], None], root: Path, tmp_path: Path
) -> None:
    path = tmp_path / "thesis.duckdb"
    make(path)
    before = {each.name: each.read_bytes() for each in tmp_path.glob("thesis*")}
    with pytest.raises(StoreError, match="no index of labtop") as refused:
        Store.open(root, index=path)
    assert "\n" not in str(refused.value)
    assert {each.name: each.read_bytes() for each in tmp_path.glob("thesis*")} == before


def test_a_foreign_database_in_use_is_refused(root: Path, tmp_path: Path, program: Program) -> None:
    path = tmp_path / "thesis.duckdb"
    _foreign(path)
    holder = program(
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('ready', flush=True); sys.stdin.read()", path
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "ready\n"
    with pytest.raises(StoreError, match="no index of labtop"):
        Store.open(root, index=path)


def test_a_damaged_index_that_was_named_is_not_removed(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.duckdb"
    with Store.open(root, index=path) as store:
        store.catch_up()
    _half(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="damaged"):
        Store.open(root, index=path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("folder", ["newer-runs", "corrupt", "could not read from", "version number 3"])
def test_a_full_disk_damages_no_index_whatever_its_folder_is_called(tmp_path: Path, folder: str) -> None:
    root = tmp_path / folder
    root.mkdir()
    index = open_index(root)
    assert index.path is not None
    full = duckdb.IOException(f'IO Error: Could not write file "{index.path}": No space left on device')
    unquoted = duckdb.IOException(f"IO Error: Cannot open {index.path}: Permission denied")
    assert "disk full" in index.failed(full)
    assert "cannot be written" in index.failed(unquoted)
    assert index.path.exists()
    index.close()


@pytest.mark.parametrize(
    "text",
    [
        'IO Error: The file "/x/a.duckdb" exists, but it is not a valid DuckDB database file!',
        "IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2 in block",
        'IO Error: Could not read from file "/x/a.duckdb": Input/output error',
        "Serialization Error: Failed to deserialize: field id mismatch",
        "IO Error: Corrupt WAL file: entry size exceeded remaining data in file",
    ],
)
def test_damage_is_known_by_what_the_database_says(text: str) -> None:
    assert is_damage(duckdb.IOException(text), Path("/x/a.duckdb"))


def test_an_index_that_was_there_keeps_nothing_of_what_is_overwritten(root: Path) -> None:
    _made(root)
    with contextlib.closing(open_index(root)) as index, index.cursor() as cursor:
        for value in range(300):
            cursor.execute("update file_summaries set last = ?", [float(value)]).fetchall()
        kept = "select memory_usage_bytes from duckdb_memory() where tag = 'TRANSACTION'"
        assert cursor.execute(kept).fetchall()[0][0] < 1_000_000
