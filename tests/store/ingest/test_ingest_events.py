"""Where file events serve and where they do not; polling serves everywhere, and the reason is said while it holds."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.ingest.events import Events
from labtop.store.ingest.filesystem import Mounts
from labtop.store.model import Activity

LINE = "36 35 0:{number} / {place} rw,relatime shared:1 - {kind} server:/export rw,vers=4.2\n"


def table(path: Path, *mounts: tuple[str, str]) -> Mounts:
    """Mounts as a system would list them that has these: places and kinds."""
    lines = [LINE.format(number=number, place=place, kind=kind) for number, (place, kind) in enumerate(mounts)]
    path.write_text("".join(lines))
    return Mounts(path)


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "cifs", "smb3", "lustre", "beegfs", "gpfs", "ceph", "9p", "afs", "fuse.sshfs", "fuse.any"]
)
def test_network_file_systems(kind: str, tmp_path: Path) -> None:
    mounts = table(tmp_path / "mounts", ("/", "ext4"), (str(tmp_path), kind))
    assert mounts.remote(tmp_path / "runs") == kind
    assert mounts.remote(tmp_path) == kind
    assert mounts.remote(tmp_path.parent) == kind, "a part of what is below the root"
    assert mounts.remote(Path("/elsewhere")) is None


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "fuseblk", "fuse.fuse-overlayfs"])
def test_file_systems_of_this_machine(kind: str, tmp_path: Path) -> None:
    mounts = table(tmp_path / "mounts", ("/", "nfs4"), (str(tmp_path), kind))
    assert mounts.remote(tmp_path / "runs") is None


def test_the_deepest_and_latest_mount_counts_and_names_are_whole(tmp_path: Path) -> None:
    mounts = table(tmp_path / "mounts", ("/a", "nfs"), ("/a/b", "ext4"), ("/ab", "nfs4"), (r"/x\040y\134z", "cifs"))
    places = ("/a", "/a/b", "/ab", "/abc", "/a/c", r"/x y\z/runs")
    assert [mounts.remote(Path(place)) for place in places] == ["nfs", None, "nfs4", None, "nfs", "cifs"]
    table(tmp_path / "mounts", ("/a", "nfs"), ("/a", "ext4"))
    assert mounts.remote(Path("/a")) is None, "the later hides the earlier"


@pytest.mark.parametrize("text", ["", "nonsense\n", "1 2 3 - \n", "\x00\xff - - -\n"])
def test_a_table_that_says_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "mounts").write_text(text)
    assert Mounts(tmp_path / "mounts").remote(tmp_path) is None
    assert Mounts(tmp_path / "missing").remote(tmp_path) is None


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wake() -> threading.Event:
    return threading.Event()


@pytest.fixture
def begin(root: Path, wake: threading.Event) -> Iterator[Callable[..., Events]]:
    begun: list[Events] = []

    def make(mounts: Mounts | None = None, clock: Callable[[], float] = time.monotonic) -> Events:
        events = Events(root, wake, mounts=mounts, clock=clock)
        begun.append(events)
        return events

    yield make
    for events in begun:
        events.stop()


def kept(events: Events, wake: threading.Event) -> bool:
    """Whether the watch runs, when what was begun is done."""
    events.keep()
    if not events.running and events.why is None:
        assert wake.wait(timeout=30)
        events.keep()
    return events.running


def said(events: Events) -> tuple[bool, str | None]:
    return events.running, events.why


def test_a_network_file_system_is_polled_as_long_as_it_is_there(
    root: Path, tmp_path: Path, wake: threading.Event, begin: Callable[..., Events]
) -> None:
    clock = Clock()
    events = begin(mounts=table(tmp_path / "mounts", (str(root), "nfs4")), clock=clock)
    assert not kept(events, wake)
    assert said(events)[1] == f"{root} is or holds a network file system (nfs4), which announces no changes"
    table(tmp_path / "mounts", ("/", "ext4"))
    clock.now = 100
    events.keep()
    assert wake.wait(timeout=30)
    assert said(events) == (True, None)
    table(tmp_path / "mounts", (str(root / "disk"), "lustre"))
    clock.now = 200
    assert not kept(events, wake)
    assert "(lustre)" in str(events.why)


def test_a_flood_of_events_is_not_listened_to_for_a_while(
    root: Path, wake: threading.Event, begin: Callable[..., Events]
) -> None:
    clock = Clock()
    events = begin(clock=clock)
    assert kept(events, wake)
    clock.now = 10
    events.keep()
    heard: set[str] = set()
    log = root / "a.jsonl"
    for _ in range(1200):  # each is waited for: what nobody has read yet, the system tells once
        wake.clear()
        with log.open("a") as file:
            file.write("x")
        assert wake.wait(timeout=30)
        heard |= events.take()
    assert heard == {str(log)}
    clock.now = 11
    events.keep()
    assert said(events) == (False, None)
    wake.clear()
    clock.now = 80
    assert kept(events, wake)


def test_a_root_made_anew_is_watched_again(root: Path, wake: threading.Event, begin: Callable[..., Events]) -> None:
    events = begin()
    assert kept(events, wake)
    root.rmdir()
    events.keep()
    assert said(events) == (False, None)
    root.mkdir()
    (root.parent / "in-between").mkdir()
    wake.clear()
    assert kept(events, wake)
    wake.clear()
    (root / "a.jsonl").touch()
    assert wake.wait(timeout=30)
    assert str(root / "a.jsonl") in events.take()


def test_stopping_does_not_wait_for_a_watch_that_is_being_set_up(begin: Callable[..., Events]) -> None:
    events = begin()
    events.keep()
    events.stop()
    assert not events.running
    for thread in threading.enumerate():
        if thread.name == "labtop-watch":
            thread.join(timeout=30)
    assert events.take() == set()


class Told(queue.Queue[Activity]):
    def until(self, holds: Callable[[Activity], bool]) -> Activity:
        while True:
            activity = self.get(timeout=30)
            if holds(activity):
                return activity


def test_the_reader_is_told_why_it_is_polled_unless_he_asked_for_it(
    root: Path,
    tmp_path: Path,
    opened: Callable[..., Store],
    write: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(root / "a" / "metrics.jsonl", [{"step": 1, "loss": 1}])
    mounts = table(tmp_path / "mounts", (str(root), "nfs4"))
    monkeypatch.setattr("labtop.store.ingest.events.Mounts", lambda: mounts)
    for poll in (False, True):
        told = Told()
        store = opened(root, poll=poll, index=f"{poll}.duckdb")
        store.start(told.put)
        activity = told.until(lambda activity: activity.complete)
        assert activity.watch == "poll"
        assert [notice for notice in activity.notices if notice.startswith("polling: ")] == (
            [] if poll else [f"polling: {root} is or holds a network file system (nfs4), which announces no changes"]
        )


LIMITED = """
import sys, threading
from pathlib import Path
from labtop.store.ingest.events import Events

def limit(number):
    Path("/proc/sys/user/max_inotify_watches").write_text(str(number))

now = 0.0
events = Events(Path(sys.argv[1]), threading.Event(), clock=lambda: now)
for number in map(int, sys.argv[2:]):
    limit(number)
    now += 100
    events.keep()
    for thread in threading.enumerate():
        if thread.name == "labtop-watch":
            thread.join()
    events.keep()
    print(events.running, events.why)
events.stop()
"""


def _may_limit() -> bool:
    """Whether this user can make a namespace of his own, in which the number of events is limited for him alone."""
    try:
        test = ["unshare", "-Ur", "sh", "-c", "echo 5 > /proc/sys/user/max_inotify_watches"]
        return subprocess.run(test, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.skipif(not _may_limit(), reason="needs a namespace of its own")
def test_too_few_events_for_all_folders_mean_polling_until_there_are_enough(root: Path) -> None:
    for at in range(20):
        (root / str(at)).mkdir()
    limits = ["0", "10", "1000", "10", "1000"]
    child = ["unshare", "-Ur", sys.executable, "-c", LIMITED, str(root), *limits]
    done = subprocess.run(child, capture_output=True, text=True, check=False, timeout=60)
    limited = "False the system grants no more file events (their number is limited)"
    assert done.stderr == ""
    assert done.stdout.splitlines() == [limited, limited, "True None", limited, "True None"]
