"""What stays in sight, and what is said, while the root or a part of it is out of reach; looks in large folders."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labtop.store.index.files import Index
from labtop.store.ingest.ingest import Ingest

Write = Callable[..., Path]
Query = Callable[..., list[tuple[Any, ...]]]
OTHER_DISK = Path("/dev/shm")


@pytest.fixture(autouse=True)
def without_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder rests for some times as long as listing it took, which is another time on each machine."""
    monkeypatch.setattr("labtop.store.ingest.tree.COSTLY", 0.0)


def look(ingest: Ingest, *, everything: bool = False) -> None:
    """One look as the following thread takes it, at what is due or at everything, and what it queued."""
    ingest.look(everything=everything)
    while ingest.slice():
        pass


def said(ingest: Ingest) -> list[str]:
    return list(ingest.activity.notices)


def runs(ingest: Ingest, query: Query) -> list[str]:
    return [run for (run,) in query(ingest, "select id from runs order by id")]


@pytest.mark.parametrize("same", [True, False], ids=["the same files", "other files"])
def test_a_root_that_vanishes_stays_in_sight_and_what_comes_back_is_shown(
    same: bool, root: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    write(root / "a" / "metrics.jsonl", [{"step": 1, "loss": 1}])
    look(ingest)
    root.rename(root.with_name("kept"))
    look(ingest)
    assert said(ingest) == [f"{root} is gone: showing what was read of it"]
    assert runs(ingest, query) == ["a"]
    look(ingest)
    assert len(ingest.activity.notices) == 1
    if same:
        root.with_name("kept").rename(root)
    else:
        write(root / "b" / "metrics.jsonl", [{"step": 1, "loss": 1}])
    look(ingest)
    assert said(ingest) == []
    assert runs(ingest, query) == ["a" if same else "b"]
    write(root / ("a" if same else "b") / "metrics.jsonl", [{"step": 2, "loss": 1}])
    look(ingest)
    assert query(ingest, "select max(step), count(*) from points") == [(2, 2)]


def test_a_file_that_is_the_root_vanishes_and_comes_back(root: Path, index: Index, query: Query, write: Write) -> None:
    log = write(root / "metrics.jsonl", [{"step": 1, "loss": 1}])
    ingest = Ingest(log, index)
    look(ingest)
    log.unlink()
    look(ingest)
    assert said(ingest) == [f"{log} is gone: showing what was read of it"]
    assert query(ingest, "select step from points") == [(1,)]
    write(log, [{"step": 5, "loss": 1}])
    look(ingest)
    assert said(ingest) == []
    assert query(ingest, "select step from points") == [(5,)]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Path]:
    if not os.access(OTHER_DISK, os.W_OK) or OTHER_DISK.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system")
    other = OTHER_DISK / f"labtop-test-look-{os.getpid()}"
    other.mkdir()
    yield other
    shutil.rmtree(other)


def test_what_is_not_mounted_stays_in_sight(
    other: Path, root: Path, ingest: Ingest, query: Query, write: Write, tmp_path: Path
) -> None:
    disk, hop = tmp_path / "disk", tmp_path / "hop"
    write(disk / "a" / "metrics.jsonl", [{"step": 1, "loss": 1}])
    write(root / "b" / "metrics.jsonl", [{"step": 1, "loss": 1}])
    mount = root / "mount"
    hop.symlink_to(disk)
    mount.symlink_to(hop)  # stays as it is, as the folder does on which something is mounted
    look(ingest, everything=True)
    assert runs(ingest, query) == ["b", "mount/a"]
    hop.unlink()
    hop.symlink_to(other)  # an empty folder on another device
    look(ingest, everything=True)
    assert said(ingest) == [f"{mount} is not mounted: showing what was read of it"]
    assert runs(ingest, query) == ["b", "mount/a"]
    hop.unlink()
    hop.symlink_to(disk)
    look(ingest, everything=True)
    assert said(ingest) == []
    shutil.rmtree(disk / "a")
    look(ingest, everything=True)
    assert runs(ingest, query) == ["b"]


def test_a_folder_that_is_emptied_is_not_taken_for_one_out_of_reach(
    root: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    log = write(root / "a" / "metrics.jsonl", [{"step": 1, "loss": 1}])
    look(ingest)
    log.unlink()
    log.parent.rmdir()
    look(ingest)
    assert runs(ingest, query) == []
    assert said(ingest) == []


def test_files_that_are_no_logs_are_not_even_asked_about(
    root: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    write(root / "a" / "metrics.jsonl", [{"step": 1, "loss": 1}])
    for at in range(500):
        (root / "a" / f"core.{at}").touch()
        (root / "a" / f"image_{at}.png").touch()
    look(ingest)
    assert (ingest.activity.files, ingest.activity.others) == (1, 0)


def test_changes_among_ten_thousand_files_are_seen(root: Path, ingest: Ingest, query: Query, write: Write) -> None:
    for at in range(100):
        (root / str(at)).mkdir()
    for at in range(10_000):
        (root / str(at % 100) / f"{at}.jsonl").touch()
    write(root / "7" / "7.jsonl", [{"step": 1, "loss": 1}])
    write(root / "8" / "8.jsonl", [{"step": 1, "loss": 1}])
    look(ingest)
    revision = ingest.activity.revision
    look(ingest)
    assert ingest.activity.revision == revision
    write(root / "7" / "7.jsonl", [{"step": 2, "loss": 1}])
    write(root / "9" / "9.jsonl", [{"step": 1, "loss": 1}])
    (root / "8" / "8.jsonl").unlink()
    look(ingest)
    assert query(ingest, "select path, lines from files where lines > 0 order by path") == [
        ("7/7.jsonl", 2),
        ("9/9.jsonl", 1),
    ]


def test_what_was_said_is_withdrawn(ingest: Ingest) -> None:
    ingest.notice("polling: no events")
    ingest.notice("something else")
    ingest.withdraw("polling: ")
    assert said(ingest) == ["something else"]


def test_files_that_grew_just_now_are_known_and_asked_at_once(root: Path, ingest: Ingest, write: Write) -> None:
    log = write(root / "a.jsonl", [{"step": 1, "loss": 1}])
    write(root / "b.jsonl", [{"step": 1, "loss": 1}])
    ingest.catch_up()
    assert ingest.growing() == [], "what was there before did not grow"
    write(log, [{"step": 2, "loss": 1}])
    ingest.catch_up()
    assert ingest.growing() == [str(log)]
    write(log, [{"step": 3, "loss": 1}])
    ingest.touched(ingest.growing())
    while ingest.slice():
        pass
    assert ingest.activity.lines == 4
