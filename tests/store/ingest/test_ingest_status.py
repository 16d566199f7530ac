"""The status of a run: an end that was said, evidence of a crash, the last step, silence."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.index.files import Index
from labtop.store.ingest.ingest import Ingest
from labtop.store.model import Run, Status, TableQuery

Write = Callable[..., Path]
Child = Callable[[], "subprocess.Popen[bytes]"]

STEP: dict[str, object] = {"step": 1, "loss": 1}


@pytest.fixture
def child() -> Iterator[Child]:
    """Start a process that waits for its standard input to close."""
    children: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
        children.append(child)
        return child

    yield start
    for each in children:
        each.kill()
        each.communicate()


def _run(store: Store) -> Run:
    store.catch_up()
    (run,) = store.table(TableQuery()).runs
    return run


def _age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def _said(process: subprocess.Popen[bytes], started: float | None = None, host: str | None = None) -> dict[str, object]:
    return {
        "event": "run",
        "host": host or socket.gethostname(),
        "pid": process.pid,
        "pid_started": time.time() if started is None else started,
    }


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ({"status": "finished"}, Status.FINISHED),
        ({}, Status.FINISHED),
        ({"status": "failed", "error": "boom", "traceback": "Traceback ..."}, Status.FAILED),
        ({"error": "boom"}, Status.FAILED),
        ({"status": "KILLED"}, Status.KILLED),
        ({"exit_code": 1}, Status.FAILED),
        ({"exit_code": 0}, Status.FINISHED),
        ({"status": "RUNNING"}, Status.RUNNING),
        ({"status": "SCHEDULED"}, Status.RUNNING),
        ({"status": "success"}, Status.FINISHED),
    ],
)
def test_an_end_decides(end: dict[str, object], status: Status, root: Path, write: Write, store: Store) -> None:
    write(root / "a" / "events.jsonl", [STEP, {"event": "end", **end}])
    run = _run(store)
    assert run.status == status
    detail = store.detail(run.number)
    assert (run.error, detail.traceback, detail.exit_code) == (
        end.get("error"),
        end.get("traceback"),
        end.get("exit_code"),
    )


def test_new_lines_bring_a_run_back(root: Path, write: Write, store: Store) -> None:
    log = write(root / "a" / "events.jsonl", [STEP, {"event": "end", "status": "failed", "error": "boom"}])
    assert _run(store).status == Status.FAILED
    write(log, [{"event": "note", "text": "what a pity"}])
    assert _run(store).status == Status.FAILED, "what a person says of it does not"
    write(log, [{"step": 2, "loss": 1}])
    assert (_run(store).status, _run(store).error) == (Status.RUNNING, None)


def test_a_process_that_is_gone_without_a_word_has_crashed(
    root: Path, write: Write, store: Store, child: Child
) -> None:
    process = child()
    log = write(root / "a" / "events.jsonl", [_said(process), STEP])
    assert _run(store).status == Status.RUNNING
    process.communicate()
    assert _run(store).status == Status.CRASHED
    write(log, [{"step": 2, "loss": 1}, {"event": "end", "status": "finished"}])
    assert _run(store).status == Status.FINISHED, "its last words arrived late"


def test_to_look_after_processes_that_run_writes_nothing(
    root: Path, write: Write, ingest: Ingest, child: Child
) -> None:
    process = child()
    write(root / "a" / "events.jsonl", [_said(process), STEP])
    ingest.catch_up()
    before = ingest.index.commits
    ingest.check_processes()
    assert ingest.index.commits == before
    process.communicate()
    ingest.check_processes()
    assert ingest.index.commits > before


def test_a_process_that_nobody_has_asked_for_yet_is_gone(root: Path, write: Write, store: Store, child: Child) -> None:
    process = child()
    write(root / "a" / "events.jsonl", [_said(process), STEP])
    assert _run(store).status == Status.RUNNING
    assert process.stdin is not None
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # ended, and left as a zombie
    assert _run(store).status == Status.CRASHED
    process.stdin = None


def test_another_process_with_the_same_number_is_not_the_run(
    root: Path, write: Write, store: Store, child: Child
) -> None:
    write(root / "a" / "events.jsonl", [_said(child(), started=time.time() - 5000), STEP])
    assert _run(store).status == Status.CRASHED


def test_a_process_of_another_host_is_not_judged(root: Path, write: Write, store: Store, child: Child) -> None:
    process = child()
    process.communicate()
    write(root / "a" / "events.jsonl", [_said(process, host="elsewhere"), STEP])
    assert _run(store).status == Status.RUNNING


def test_one_dead_helper_makes_no_dead_run(root: Path, write: Write, store: Store, child: Child) -> None:
    main, helper = child(), child()
    write(root / "a" / "events.jsonl", [_said(main), STEP])
    write(root / "a" / "events-host-2.jsonl", [_said(helper), {"event": "system", "cpu": 1}])
    helper.communicate()
    assert _run(store).status == Status.RUNNING
    main.communicate()
    assert _run(store).status == Status.CRASHED


def test_the_last_step_finishes_a_run(root: Path, write: Write, store: Store) -> None:
    log = write(root / "a" / "log.jsonl", [{"step": 9, "loss": 1, "total_steps": 10}])
    assert (_run(store).status, _run(store).progress) == (Status.RUNNING, 0.9)
    write(log, [{"step": 10, "loss": 1, "total_steps": 10}])
    assert _run(store).status == Status.FINISHED


def test_a_step_written_as_a_part_tells_the_whole(root: Path, write: Write, store: Store) -> None:
    write(root / "a" / "log.jsonl", [{"global_step/max_steps": f"{at}/4", "loss": 1} for at in (1, 2)])
    run = _run(store)
    assert (run.step, run.total_steps, run.status) == (2, 4, Status.RUNNING)


def test_all_per_cent_finish_a_run(root: Path, write: Write, store: Store) -> None:
    write(root / "a" / "log.jsonl", [{"current_steps": 3, "loss": 1, "percentage": "100.0%"}])
    assert _run(store).status == Status.FINISHED


@pytest.mark.parametrize(
    ("silent_s", "status"), [(5, Status.RUNNING), (90, Status.ENDED), (1000, Status.ENDED), (10**7, Status.ENDED)]
)
def test_a_file_that_was_old_when_first_opened_has_ended(
    silent_s: float, status: Status, root: Path, write: Write, store: Store
) -> None:
    _age(write(root / "a" / "log.jsonl", [STEP]), silent_s)
    assert _run(store).status == status


def test_silence_after_growth_is_stale_and_ten_times_that_the_end(root: Path, write: Write, index: Index) -> None:
    ahead = [0.0]
    store = Store(root, index, poll=True, clock=lambda: time.time() + ahead[0])
    log = write(root / "a" / "log.jsonl", [STEP])
    store.catch_up()
    write(log, [{"step": 2, "loss": 1}])
    found = []
    for seconds in (0, 59, 65, 500, 605):
        ahead[0] = seconds
        found.append(_run(store).status)
    assert found == [Status.RUNNING, Status.RUNNING, Status.STALE, Status.STALE, Status.ENDED]


def test_a_promise_to_be_heard_again_is_waited_for(root: Path, write: Write, index: Index) -> None:
    store = Store(root, index, poll=True, clock=lambda: time.time() + 900)
    log = write(root / "a" / "log.jsonl", [{"event": "heartbeat", "expect_next_in": 1000}, STEP])
    store.catch_up()
    write(log, [{"step": 2, "loss": 1}])
    assert _run(store).status == Status.RUNNING


def test_three_times_the_longest_silence_so_far_is_waited_for(root: Path, write: Write, store: Store) -> None:
    lines = [{"step": at, "loss": 1, "elapsed": 600 * at} for at in range(4)]
    log = write(root / "a" / "log.jsonl", lines)
    _age(log, 1700)
    assert _run(store).status == Status.RUNNING
    write(root / "a" / "log.jsonl", [])
    _age(log, 1900)
    assert _run(store).status == Status.RUNNING, "a touched file said nothing new"
