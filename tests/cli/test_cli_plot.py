"""`labtop plot` on real files."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from labtop.cli import main

Captured = pytest.CaptureFixture[str]


def _plot(capsys: Captured, root: Path, *words: str) -> tuple[int, str, str]:
    status = main(["plot", "-d", str(root), *words])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def _command(root: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "labtop", "plot", "-d", str(root), *words]


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """Ten runs `s0` to `s9`, a step a value; the even ones log an accuracy too, and tokens seen."""
    root = tmp_path / "many"
    for number in range(10):
        folder = root / f"s{number}"
        folder.mkdir(parents=True)
        about = {"event": "run", "time": 1.76e9 + number, "params": {"opt": "adam" if number < 4 else "sgd"}}
        lines = [about]
        for step in range(1, 21):
            more = {} if number % 2 else {"acc": step / 40, "tokens": step * 1000}
            lines.append({"step": step, "time": 1.76e9 + number + step, "loss": (number + 1) / step, **more})
        (folder / "log.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return root


def test_a_pipe_gets_eighty_columns_of_text_and_no_codes(capsys: Captured, runs: Path) -> None:
    status, out, err = _plot(capsys, runs, "val_loss")
    lines = out.splitlines()
    assert (status, err, len(lines)) == (0, "", 20)
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in out
    assert lines[0].startswith("─ val_loss ─")
    assert {"high", "low", "copy"} <= set(re.findall(r"\w+", lines[-1]))
    assert any(0x2800 < ord(character) < 0x2900 for character in out)


def test_each_metric_is_a_chart_under_the_other(capsys: Captured, runs: Path) -> None:
    words = ("val_loss", "lr_now", "val_loss", "--width", "50", "--height", "9")
    status, out, _ = _plot(capsys, runs, *words)
    lines = out.splitlines()
    assert (status, len(lines)) == (0, 18)
    assert (lines[0][:10], lines[9][:8]) == ("─ val_loss", "─ lr_now")
    assert max(map(len, lines)) == 50


def test_the_first_eight_that_have_the_metric_unless_a_filter_says_which(capsys: Captured, sweep: Path) -> None:
    _, out, _ = _plot(capsys, sweep, "loss")
    assert "8 of 10 runs" in out.splitlines()[0]
    _, out, _ = _plot(capsys, sweep, "loss", "--runs", "s", "--width", "120")
    assert "runs" not in out.splitlines()[0]
    assert all(f"s{number}" in out for number in range(10))
    _, out, _ = _plot(capsys, sweep, "acc")
    assert re.findall(r"s\d", out.splitlines()[-1]) == ["s8", "s6", "s4", "s2", "s0"]
    _, out, _ = _plot(capsys, sweep, "loss", "--runs", "opt=adam")
    assert set(re.findall(r"s\d", out)) == {"s0", "s1", "s2", "s3"}


def test_log_y_counts_what_it_cannot_show(capsys: Captured, sweep: Path) -> None:
    (sweep / "s9" / "log.jsonl").write_text('{"step": 1, "loss": 10}\n{"step": 2, "loss": -1}\n{"step": 3, "loss": 1}\n')
    _, out, _ = _plot(capsys, sweep, "loss", "--log-y", "--runs", "s9")
    assert "log, 1 ≤ 0 hidden" in out.splitlines()[0]


def test_time_axes(capsys: Captured, runs: Path) -> None:
    _, out, _ = _plot(capsys, runs, "val_loss", "--x", "relative")
    assert re.search(r"\b1s\b|\b2s\b", out)
    _, out, _ = _plot(capsys, runs, "val_loss", "--x", "wall")
    assert re.search(r"\d\d:\d\d:\d\d", out)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("val_los",), 3, "no metric 'val_los'; near: val_loss"),
        (("zzz",), 3, "no metric 'zzz'; there are lr_now, val_loss"),
        (("val_loss", "--runs", "nope"), 3, "no run has 'nope' in its name, id, tags or status (3 without --runs)"),
        (("val_loss", "--x", "stepp"), 2, "--x 'stepp' is neither step, relative, wall nor a metric; near: step"),
        (("val_loss", "--smooth", "1"), 2, "'1' is no number from 0 to 0.999"),
        (("val_loss", "--smooth", "nan"), 2, "'nan' is no number from 0 to 0.999"),
        (("val_loss", "--smooth", "x"), 2, "'x' is no number from 0 to 0.999"),
        (("val_loss", "--width", "9"), 2, "'9' is no number of columns from 10 to 1000"),
        (("val_loss", "--height", "9" * 5000), 2, "is no number of rows from 3 to 500"),
        (("val_loss", "--height", "-1"), 2, "is no number of rows from 3 to 500"),
        (("val_loss", "--band", "std"), 2, "give --group KEY too"),
        (("val_loss", "--group", "lr", "--smooth", "0.5"), 2, "--group does not go with --smooth"),
        (("val_loss", "--group", "lrr"), 2, "no column 'lrr'; near: lr"),
        (("val_loss", "-o", "x.pdf"), 2, "x.pdf: the ending says what to write: .svg, .png, .csv, .txt"),
        (("val_loss", "lr_now", "-o", "x.csv"), 2, "x.csv: a .csv holds one metric"),
        (("val_loss", "-o", "no/such/x.svg"), 2, "no/such/x.svg cannot be written: No such file or directory"),
        ((), 2, "required: METRIC"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    capsys: Captured, runs: Path, words: tuple[str, ...], status: int, says: str
) -> None:
    got, out, err = _plot(capsys, runs, *words)
    assert (got, out, err.count("\n")) == (status, "", 1)
    assert says in err


def test_a_metric_that_none_of_the_runs_asked_for_has(capsys: Captured, sweep: Path) -> None:
    status, out, err = _plot(capsys, sweep, "acc", "--runs", "s1")
    assert (status, out) == (3, "")
    assert err == "labtop: no run of those with 's1' has the metric 'acc'\n"


def test_an_empty_directory_says_how_to_make_a_run(capsys: Captured, tmp_path: Path) -> None:
    root = tmp_path / "empty"
    root.mkdir()
    status, out, err = _plot(capsys, root, "loss")
    assert (status, out, err.count("\n")) == (3, "", 1)
    assert "this makes one" in err


def test_sizes_of_all_kinds_are_drawn_whole(capsys: Captured, runs: Path) -> None:
    for width, height in ((10, 3), (12, 4), (1000, 60)):
        _, out, _ = _plot(capsys, runs, "val_loss", "--width", str(width), "--height", str(height))
        lines = out.splitlines()
        assert len(lines) == height
        assert max(map(len, lines)) <= width


def test_hostile_names_do_no_harm(capsys: Captured, tmp_path: Path) -> None:
    root = tmp_path / "odd"
    root.mkdir()
    metric = "loss\x9b1m[/]中" + "x" * 500
    lines = [{"run": "a\x1b[2J", "step": step, metric: step / 7} for step in range(1, 9)]
    (root / "log.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    status, out, err = _plot(capsys, root, metric)
    assert (status, err) == (0, "")
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in out.replace("\n", ""))
    assert "[/]中" in out
    file = root / "x.svg"
    assert _plot(capsys, root, metric, "-o", str(file))[0] == 0
    ET.parse(file)


def test_a_file_is_written_beside_one_that_is_there(capsys: Captured, sweep: Path, home: Path) -> None:
    for name in ("x.svg", "x-2.svg"):
        assert _plot(capsys, sweep, "loss", "acc", "-o", "x.svg") == (0, f"{name}\n", "")
    drawing = ET.parse(home / "x-2.svg").getroot()
    said = {element.text for element in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert {"loss", "acc", "step", "8 of 10 runs"} <= said


def test_csv_holds_every_point_that_is_drawn(capsys: Captured, sweep: Path, home: Path) -> None:
    assert _plot(capsys, sweep, "loss", "--runs", "s1", "-o", "x.csv")[0] == 0
    lines = (home / "x.csv").read_text().splitlines()
    assert lines[:3] == ["run,step,value,smoothed,attempt", "s1,1,2,,0", "s1,2,1,,0"]
    assert len(lines) == 21


def test_text_is_what_the_terminal_shows(capsys: Captured, sweep: Path, home: Path) -> None:
    _, shown, _ = _plot(capsys, sweep, "loss", "--width", "60", "--height", "12", "--runs", "s1")
    assert _plot(capsys, sweep, "loss", "--width", "60", "--height", "12", "--runs", "s1", "-o", "x.txt")[0] == 0
    titled = (home / "x.txt").read_text().splitlines()
    assert (titled[0], titled[-1], len(titled)) == (shown.splitlines()[0], shown.splitlines()[-1], 12)


def _on_a_terminal(root: Path, **environment: str) -> str:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        env = {**os.environ, "TERM": "xterm-256color", **environment}
        done = subprocess.run(_command(root, "val_loss"), stdout=theirs, stderr=theirs, env=env, check=False)
        os.close(theirs)
        assert done.returncode == 0
        shown = b""
        try:
            while part := screen.read(65536):
                shown += part
        except OSError:  # the end, on Linux
            pass
    return shown.decode()


def test_a_terminal_gets_colours_unless_it_wants_none(runs: Path) -> None:
    coloured = _on_a_terminal(runs)
    assert "\x1b[38;5;" in coloured
    assert not re.search(r"\x1b\[[\d;]*[^m\d;]", coloured)
    assert "\x1b" not in _on_a_terminal(runs, NO_COLOR="1")


def test_a_locale_without_utf8_gets_ascii(runs: Path) -> None:
    env = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run(_command(runs, "val_loss"), capture_output=True, env=env, check=True)
    assert done.stdout.isascii()
    assert b"- val_loss ---" in done.stdout


def test_a_pipe_that_is_closed_is_no_error(runs: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(_command(runs, "val_loss"), stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
