"""What the benchmarks of charts see on a screen, and small runs of those that need no minutes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import charts_leet
from benchmarks.charts_bytes import METRICS, Writers
from benchmarks.charts_frame import frames
from benchmarks.charts_record import Box, Recorder, bursts, recorder_of
from benchmarks.charts_store import grown
from benchmarks.place import Place
from benchmarks.ui import until
from labtop.synthetic.plan import Plan

_SMALL = Plan(runs=2, steps=50, metrics=3)
# Draws two charts below each other; a key changes the lower one.
_CHARTS = """
import sys, tty
tty.setcbreak(0)
print("\\n─ a ────── ─ b ──────\\n  1          2\\n▸ c ──────\\n  3\\n", end="", flush=True)
while (key := sys.stdin.read(1)) != "q":
    if key == "n":
        print("\\x1b[5;3H4", end="", flush=True)
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, tmp_path / "kept")


@pytest.fixture
def drawn(tmp_path: Path) -> Iterator[Recorder]:
    """A program that has drawn three charts."""
    with recorder_of([sys.executable, "-c", _CHARTS], tmp_path, (22, 8)) as recorder:
        until(recorder, lambda: "3" in recorder.text())
        yield recorder


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        ([], []),
        ([1.0], [(1.0, b"0")]),
        ([1.0, 1.01, 1.02], [(1.02, b"012")]),
        ([1.0, 1.5, 1.51], [(1.0, b"0"), (1.51, b"12")]),
    ],
)
def test_bytes_that_come_together_are_one_frame(moments: list[float], expected: list[tuple[float, bytes]]) -> None:
    chunks = [(moment, str(number).encode()) for number, moment in enumerate(moments)]
    assert list(bursts(chunks, 0.02)) == expected


def test_charts_are_found_by_their_titles(drawn: Recorder) -> None:
    assert drawn.boxes("abc") == [Box(0, 1, 11, 2), Box(11, 1, 11, 2), Box(0, 3, 11, 2)]
    assert drawn.boxes("x") == []


def test_a_key_is_seen_to_change_one_chart_only(drawn: Recorder) -> None:
    upper, other, lower = drawn.boxes("abc")
    effect = drawn.press("n", [lower, upper, other], 1, 2.0, quiet_s=0.2)
    assert list(effect.first) == [lower]
    assert 0 < effect.first[lower] == effect.last[lower] < 2
    assert effect.begin < effect.end


def test_runs_that_grow_have_a_past_and_all_metrics(tmp_path: Path) -> None:
    writers = Writers(tmp_path / "runs", 2, rate=200, logged_s=0.5)
    logs = sorted((tmp_path / "runs").iterdir())
    writers.start()
    while any(log.read_text().count("\n") < 105 for log in logs):
        pass
    writers.stop()
    for log in logs:
        rows = [json.loads(line) for line in log.read_text().splitlines()]
        assert [row["step"] for row in rows] == list(range(len(rows)))
        assert all(set(row) == {"step", "time", *METRICS} for row in rows)
        times = [row["time"] for row in rows]
        assert times == sorted(times)


def test_frames_of_the_real_program_are_measured(place: Place) -> None:
    told = frames(place, Plan(runs=1, steps=50, metrics=3), (1, 3), (120, 30), 3)
    assert told["charts"] == [3]
    assert all(len(told[name]) == 3 for name in ("unchanged", "one", "all", "whole", "bytes"))
    assert min(told["bytes"]) > 120 * 30 / 2
    assert all(taken > 0 for name in ("unchanged", "one", "all", "whole") for taken in told[name])


def test_curves_that_grow_are_asked_for_again(place: Place) -> None:
    figures = grown(place, _SMALL, 2)
    assert [figure.name for figure in figures] == [
        "curves of 2 runs x 50 points, 2 grown",
        "curves of 2 runs x 50 points, none grown",
    ]
    assert all(figure.value > 0 and figure.ratio is not None for figure in figures)


def test_without_the_other_program_there_is_no_comparison(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LABTOP_LEET", raising=False)
    monkeypatch.setenv("PATH", str(place.folder))
    assert charts_leet.measure(place) == []
    assert "not installed" in capsys.readouterr().err
