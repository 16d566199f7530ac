"""What the benchmarks of the table see on a screen, and the runs that they make."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.charts_record import Recorder, recorder_of
from benchmarks.place import Place
from benchmarks.table_data import METRICS, SORTED_BY, TablePlan
from benchmarks.table_screen import SIZE, Sight, hold, press, seen
from benchmarks.ui import until
from labtop.store import Store
from labtop.store.model import Column, SortKey, TableQuery

_SMALL = TablePlan(7, 2)
_LINES = range(2, 5)
_ORDER = [f"run-{number:05}" for number in range(9)]
# Shows three of nine runs. j moves the cursor down, but for a moment the lines are empty; f filters, late.
_TABLE = """
import sys, time, tty
tty.setcbreak(0)
at, count = 0, "9 runs"
def draw(names):
    lines = [f" somewhere  {count}  watching", "    name", *names]
    print("\\x1b[H" + "\\n".join(line.ljust(60) for line in lines), end="", flush=True)
def rows(words):
    return [f"{'› '[at != each]} ● {words % each}│ finished" for each in range(min(at, 6), min(at, 6) + 3)]
draw(rows("run-%05d"))
while (key := sys.stdin.read(1)) != "q":
    if key == "j":
        at = min(at + 1, 8)
        draw(rows("… %d"))
        time.sleep(0.02)
    elif key == "f":
        draw(rows("run-%05d"))
        time.sleep(0.05)
        count = "3 of 9 runs"
    draw(rows("run-%05d"))
"""


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Recorder]:
    """A program that has drawn a table."""
    with recorder_of([sys.executable, "-c", _TABLE], tmp_path, SIZE) as recorder:
        until(recorder, lambda: "00002" in recorder.text())
        yield recorder


def test_runs_are_always_the_same_and_have_all_their_columns(tmp_path: Path) -> None:
    for name in ("first", "second"):
        _SMALL.write(tmp_path / name)
    logs = sorted((tmp_path / "first").glob("*.jsonl"))
    assert [log.read_bytes() for log in logs] == [
        log.read_bytes() for log in sorted((tmp_path / "second").glob("*.jsonl"))
    ]
    lines = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
    assert {line["run"] for line in lines} == {run.name for run in _SMALL.all()}
    assert all(len(run.params) == 20 and len(run.results) == len(METRICS) == 10 for run in _SMALL.all())


def test_the_order_is_that_of_the_table(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path / "kept")
    directory, index = _SMALL.warm(place)
    columns = tuple(Column("metric", name) for name in METRICS)
    query = TableQuery(columns, (SortKey(Column("metric", SORTED_BY)),))
    with Store.open(directory, index=index) as store:
        runs = store.table(query).runs
    assert [run.name for run in runs] == _SMALL.ordered()
    results = {run.name: tuple(run.results.values()) for run in _SMALL.all()}
    assert {run.name: run.cells for run in runs} == results


def test_names_cursor_and_count_are_seen(shown: Recorder) -> None:
    assert seen(shown, _LINES) == Sight(tuple(_ORDER[:3]), _ORDER[0], "9 runs")


def test_a_key_has_taken_until_names_and_count_stay(shown: Recorder) -> None:
    repaint = press(shown, "f", lambda _: True, 0.2, _LINES)
    assert (repaint.before.count, repaint.after.count) == ("9 runs", "3 of 9 runs")
    assert 50 <= repaint.taken_ms < 1000


def test_a_held_key_has_taken_until_the_cursor_is_there_and_no_line_is_empty(shown: Recorder) -> None:
    taken = hold(shown, "j", 5, 0.04, 1, _ORDER, _LINES)
    assert len(taken) == 5
    assert all(20 <= each < 1000 for each in taken)


@pytest.mark.parametrize(
    ("names", "cursor", "whole"),
    [
        (_ORDER[3:6], _ORDER[4], True),
        (_ORDER[3:6], "", False),
        ([_ORDER[3], "", _ORDER[5]], _ORDER[3], False),
        ([_ORDER[3], _ORDER[5], _ORDER[6]], _ORDER[3], False),
        (["", *_ORDER[3:5]], _ORDER[3], False),
    ],
)
def test_a_part_of_the_order_has_no_gap(names: list[str], cursor: str, whole: bool) -> None:
    places = {name: place for place, name in enumerate(_ORDER)}
    assert Sight(tuple(names), cursor, "9 runs").is_part_of(_ORDER, places) == whole
