"""What a person has set is on disk soon after each change, and there at the next start."""

from __future__ import annotations

import json
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from labtop.tui.session.files import LARGEST, default_path, load, write
from labtop.tui.session.saver import PATIENCE_S, Saver
from labtop.tui.session.session import Place, Session

A, B, C = (Session(filter_text=text) for text in "abc")


class Clock:
    """Calls what it was given when time is told to go on; knows after how long."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.passed = 0.0

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self.waiting.append((seconds, call))

    def strike(self) -> None:
        """The one timer that may wait, and what it begins, up to its end."""
        ((seconds, call),) = self.waiting
        self.waiting.clear()
        self.passed += seconds
        call()

    def finish(self) -> None:
        self.strike()
        for thread in writers():
            thread.join()


def writers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "labtop-session"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "sessions" / "runs-1.json"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def saver(path: Path, clock: Clock, told: list[str]) -> Saver:
    return Saver(path, told.append, clock.later, Session())


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk that does not come to an end with a rename, until the event is set."""
    goes_on, replace = threading.Event(), Path.replace

    def slow(self: Path, target: Path) -> Path:
        goes_on.wait()
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", slow)
    yield goes_on
    goes_on.set()
    for thread in writers():
        thread.join()


def held(path: Path) -> Session:
    return load(path, pytest.fail)


def test_changes_are_saved_within_two_seconds_of_the_first_by_one_write(path: Path, clock: Clock, saver: Saver) -> None:
    for session in (A, B, C):
        saver.changed(session)
    assert not path.exists()
    clock.finish()
    assert clock.passed < 2
    assert held(path) == C
    assert clock.waiting == []
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_is_done_where_nothing_differs(path: Path, clock: Clock, saver: Saver) -> None:
    saver.changed(Session())
    assert clock.waiting == []
    saver.changed(A)
    saver.changed(Session())
    clock.finish()
    saver.close()
    assert not path.exists()
    assert writers() == []


def test_a_change_while_the_disk_is_busy_is_saved_after_it(
    path: Path, clock: Clock, saver: Saver, hanging: threading.Event
) -> None:
    saver.changed(A)
    clock.strike()
    saver.changed(B)
    clock.strike()
    clock.strike()
    assert len(writers()) == 1
    hanging.set()
    for thread in writers():
        thread.join()
    assert held(path) == A
    clock.finish()
    assert held(path) == B


def test_closing_saves_at_once_what_is_not_saved(path: Path, clock: Clock, saver: Saver) -> None:
    saver.changed(A)
    saver.close()
    assert held(path) == A
    saver.changed(B)
    clock.finish()
    saver.close()
    assert held(path) == A


def test_closing_does_not_wait_long_for_a_disk_that_hangs_and_the_newest_wins(
    path: Path, clock: Clock, saver: Saver, hanging: threading.Event
) -> None:
    saver.changed(A)
    clock.strike()
    saver.changed(B)
    began = time.monotonic()
    saver.close()
    assert time.monotonic() - began < PATIENCE_S + 1
    assert not path.exists()
    hanging.set()
    for thread in writers():
        thread.join()
    assert held(path) == B


def test_what_cannot_be_written_is_told_once_and_tried_again(
    path: Path, clock: Clock, saver: Saver, told: list[str]
) -> None:
    path.parent.parent.write_text("a file where a folder should be")
    for session in (A, B):
        saver.changed(session)
        clock.finish()
    assert len(told) == 1
    assert str(path.parent) in told[0]
    path.parent.parent.unlink()
    saver.changed(C)
    clock.finish()
    assert held(path) == C


def test_a_write_that_fails_leaves_the_old_file_and_no_other(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, A)
    with pytest.raises(OSError, match="too large"):
        write(path, Session(filter_text="x" * (LARGEST + 1)))
    path.unlink()
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        write(path, B)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_two_at_once_never_leave_a_torn_file(path: Path) -> None:
    sessions = [Session(marks=tuple(f"{name}{number}" for number in range(2000))) for name in "ab"]

    def write_often(session: Session) -> None:
        for _ in range(20):
            write(path, session)

    write(path, sessions[0])
    threads = [threading.Thread(target=write_often, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert held(path) in sessions
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b"1" * 5000, b'{"marks": []}' + b" " * LARGEST],
    ids=["empty", "torn", "list", "null", "bytes", "deep", "digits", "large"],
)
def test_a_file_that_holds_no_session_is_put_aside_and_told(path: Path, told: list[str], content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert load(path, told.append) == Session()
    assert len(told) == 1
    assert str(path.with_suffix(".bad")) in told[0]
    assert path.with_suffix(".bad").read_bytes() == content
    assert held(path) == Session()


def test_a_file_that_cannot_be_read_is_told(path: Path, told: list[str]) -> None:
    path.mkdir(parents=True)
    assert load(path, told.append) == Session()
    assert len(told) == 1


def test_what_a_killed_process_left_is_removed_in_time(path: Path) -> None:
    write(path, A)
    old, new = (path.with_name(f"{path.stem}.{name}.tmp") for name in ("old", "new"))
    for left in (old, new):
        left.write_text(json.dumps({}))
    os.utime(old, (0, 0))
    assert held(path) == A
    assert not old.exists()
    assert new.exists()


def test_each_real_directory_has_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("a/runs", "b/runs", "b/odd [*] \n\udc80é"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a/runs")
    one, two, odd, link = (
        default_path(tmp_path / name) for name in ("a/runs", "b/runs", "b/odd [*] \n\udc80é", "link")
    )
    assert one != two
    assert one == link
    assert one.name.startswith("runs-")
    assert one.parent.name == "sessions"
    assert one.is_relative_to(tmp_path)
    write(odd, A)
    assert held(odd) == A


def test_who_only_moves_leaves_what_another_screen_has_set(path: Path, clock: Clock, told: list[str]) -> None:
    saver = Saver(path, told.append, clock.later, A)
    write(path, B)
    moved = replace(A, places=(("runs", Place(row="run:b")),))
    saver.changed(moved)
    saver.close()
    assert held(path) == replace(B, places=moved.places)
    saver = Saver(path, told.append, clock.later, moved)
    saver.changed(replace(moved, filter_text="own"))
    saver.close()
    assert held(path) == replace(moved, filter_text="own")
    path.unlink()
    saver = Saver(path, told.append, clock.later, A)
    saver.changed(moved)
    saver.close()
    assert held(path) == moved
