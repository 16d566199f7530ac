"""`labtop tail`: the last lines, and a real process that follows."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from labtop.cli import main

Captured = pytest.CaptureFixture[str]
Append = Callable[[Path, str, Iterable[object]], None]

_PATIENCE_S = 30.0


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def _tail(capsys: Captured, root: Path, *words: str) -> tuple[int, str, str]:
    status = main(["tail", "--no-follow", "-d", str(root), *words])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


@pytest.mark.parametrize("number", ["9" * 23, "9" * 5000])
def test_a_number_of_lines_beyond_all_counting_means_all(capsys: Captured, runs: Path, number: str) -> None:
    assert _tail(capsys, runs, "-n", number) == _tail(capsys, runs, "-n", "1000")


class Follower:
    """A `labtop tail` that runs, and its lines as they come."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._text = b""

    def lines(self, count: int) -> list[str]:
        """The next lines; fails when they do not come."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + _PATIENCE_S
        while self._text.count(b"\n") < count:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"only {self._text!r} came"
            more = os.read(self.process.stdout.fileno(), 65536)
            assert more, f"it ended after {self._text!r}"
            self._text += more
        *lines, self._text = self._text.split(b"\n", count)
        return [line.decode() for line in lines]

    def end(self) -> tuple[int, bytes, bytes]:
        """Press ctrl+C; the status, and what came that was not asked for."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=_PATIENCE_S)
        return self.process.returncode, self._text + out, err


@contextmanager
def _following(root: Path, *words: str) -> Iterator[Follower]:
    command = [sys.executable, "-m", "labtop", "tail", "-d", str(root), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield Follower(process)
        finally:
            process.kill()


def test_the_last_lines_are_printed_oldest_first(capsys: Captured, runs: Path) -> None:
    status, out, err = _tail(capsys, runs, "-n", "4")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "2025-10-09 08:53:22  low   20  val_loss=0.5  lr_now=0.0005",
        "2025-10-09 08:53:23  copy  30  val_loss=0.6  lr_now=0.00033333",
        "2025-10-09 08:53:23  high  30  val_loss=0.3  lr_now=0.033333",
        "2025-10-09 08:53:23  low   30  val_loss=0.7  lr_now=0.00033333",
    ]
    assert len(_tail(capsys, runs)[1].splitlines()) == 9
    assert _tail(capsys, runs, "-n", "0")[1] == ""


def test_words_narrow_to_runs_and_metrics(capsys: Captured, runs: Path) -> None:
    _, out, _ = _tail(capsys, runs, "high", "low", "val_loss", "-n", "3")
    assert [line.split()[2:] for line in out.splitlines()] == [
        ["low", "20", "val_loss=0.5"],
        ["high", "30", "val_loss=0.3"],
        ["low", "30", "val_loss=0.7"],
    ]
    _, out, _ = _tail(capsys, runs, "@best:val_loss", "-n", "9")
    assert [line.split()[2] for line in out.splitlines()] == ["high"] * 3


def test_a_whole_name_of_a_metric_comes_before_a_part_of_a_runs(
    capsys: Captured, tmp_path: Path, append: Append
) -> None:
    for name in ("loss-test", "other"):
        append(tmp_path / "runs", name, [{"step": 1, "time": 1.7e9, "loss": 0.5, "acc": 1}])
    _, out, _ = _tail(capsys, tmp_path / "runs", "loss")
    assert {tuple(line.split()[2:]) for line in out.splitlines()} == {
        ("loss-test", "1", "loss=0.5"),
        ("other", "1", "loss=0.5"),
    }
    append(tmp_path / "runs", "acc", [{"step": 2, "time": 1.7e9, "loss": 0.5}])
    _, out, _ = _tail(capsys, tmp_path / "runs", "acc")
    assert [line.split()[2:] for line in out.splitlines()] == [["acc", "2", "loss=0.5"]]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("val_los", "labtop: no run or metric 'val_los'; near: val_loss\n"),
        ("hihg", "labtop: no run or metric 'hihg'; near: high\n"),
        ("zzzzzz", "labtop: no run or metric 'zzzzzz'; labtop ls shows what there is\n"),
        ("o", "labtop: 2 runs fit 'o': copy, low; say more of the name\n"),
        ("@9", "labtop: no run '@9'; there are 3 runs, @1 is the newest\n"),
    ],
)
def test_a_word_that_names_nothing(capsys: Captured, runs: Path, word: str, said: str) -> None:
    assert _tail(capsys, runs, word) == (3, "", said)


def test_json_is_an_object_a_line(capsys: Captured, tmp_path: Path, append: Append) -> None:
    append(tmp_path / "runs", "a", [{"step": 1, "time": 1.7e9, "loss": 0.5}])
    append(tmp_path / "runs", "a", [{"step": 2, "time": 1.7e9 + 1, "loss": float("nan"), "acc": 0.123456789}])
    _, out, _ = _tail(capsys, tmp_path / "runs", "--json")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"run": "a", "step": 1, "time": 1.7e9, "estimated": False, "metrics": {"loss": 0.5}},
        {
            "run": "a",
            "step": 2,
            "time": 1.7e9 + 1,
            "estimated": False,
            "metrics": {"loss": "NaN", "acc": 0.123456789},
        },
    ]


def test_a_time_that_no_clock_said_is_marked(capsys: Captured, tmp_path: Path, append: Append) -> None:
    append(tmp_path / "runs", "a", [{"step": 1, "loss": 0.5}])
    _, out, _ = _tail(capsys, tmp_path / "runs")
    assert out.startswith("~20")
    _, out, _ = _tail(capsys, tmp_path / "runs", "--json")
    assert json.loads(out)["estimated"] is True


def test_control_characters_of_a_log_are_not_printed(capsys: Captured, tmp_path: Path, append: Append) -> None:
    about = {"event": "run", "name": "a\x1b[31m\nb", "time": 1.7e9}
    append(tmp_path / "runs", "a", [about, {"step": 1, "time": 1.7e9, "lo\x1b]0;x\x07s\rs": 0.5}])
    _, out, _ = _tail(capsys, tmp_path / "runs")
    assert out == "2023-11-14 22:13:20  a b  1  los s=0.5\n"


def test_an_empty_place_is_explained(capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    status, out, err = _tail(capsys, tmp_path / "runs")
    assert (status, out) == (0, "")
    assert err.startswith("labtop: no runs in")


@pytest.mark.parametrize("how", [(), ("--poll",)])
def test_new_lines_and_new_runs_are_printed_as_they_come(runs: Path, append: Append, how: tuple[str, ...]) -> None:
    with _following(runs, "-n", "1", "--json", *how) as tail:
        assert json.loads(tail.lines(1)[0])["run"] == "low"
        append(runs, "high", [{"step": 40, "time": 1.77e9, "val_loss": 0.2, "acc": 0.5}])
        assert json.loads(tail.lines(1)[0]) == {
            "run": "high", "step": 40, "time": 1.77e9, "estimated": False, "metrics": {"val_loss": 0.2, "acc": 0.5},
        }  # fmt: skip
        append(runs, "new", [{"step": step, "time": 1.77e9 + step, "val_loss": 0.1} for step in (1, 2)])
        assert [json.loads(line)["step"] for line in tail.lines(2)] == [1, 2]
        assert tail.end() == (130, b"", b"")


def test_only_what_was_asked_for_is_followed(runs: Path, append: Append) -> None:
    with _following(runs, "high", "val_loss", "-n", "1") as tail:
        tail.lines(1)
        append(runs, "high", [{"step": 40, "time": 1.77e9, "lr_now": 1}])
        append(runs, "low", [{"step": 40, "time": 1.77e9, "val_loss": 1}])
        append(runs, "high", [{"step": 50, "time": 1.77e9, "val_loss": 1, "lr_now": 1}])
        assert tail.lines(1) == ["2026-02-02 02:40:00  high  50  val_loss=1"]
        assert tail.end() == (130, b"", b"")


def test_each_of_many_lines_is_printed_once(tmp_path: Path) -> None:
    log = tmp_path / "runs" / "a" / "events.jsonl"
    log.parent.mkdir(parents=True)
    log.touch()
    with _following(log.parent, "--json", "-n", "100000") as tail, log.open("a", buffering=1) as file:
        for step in range(1, 2001):
            file.write(f'{{"step": {step}, "time": {1.7e9 + step}, ')
            file.write(f'"loss": {1 / step}}}\n')
            if step % 500 == 0:
                file.flush()
                steps = [json.loads(line)["step"] for line in tail.lines(500)]
                assert steps == list(range(step - 499, step + 1))
        assert tail.end() == (130, b"", b"")


def test_a_file_that_was_replaced_is_printed_anew(runs: Path) -> None:
    log = runs / "high" / "events.jsonl"
    with _following(runs, "high", "-n", "1", "--json") as tail:
        tail.lines(1)
        other = log.with_name("new")
        other.write_text("".join(f'{{"step": {step}, "time": 1.77e9, "val_loss": 9}}\n' for step in range(1, 9)))
        other.replace(log)
        assert [json.loads(line)["step"] for line in tail.lines(8)] == list(range(1, 9))
        assert tail.end() == (130, b"", b"")


def test_what_checkpoints_repeat_is_printed_once(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    root.mkdir()
    with _following(root, "--json", "-n", "5") as tail:
        for step in (50, 100, 150):
            history = [{"loss": 1 / at, "step": at} for at in range(10, step + 1, 10)]
            folder = root / "sft" / f"checkpoint-{step}"
            folder.mkdir(parents=True)
            (folder / "new").write_text(json.dumps({"global_step": step, "log_history": history}, indent=2))
            (folder / "new").replace(folder / "trainer_state.json")
            assert [json.loads(line)["step"] for line in tail.lines(5)] == list(range(step - 40, step + 1, 10))
        assert tail.end() == (130, b"", b"")


def test_it_ends_when_nobody_reads_its_pipe_though_nothing_new_comes(runs: Path) -> None:
    with _following(runs, "-n", "3") as tail:
        tail.lines(3)
        assert tail.process.stdout is not None
        assert tail.process.stderr is not None
        tail.process.stdout.close()
        assert tail.process.wait(timeout=_PATIENCE_S) == 0
        assert tail.process.stderr.read() == b""
