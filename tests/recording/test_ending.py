"""How a run is said to have ended, in processes that end in every way."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.recording.conftest import Train, written

BEGIN = 'import os, signal, sys, threading, labtop\nrun = labtop.init("runs", name="it")\n'
READY = 'print("ready", flush=True)\nimport time\nwhile True: time.sleep(0.01)\n'


def end_of(root: Path = Path("runs")) -> dict[str, Any]:
    lines = written(root)
    ends = [each for each in lines if each.get("event") == "end"]
    assert len(ends) == 1
    assert lines[-1] is ends[0]
    return ends[0]


@pytest.mark.parametrize(
    ("code", "status", "exit_code", "error"),
    [
        ("", "finished", 0, None),
        ("sys.exit()", "finished", 0, None),
        ("sys.exit(3)", "failed", 3, "exit status 3"),
        ("try: sys.exit(0)\nfinally: pass", "finished", 0, None),
        ("try: sys.exit(2)\nexcept SystemExit: pass", "finished", 0, None),
        ("sys.excepthook = lambda *_: None\nraise ValueError('late hook')", "failed", 1, "ValueError: late hook"),
        ("def main():\n    for _ in range(3): pass\nif True: main()", "finished", 0, None),
        ("sys.exit('no data')", "failed", 1, "no data"),
        ("raise ValueError('bad\\nvalue')", "failed", 1, "ValueError: bad value"),
        ("raise KeyboardInterrupt", "killed", 130, "KeyboardInterrupt"),
        ("run.finish('failed', error='diverged')", "failed", None, "diverged"),
    ],
)
def test_the_end_of_the_process_ends_the_run(
    train: Train, code: str, status: str, exit_code: int | None, error: str | None
) -> None:
    ended = train(BEGIN + code)

    last = end_of()
    assert (last["status"], last.get("exit_code"), last.get("error")) == (status, exit_code, error)
    if exit_code is not None and status != "killed":
        assert ended.returncode == exit_code


def test_an_exit_that_no_hook_sees_is_not_taken_for_success(train: Train) -> None:
    ended = train(BEGIN + "def main():\n    return 3\nraise SystemExit(main())\n")

    assert ended.returncode == 3
    assert end_of()["status"] == "ended"
    assert "sys.exit" in end_of()["error"]


def test_the_traceback_stands_in_the_log_and_on_the_terminal(train: Train) -> None:
    ended = train(BEGIN + "def deep():\n    return {}['key']\ndeep()\n")

    trace = end_of()["traceback"]
    assert "in deep" in trace
    assert "KeyError: 'key'" in trace
    assert ended.stderr.endswith(trace)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_end_the_run_and_the_process_as_they_would(started: Any, number: signal.Signals) -> None:
    process = started(BEGIN + READY)

    process.send_signal(number)

    assert process.wait(20) == -number
    last = end_of()
    assert last["status"] == "killed"
    assert last["error"] == ("KeyboardInterrupt" if number == signal.SIGINT else number.name)
    assert last["exit_code"] == 128 + number


def test_a_signal_does_not_wait_for_an_end_that_is_under_way(started: Any) -> None:
    process = started(BEGIN + "def wait():\n    " + READY.replace("\n", "\n    ") + "\nrun.before_end(wait)\n")

    process.send_signal(signal.SIGTERM)

    assert process.wait(20) == -signal.SIGTERM
    assert end_of()["status"] == "killed"


def test_a_users_own_hooks_are_left_in_place(started: Any) -> None:
    process = started(
        """
import atexit, signal, sys, labtop
def on_term(number, frame):
    print("my handler", flush=True)
    raise SystemExit(7)
signal.signal(signal.SIGTERM, on_term)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
before = sys.excepthook
sys.excepthook = lambda *args: print("my hook")
atexit.register(print, "my atexit")
run = labtop.init("runs", name="it")
assert signal.getsignal(signal.SIGTERM) is on_term
assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
def fail():
    raise ValueError("seen by both")
print("ready", flush=True)
sys.stdin.readline()
fail()
"""
    )

    out, err = process.communicate("\n", timeout=20)

    assert out.splitlines() == ["my hook", "my atexit"]
    assert err == ""
    assert end_of()["error"] == "ValueError: seen by both"


def test_a_failed_thread_is_told_in_the_log_and_ends_nothing(train: Train) -> None:
    train(BEGIN + "t = threading.Thread(target=lambda: 1 / 0, name='loader')\nt.start(); t.join()\nrun.log({'a': 1})\n")

    told = next(each for each in written(Path("runs")) if each.get("event") == "log")
    assert told["level"] == "error"
    assert "thread loader" in told["text"]
    assert "ZeroDivisionError" in told["text"]
    assert end_of()["status"] == "finished"


def test_a_run_without_hooks_is_ended_by_its_owner_alone(train: Train) -> None:
    train('import labtop\nlabtop.init("runs", name="it", hooks=False)\nraise ValueError')

    assert not any(each.get("event") == "end" for each in written(Path("runs")))


def test_where_a_person_types_one_run_follows_the_other(train: Train) -> None:
    train("""
import sys
sys.ps1 = ">>> "
import labtop
labtop.init("runs", name="a").log({"x": 1})
labtop.init("runs", name="b").log({"x": 2})
sys.excepthook(ValueError, ValueError("a slip"), None)
labtop.init("runs", name="trial", parent="b").log({"x": 4})
labtop.finish()
labtop.log({"x": 3})
""")

    assert [each.get("x", each.get("event")) for each in written(Path("runs/a"))] == ["run", 1, "end"]
    assert [each.get("x", each.get("event")) for each in written(Path("runs/b"))] == ["run", 2, "log", 3, "end"]
    assert [each.get("x", each.get("event")) for each in written(Path("runs/trial"))] == ["run", 4, "end"]
    assert end_of(Path("runs/b"))["status"] == "finished"


def test_of_runs_one_after_the_other_the_last_one_met_the_error(train: Train) -> None:
    train("""
import labtop
for lr in (1, 2, 3):
    labtop.init("runs", name=f"lr{lr}").log({"loss": lr})
    if lr == 3: raise ValueError("the third")
""")

    assert [end_of(Path(f"runs/lr{lr}"))["status"] for lr in (1, 2, 3)] == ["finished", "finished", "failed"]


def test_a_second_interrupt_while_it_ends_leaves_a_last_line(train: Train) -> None:
    train(BEGIN + "def again(): raise KeyboardInterrupt\nrun.before_end(again)\nraise KeyboardInterrupt\n")

    assert end_of()["status"] == "killed"


def test_heartbeats_come_while_a_run_says_nothing(started: Any) -> None:
    process = started("""
import labtop
run = labtop.init("runs", name="it", heartbeat_s=0.5)
while "heartbeat" not in run.path.read_text():
    pass
print("ready", flush=True)
input()
""")
    process.kill()
    process.wait()

    assert written(Path("runs"))[-1]["expect_next_in"] == 1.5


def test_the_machine_is_measured_on_request(started: Any) -> None:
    process = started("""
import labtop, pathlib
run = labtop.init("runs", name="it", heartbeat_s=0, system_metrics=0.5)
while run.path.read_text().count("system") < 2:
    sum(range(1000))
print("ready", flush=True)
input()
""")
    process.kill()
    process.wait()

    system = [each for each in written(Path("runs")) if each.get("event") == "system"]
    assert system[-1]["cpu_percent"] > 0
    assert 0.001 < system[-1]["memory_gb"] < 1
