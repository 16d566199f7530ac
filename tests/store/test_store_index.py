"""The index: held by another, damaged, old, foreign, on a full disk, killed in the middle; and following live files."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from labtop.store import NotThere, Store, StoreError
from labtop.store.index.files import default_path
from labtop.store.model import Activity, TableQuery

_HOLD = """
import sys
from pathlib import Path
from labtop.store import Store
with Store.open(Path(sys.argv[1]), index=Path(sys.argv[2])) as store:
    store.catch_up()
    print("held", flush=True)
    sys.stdin.read()
"""
_FULL = """
import resource, signal, sys
from pathlib import Path
from labtop.store import Store
from labtop.store.model import TableQuery
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Store.open(Path(sys.argv[1]), index=Path(sys.argv[2])) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
    store.catch_up()
    print(sum(detail.metrics["loss"].count for detail in store.details()))
    print(store.activity.notices)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    _write(folder, "a", 1, 20)
    return folder


def _write(root: Path, run: str, first: int, last: int) -> None:
    with (root / f"{run}.jsonl").open("a") as log:
        log.writelines(
            f'{{"step": {step}, "loss": {1 / step}, "time": {1.79e9 + step}}}\n' for step in range(first, last)
        )


def _count(store: Store) -> int:
    store.catch_up()
    return sum(detail.metrics["loss"].count for detail in store.details())


def _python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", code, *map(str, arguments)]


def test_a_second_process_answers_from_a_private_copy(root: Path, tmp_path: Path) -> None:
    index = tmp_path / "index.duckdb"
    with subprocess.Popen(
        _python(_HOLD, root, index), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        _write(root, "a", 20, 25)
        before = set(Path(tempfile.gettempdir()).glob("labtop-private-*"))
        with Store.open(root, index=index) as store:
            assert _count(store) == 24
            assert any("another labtop" in notice for notice in store.activity.notices)
            assert set(Path(tempfile.gettempdir()).glob("labtop-private-*")) > before
        assert set(Path(tempfile.gettempdir()).glob("labtop-private-*")) <= before
        holder.communicate("")
    with Store.open(root, index=index) as store:
        assert _count(store) == 24
        assert store.activity.notices == ()


def test_the_cache_folder_is_the_users_own(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Store.open(root) as store:
        assert _count(store) == 19
    assert default_path(root).is_file()
    assert default_path(root).parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("damage", ["garbage", "cut", "log"])
def test_a_damaged_index_is_rebuilt_with_a_notice(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Store.open(root) as store:
        store.catch_up()
    index = default_path(root)
    if damage == "garbage":
        index.write_bytes(b"no database at all" * 1000)
    elif damage == "cut":
        os.truncate(index, index.stat().st_size // 2)
    else:
        index.with_name(index.name + ".wal").write_bytes(b"\x07" * 5000)
    with Store.open(root) as store:
        assert _count(store) == 19


def test_an_index_of_an_older_schema_is_begun_anew(root: Path, tmp_path: Path) -> None:
    index = tmp_path / "index.duckdb"
    with Store.open(root, index=index) as store:
        store.catch_up()
    with duckdb.connect(str(index)) as connection:
        connection.execute("update meta set value = 'older'")
        connection.execute("drop table point_rows cascade")
    with Store.open(root, index=index) as store:
        assert _count(store) == 19


def test_a_file_that_is_no_index_is_left_alone(root: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("mine")
    foreign = tmp_path / "foreign.duckdb"
    with duckdb.connect(str(foreign)) as connection:
        connection.execute("create table precious as select 1 as a")
    for path in (text, foreign):
        with pytest.raises(StoreError) as told:
            Store.open(root, index=path)
        assert len(str(told.value).splitlines()) == 1
        assert "--index" in str(told.value)
    assert text.read_text() == "mine"
    with duckdb.connect(str(foreign)) as connection:
        assert connection.execute("select a from precious").fetchall() == [(1,)]


def test_where_no_index_can_be_it_works_from_memory_and_says_so(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with Store.open(root, index=tmp_path / "file/index.duckdb") as store:
        assert _count(store) == 19
        assert any("memory" in notice for notice in store.activity.notices)


@pytest.mark.parametrize("limit", [4_096, 600_000])
def test_a_disk_that_fills_costs_the_index_not_the_answers(root: Path, tmp_path: Path, limit: int) -> None:
    for run in range(3):
        _write(root, f"big{run}", 1, 8_000)
    done = subprocess.run(
        _python(_FULL, root, tmp_path / "index.duckdb", limit), capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    counted, notices = done.stdout.splitlines()
    assert int(counted) == 19 + 3 * 7_999
    assert "memory" in notices


def test_a_reader_killed_in_the_middle_has_lost_and_doubled_nothing(root: Path, tmp_path: Path) -> None:
    for run in range(30):
        _write(root, f"big{run}", 1, 2_000)
    code = _HOLD.replace(
        "    store.catch_up()", "    store.start(lambda activity: print(activity.revision, flush=True))"
    )
    index = tmp_path / "index.duckdb"
    with subprocess.Popen(_python(code, root, index), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        while reader.stdout.readline().strip() in (b"held", b"0"):
            pass
        reader.send_signal(signal.SIGKILL)
    with Store.open(root, index=index) as store:
        assert _count(store) == 19 + 30 * 1_999


class _Told(queue.Queue[Activity]):
    """What ingest says."""

    def until(self, holds: Callable[[Activity], bool]) -> Activity:
        while not holds(activity := self.get(timeout=30)):
            pass
        return activity


@pytest.mark.parametrize("poll", [False, True])
def test_live_files_are_followed(root: Path, tmp_path: Path, poll: bool) -> None:
    told = _Told()
    with Store.open(root, index=tmp_path / "index.duckdb", poll=poll) as store:
        store.start(told.put)
        watch = "poll" if poll else "events"
        told.until(lambda activity: activity.complete and activity.lines == 19 and activity.watch == watch)
        _write(root, "a", 20, 21)
        told.until(lambda activity: activity.lines == 20)
        deep = root / "x/y/z"
        deep.mkdir(parents=True)
        _write(deep, "b", 1, 4)
        told.until(lambda activity: activity.lines == 23)
        assert {run.id for run in store.table(TableQuery()).rows} == {"a", "x/y/z/b"}
        shutil.rmtree(root / "x")
        told.until(lambda activity: activity.lines == 20)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("labtop")]


def test_a_root_that_vanishes_is_said_and_may_come_back(root: Path, tmp_path: Path) -> None:
    told = _Told()
    with Store.open(root, index=tmp_path / "index.duckdb") as store:
        store.start(told.put)
        told.until(lambda activity: activity.complete and activity.lines == 19)
        away = root.with_name("away")
        root.rename(away)
        told.until(lambda activity: any("gone" in notice for notice in activity.notices))
        assert store.table(TableQuery()).total == 1
        away.rename(root)
        _write(root, "a", 20, 22)
        told.until(lambda activity: activity.lines == 21 and not activity.notices)


def test_a_root_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="there is no"):
        Store.open(tmp_path / "nowhere")
