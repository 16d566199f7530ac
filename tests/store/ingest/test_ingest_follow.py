"""The following thread: it notices, it is quiet when nothing happens, and no failure ends it silently."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.index.files import Index
from labtop.store.ingest.follow import Follow
from labtop.store.ingest.ingest import Ingest
from labtop.store.ingest.watch import Watch
from labtop.store.model import Activity, TableQuery
from labtop.store.read.annotation_files import beside, of_user

Open = Callable[..., Store]
Write = Callable[..., Path]
Condition = Callable[[Activity], bool]


class Told(queue.Queue[Activity]):
    """What `on_change` was called with."""

    def until(self, holds: Condition) -> Activity:
        while True:
            activity = self.get(timeout=30)
            if holds(activity):
                return activity


@pytest.fixture
def log(root: Path, write: Write) -> Path:
    return write(root / "a" / "metrics.jsonl", [{"step": 1, "loss": 1}])


def _following(store: Store) -> Told:
    told = Told()
    store.start(told.put)
    told.until(lambda activity: activity.complete)
    return told


@pytest.mark.parametrize("poll", [False, True])
def test_many_deep_folders_are_found_and_go_on_being_watched(
    poll: bool, root: Path, log: Path, opened: Open, write: Write
) -> None:
    store = opened(root, poll=poll)
    told = _following(store)
    for at in range(40):
        write(root / f"sweep{at}" / "seed" / "deep" / "metrics.jsonl", [{"step": 1, "loss": at}])
    told.until(lambda activity: activity.lines == 41)
    assert store.table(TableQuery()).total == 41
    write(root / "sweep7" / "seed" / "deep" / "metrics.jsonl", [{"step": 2, "loss": 0}])
    told.until(lambda activity: activity.lines == 42 and activity.watch == ("poll" if poll else "events"))


def test_a_screen_that_shows_nothing_holds_reading_up_for_moments_only(
    root: Path, log: Path, opened: Open, write: Write
) -> None:
    told = _following(opened(root, poll=True))  # nobody says that anything is shown
    for step in range(2, 5):
        while told.get(timeout=30).lines < step - 1:
            pass
        write(log, [{"step": step, "loss": 1}])
    told.until(lambda activity: activity.lines == 4)


def test_nothing_is_told_when_nothing_happens(root: Path, log: Path, opened: Open, write: Write) -> None:
    store = opened(root)
    store.catch_up()
    store.close()
    store = opened(root, poll=True)
    told = _following(store)
    idle = store.activity
    assert (idle.lines, idle.files, idle.revision, idle.lines_per_s) == (1, 1, 0, 0), "known, and nothing read"
    write(log, [{"step": 2, "loss": 1}])
    changed = told.get(timeout=30)
    assert (changed.lines, changed.revision) == (2, 1), "what is told next is the new line"


def test_every_telling_says_something_new_and_revisions_never_fall(
    root: Path, log: Path, opened: Open, write: Write
) -> None:
    store = opened(root)
    told = _following(store)
    for step in range(2, 60):
        write(log, [{"step": step, "loss": 1}])
    activities = [store.activity]
    while activities[-1].lines < 59:
        activities.append(told.get(timeout=30))
    heard = activities[1:]
    assert all(earlier != later for earlier, later in itertools.pairwise(heard))
    assert [each.revision for each in heard] == sorted(each.revision for each in heard)
    assert store.table(TableQuery()).runs[0].step == 59


@pytest.mark.parametrize("way", ["link", "relative", "here"])
def test_file_events_are_understood_whichever_way_the_root_is_named(
    way: str, root: Path, log: Path, index: Index, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(root)
    monkeypatch.chdir(root if way == "here" else tmp_path)
    named = {"link": tmp_path / "link", "relative": Path("runs"), "here": Path()}[way]
    ingest = Ingest(named, index)
    ingest.catch_up()
    wake = threading.Event()
    watch = Watch(wake)
    assert watch.start(named)
    write(log, [{"step": 2, "loss": 1}])
    while ingest.activity.lines < 2:  # without another walk
        assert wake.wait(timeout=30)
        wake.clear()
        ingest.touched(watch.take())
        ingest.slice()
    watch.stop()


def test_stop_leaves_no_thread(root: Path, log: Path, opened: Open) -> None:
    store = opened(root)
    _following(store)
    store.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "labtop-ingest"]


def test_starting_again_does_not_leave_two_readers(root: Path, log: Path, opened: Open, write: Write) -> None:
    store = opened(root)
    _following(store)
    told = _following(store)
    assert len([thread for thread in threading.enumerate() if thread.name == "labtop-ingest"]) == 1
    write(log, [{"step": 2, "loss": 1}])
    told.until(lambda activity: activity.lines == 2)


def test_a_listener_that_fails_does_not_end_the_reading(root: Path, log: Path, opened: Open, write: Write) -> None:
    store = opened(root, poll=True)
    told = Told()
    fails = threading.Event()
    fails.set()

    def listen(activity: Activity) -> None:
        if fails.is_set():
            fails.clear()
            raise RuntimeError("the screen is gone")
        told.put(activity)

    store.start(listen)
    heard = told.until(lambda activity: activity.complete)
    assert any("the screen is gone" in notice for notice in heard.notices)
    write(log, [{"step": 2, "loss": 1}])
    told.until(lambda activity: activity.lines == 2)


def test_an_index_that_fails_while_following_is_exchanged(root: Path, log: Path, opened: Open, write: Write) -> None:
    store = opened(root, poll=True)
    told = _following(store)
    store._ingest.index.close()  # as if its disk were gone
    write(log, [{"step": 2, "loss": 1}])
    heard = told.until(lambda activity: activity.lines == 2)
    assert any("working from memory" in notice for notice in heard.notices)
    assert store.table(TableQuery()).runs[0].step == 2
    write(log, [{"step": 3, "loss": 1}])
    told.until(lambda activity: activity.lines == 3)


def test_what_cannot_be_mended_is_said_and_the_thread_lives(root: Path, log: Path, opened: Open, write: Write) -> None:
    store = opened(root, poll=True)
    told = _following(store)
    for lines in (2, None):
        store._ingest.index.close()
        write(log, [{"step": 2, "loss": 1}])
        if lines is not None:
            told.until(lambda activity: activity.lines == 2 and bool(activity.notices))
    heard = told.until(lambda activity: any("tried again" in notice for notice in activity.notices))
    assert len(heard.notices) == len(set(heard.notices)) == 2
    assert [thread for thread in threading.enumerate() if thread.name == "labtop-ingest"]


def test_what_failed_is_said_no_longer_than_it_fails(
    root: Path, log: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labtop.store.ingest.follow._AFTER_FAILURE_S", 0.0)
    store = opened(root, poll=True)
    told = _following(store)

    def fails(ingest: Ingest) -> None:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(Ingest, "look", fails)
        told.until(lambda activity: any("Too many open files" in notice for notice in activity.notices))
    told.until(lambda activity: not activity.notices)


def test_a_file_that_is_the_root_is_followed_and_may_be_replaced(log: Path, opened: Open, write: Write) -> None:
    store = opened(log)
    told = _following(store)
    write(log, [{"step": 2, "loss": 1}])
    told.until(lambda activity: activity.lines == 2)
    other = log.with_suffix(".new")
    write(other, [{"step": 9, "loss": 1}])
    other.replace(log)
    told.until(lambda activity: activity.lines == 1)
    assert store.table(TableQuery()).runs[0].step == 9


def test_what_is_said_of_a_run_is_told_as_soon_as_it_is_written(
    root: Path, log: Path, opened: Open, write: Write
) -> None:
    store = opened(root)
    told = _following(store)
    told.until(lambda activity: activity.watch == "events")

    def noted(activity: Activity) -> str | None:
        return store.table(TableQuery()).runs[0].notes

    write(beside(root), [{"event": "note", "run": "a", "text": "one"}])
    told.until(lambda activity: noted(activity) == "one")
    write(beside(root), [{"event": "note", "run": "a", "text": "two"}])
    told.until(lambda activity: noted(activity) == "one\ntwo")


def test_what_this_process_wrote_elsewhere_is_looked_for_at_once(
    tmp_path: Path, root: Path, log: Path, index: Index, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("labtop.store.ingest.follow._POLL_S", 1000.0)
    told = Told()
    follow = Follow(Ingest(root, index), told.put, poll=True)
    follow.start()
    revision = told.until(lambda activity: activity.complete).revision
    write(of_user(root), [{"event": "note", "run": "a", "text": "one"}])
    follow.hurry()
    told.until(lambda activity: activity.revision > revision)
    follow.stop()
    with index.cursor() as cursor:
        assert cursor.execute("select notes from runs").fetchall() == [("one",)]


def test_nobody_who_waits_for_the_reading_waits_out_its_rest_from_a_stream_of_lines(
    tmp_path: Path, root: Path, log: Path, index: Index, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name, value in (("_PARTS_OF_SOME", 1e9), ("_LATEST_S", 1000.0), ("_POLL_S", 0.0)):
        monkeypatch.setattr(f"labtop.store.ingest.follow.{name}", value)
    told = Told()
    follow = Follow(Ingest(root, index), told.put, poll=True)
    follow.start()
    told.until(lambda activity: activity.complete)

    def rests_after(lines: int) -> None:
        write(log, [{"step": lines + step, "loss": 1} for step in range(10)])
        told.until(lambda activity: activity.lines == lines)

    def noted() -> str:
        with index.cursor() as cursor:
            return str(cursor.execute("select notes from runs").fetchall()[0][0])

    rests_after(11)
    write(of_user(root), [{"event": "note", "run": "a", "text": "one"}])
    follow.hurry()
    told.until(lambda activity: noted() == "one")
    rests_after(21)
    stopping = threading.Thread(target=follow.stop, daemon=True)
    stopping.start()
    stopping.join(30)
    assert not stopping.is_alive()


def test_a_root_that_was_removed_and_made_anew_is_watched_again(
    root: Path, log: Path, opened: Open, write: Write
) -> None:
    store = opened(root)
    told = _following(store)
    log.unlink()
    log.parent.rmdir()
    root.rmdir()
    told.until(lambda activity: any("is gone" in notice for notice in activity.notices))
    assert store.table(TableQuery()).total == 1, "what was read stays in sight"
    write(root / "b" / "metrics.jsonl", [{"step": 5, "loss": 1}])
    heard = told.until(lambda activity: activity.lines == 1 and not activity.notices and activity.watch == "events")
    assert [run.id for run in store.table(TableQuery()).rows] == ["b"]
    assert heard.files == 1
