"""`labtop plot` on real files."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from labtop.cli import main

Captured = pytest.CaptureFixture[str]


def _plot(capsys: Captured, root: Path, *words: str) -> tuple[int, str, str]:
    status = main(_command(root, *words))
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def _command(root: Path, *words: str) -> list[str]:
    return ["plot", "-d", str(root), "--index", f"{root}.index", *words]


def _write(root: Path, name: str, lines: Iterable[object]) -> None:
    (root / name).mkdir(parents=True, exist_ok=True)
    (root / name / "log.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def _run(number: int) -> Iterator[object]:
    yield {"event": "run", "time": 1.76e9 + number, "params": {"opt": "adam" if number < 4 else "sgd"}}
    for step in range(1, 21):
        more = {} if number % 2 else {"acc": step / 40, "tokens": step * 1000}
        yield {"step": step, "time": 1.76e9 + number + step, "loss": (number + 1) / step, **more}


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten runs `s0` to `s9`, a step a value; the even ones log an accuracy too, and tokens seen."""
    root = tmp_path_factory.mktemp("plot") / "sweep"
    for number in range(10):
        _write(root, f"s{number}", _run(number))
    return root


def test_a_pipe_gets_eighty_columns_of_text_and_no_codes(capsys: Captured, sweep: Path) -> None:
    status, out, err = _plot(capsys, sweep, "loss")
    lines = out.splitlines()
    assert (status, err, len(lines)) == (0, "", 20)
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in out
    assert lines[0].startswith("─ loss ─")
    assert re.findall(r"s\d", "".join(lines[-2:])) == [f"s{number}" for number in range(9, 1, -1)]
    assert any(0x2800 < ord(character) < 0x2900 for character in out)


def test_each_metric_is_a_chart_under_the_other(capsys: Captured, sweep: Path) -> None:
    words = ("loss", "acc", "loss", "--width", "50", "--height", "9")
    status, out, _ = _plot(capsys, sweep, *words)
    lines = out.splitlines()
    assert (status, len(lines)) == (0, 18)
    assert (lines[0][:8], lines[9][:7]) == ("─ loss ─", "─ acc ─")
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


def test_log_y_counts_what_it_cannot_show(capsys: Captured, tmp_path: Path) -> None:
    _write(tmp_path / "runs", "a", [{"step": step, "loss": loss} for step, loss in enumerate([10, -1, 1])])
    _, out, _ = _plot(capsys, tmp_path / "runs", "loss", "--log-y")
    assert "1 ≤ 0 hidden, log" in out.splitlines()[0]


def test_time_axes(capsys: Captured, sweep: Path) -> None:
    _, out, _ = _plot(capsys, sweep, "loss", "--x", "relative")
    assert re.search(r"\b20s\b", out)
    _, out, _ = _plot(capsys, sweep, "loss", "--x", "wall")
    assert re.search(r"\d\d:\d\d:\d\d", out)


def test_another_metric_as_x(capsys: Captured, sweep: Path, home: Path) -> None:
    _, out, _ = _plot(capsys, sweep, "loss", "--x", "tokens", "--runs", "s2")
    assert "tokens" in out.splitlines()[-2]
    assert _plot(capsys, sweep, "loss", "--x", "tokens", "--runs", "s2", "-o", "x.csv")[0] == 0
    assert (home / "x.csv").read_text().splitlines()[:2] == ["run,tokens,value,smoothed,attempt", "s2,1000,3,,0"]
    title = _plot(capsys, sweep, "loss", "--x", "tokens", "--runs", "opt=adam")[1].splitlines()[0]
    assert title.endswith(" 2 without tokens")


def test_smoothing_stands_beside_the_values_or_alone(capsys: Captured, sweep: Path, home: Path) -> None:
    words = ("loss", "--runs", "s1", "--smooth", "0.9", "-o", "x.csv")
    assert _plot(capsys, sweep, *words)[0] == _plot(capsys, sweep, *words, "--no-raw")[0] == 0
    both, alone = ((home / name).read_text().splitlines()[3].split(",") for name in ("x.csv", "x-2.csv"))
    assert both[1:3] == ["3", repr(2 / 3)]
    assert alone == [*both[:2], "", *both[3:]]
    assert 2 / 3 < float(both[3]) < 2
    assert "smooth 0.9" in _plot(capsys, sweep, *words[:-2])[1].splitlines()[0]


def test_outliers_are_left_out_of_sight_and_counted(capsys: Captured, tmp_path: Path) -> None:
    lines = [{"step": step, "loss": 1e6 if step == 50 else step % 7} for step in range(100)]
    _write(tmp_path / "runs", "a", lines)
    _, out, _ = _plot(capsys, tmp_path / "runs", "loss", "--outliers")
    assert "1 outlier outside" in out.splitlines()[0]
    assert "1M" not in out
    assert "1M" in _plot(capsys, tmp_path / "runs", "loss")[1]


def test_groups_are_means_with_what_lies_around_them(capsys: Captured, sweep: Path, home: Path) -> None:
    _, out, _ = _plot(capsys, sweep, "loss", "--group", "opt")
    assert out.splitlines()[0].endswith(" mean ± std by opt")
    assert {"adam n=4", "sgd n=6"} <= set(re.findall(r"\w+ n=\d", out))
    assert _plot(capsys, sweep, "loss", "--group", "opt", "--band", "range", "-o", "x.csv")[0] == 0
    lines = (home / "x.csv").read_text().splitlines()
    assert lines[:2] == ["run,step,mean,low,high", "adam n=4,1,2.5,1,4"]
    assert "sgd n=6,1,7.5,5,10" in lines
    assert _plot(capsys, sweep, "loss", "--group", "group")[1].count(" n=10") == 1
    assert "8 of 10 groups" in _plot(capsys, sweep, "loss", "--group", "s")[1].splitlines()[0]
    status, out, err = _plot(capsys, sweep, "loss", "--group", "status")
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_groups_are_of_a_tag_that_has_values_too(capsys: Captured, tmp_path: Path) -> None:
    for name, owner in (("a", "ana"), ("b", "bob"), ("c", "ana")):
        head = {"event": "run", "attributes": {"owner": owner}}
        _write(tmp_path / "runs", name, [head, *({"step": step, "loss": step} for step in range(5))])
    status, out, err = _plot(capsys, tmp_path / "runs", "loss", "--group", "tags.owner")
    assert (status, err) == (0, "")
    assert set(re.findall(r"\w+ n=\d", out)) == {"ana n=2", "bob n=1"}
    assert out == _plot(capsys, tmp_path / "runs", "loss", "--group", "attributes.owner")[1]


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("los",), 3, "no metric 'los'; near: loss"),
        (("zzz",), 3, "no metric 'zzz'; there are acc, loss, tokens"),
        (("loss", "--runs", "nope"), 3, "no run passes 'nope' (10 without --runs)"),
        (("loss", "--x", "stepp"), 2, "--x 'stepp' is neither step, relative, wall nor a metric; near: step"),
        (("loss", "--smooth", "1"), 2, "'1' is no number from 0 to 0.999"),
        (("loss", "--smooth", "nan"), 2, "'nan' is no number from 0 to 0.999"),
        (("loss", "--smooth", "x"), 2, "'x' is no number from 0 to 0.999"),
        (("loss", "--width", "9"), 2, "'9' is no number of columns from 10 to 1000"),
        (("loss", "--height", "9" * 5000), 2, "is no number of rows from 3 to 500"),
        (("loss", "--height", "-1"), 2, "is no number of rows from 3 to 500"),
        (("loss", "--band", "std"), 2, "give --group KEY too"),
        (("loss", "--group", "optt"), 2, "no column 'optt'; near: opt"),
        (("loss", "-o", "x.pdf"), 2, "x.pdf: the ending says what to write: .svg, .png, .csv, .txt"),
        (("loss", "acc", "-o", "x.csv"), 2, "x.csv: a .csv holds one metric"),
        (("loss", "-o", "no/such/x.svg"), 2, "no/such/x.svg cannot be written: No such file or directory"),
        ((), 2, "required: METRIC"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    capsys: Captured, sweep: Path, words: tuple[str, ...], status: int, says: str
) -> None:
    got, out, err = _plot(capsys, sweep, *words)
    assert (got, out, err.count("\n")) == (status, "", 1)
    assert says in err


def test_a_metric_that_none_of_the_runs_asked_for_has(capsys: Captured, sweep: Path) -> None:
    status, out, err = _plot(capsys, sweep, "acc", "--runs", "s1")
    assert (status, out) == (3, "")
    assert err == "labtop: no run of those that pass 's1' has the metric 'acc'\n"


def test_an_empty_directory_says_how_to_make_a_run(capsys: Captured, tmp_path: Path) -> None:
    root = tmp_path / "empty"
    root.mkdir()
    status, out, err = _plot(capsys, root, "loss")
    assert (status, out, err.count("\n")) == (3, "", 1)
    assert "this makes one" in err


def test_sizes_of_all_kinds_are_drawn_whole(capsys: Captured, sweep: Path) -> None:
    for width, height in ((10, 3), (12, 4), (1000, 20)):
        _, out, _ = _plot(capsys, sweep, "loss", "--width", str(width), "--height", str(height))
        lines = out.splitlines()
        assert len(lines) == height
        assert max(map(len, lines)) <= width


def test_hostile_names_do_no_harm(capsys: Captured, tmp_path: Path) -> None:
    root = tmp_path / "odd"
    root.mkdir()
    metric = "loss\x9b1m[/]中" + "x" * 500
    _write(root, "odd", [{"run": "a\x1b[2J", "step": step, metric: step / 7} for step in range(1, 9)])
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


def test_text_is_what_a_pipe_gets(capsys: Captured, sweep: Path, home: Path) -> None:
    words = ("loss", "--width", "60", "--height", "12")
    shown = _plot(capsys, sweep, *words)[1]
    assert _plot(capsys, sweep, *words, "-o", "x.txt")[0] == 0
    assert (home / "x.txt").read_text() == shown


def _on_a_terminal(monkeypatch: pytest.MonkeyPatch, root: Path) -> str:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        assert main(_command(root, "loss", "--width", "30", "--height", "5")) == 0
        shown = os.read(ours, 65536).decode()
    os.close(ours)
    return shown


def test_a_terminal_gets_colours_unless_it_wants_none(monkeypatch: pytest.MonkeyPatch, sweep: Path) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = _on_a_terminal(monkeypatch, sweep)
    assert "\x1b[38;5;" in coloured
    assert not re.search(r"\x1b(?!\[[\d;]*m)", coloured)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in _on_a_terminal(monkeypatch, sweep)


def test_where_nothing_but_ascii_can_be_written_the_plot_is_ascii(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _write(tmp_path / "runs", "中文", _run(0))
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1", errors="strict"))
    assert main(_command(tmp_path / "runs", "loss", "--width", "30", "--height", "8")) == 0
    lines = written.getvalue().decode("ascii").splitlines()
    assert lines[0].startswith("- loss ---")
    assert lines[-1].startswith("o ???? ")


def test_a_pipe_that_is_closed_is_no_error(monkeypatch: pytest.MonkeyPatch, capsys: Captured, sweep: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as unread, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", unread)
        assert main(_command(sweep, "loss")) == 0
    assert capsys.readouterr().err == ""


def test_of_a_long_run_all_that_logarithms_hide_is_counted(capsys: Captured, tmp_path: Path) -> None:
    _write(tmp_path / "long", "run", ({"step": step, "v": step % 7 - 3} for step in range(-2, 7_000)))
    _, out, _ = _plot(capsys, tmp_path / "long", "v", "--log-y", "--log-x", "--width", "60")
    assert "3999 ≤ 0 hidden, 3 at x ≤ 0 hidden, log, log x" in out.splitlines()[0]


def test_over_a_metric_that_falls_the_legend_has_the_newest_values(capsys: Captured, tmp_path: Path) -> None:
    losses = {"good": [3.0, 2.0, 1.0], "lost": [3.0, 2.0, float("nan")]}
    for name, values in losses.items():
        _write(tmp_path / "lr", name, ({"step": at, "lr": 3 - at, "loss": loss} for at, loss in enumerate(values)))
    _, out, _ = _plot(capsys, tmp_path / "lr", "loss", "--x", "lr")
    assert "! 1 not finite" in out.splitlines()[0]
    assert set(re.findall(r"(good|lost) +(\S+)", out)) == {("good", "1"), ("lost", "NaN")}
