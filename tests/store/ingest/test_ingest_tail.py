"""The end of a file: half lines, odd bytes, and files that are truncated, rewritten, replaced, removed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labtop.store.index.files import Index
from labtop.store.ingest.ingest import Ingest

Rows = list[tuple[Any, ...]]
Query = Callable[[Ingest, str], Rows]
Write = Callable[..., Path]

POINTS = "select step, value from points order by line, metric"
COUNTED = "select (select count(*) from points), (select sum(count) from summaries), (select sum(lines) from files)"
LATER = '{"step": 2, "loss": 0.25}'


@pytest.fixture
def log(root: Path, write: Write) -> Path:
    """A log with one line."""
    return write(root / "a" / "metrics.jsonl", [{"step": 1, "loss": 0.5}])


def _age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def _points(ingest: Ingest, query: Query) -> Rows:
    ingest.catch_up()
    return query(ingest, POINTS)


def test_a_half_line_is_held_back_while_its_file_is_written(
    log: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    write(log, [LATER[:12]])
    assert _points(ingest, query) == [(1, 0.5)]
    write(log, [LATER[12:]])
    assert _points(ingest, query) == [(1, 0.5)]
    write(log, ["\n"])
    assert _points(ingest, query) == [(1, 0.5), (2, 0.25)]


def test_a_last_line_without_newline_is_taken_when_the_file_is_quiet(
    log: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    write(log, [LATER])
    assert _points(ingest, query) == [(1, 0.5)]
    _age(log, 60)
    assert _points(ingest, query) == [(1, 0.5), (2, 0.25)]
    write(log, ["\n", {"step": 3, "loss": 0.125}])
    assert _points(ingest, query) == [(1, 0.5), (2, 0.25), (3, 0.125)]
    assert query(ingest, COUNTED) == [(3, 3, 3)]


def test_a_last_line_that_was_taken_too_early_is_read_again_whole(
    log: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    write(log, [LATER], quiet=True)
    assert len(_points(ingest, query)) == 2
    write(log, [" junk\n"])
    assert _points(ingest, query) == [(1, 0.5), (2, 0.25)]
    assert query(ingest, "select line, position from rejected") == [(2, len('{"step": 1, "loss": 0.5}\n'))]
    assert ingest.activity.rejected == 1
    assert query(ingest, COUNTED) == [(2, 2, 2)]


def test_the_only_line_without_newline_is_taken_without_further_growth(
    root: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    log = write(root / "wandb-summary.json", [LATER])
    assert _points(ingest, query) == []
    differs = ingest.tracked["wandb-summary.json"].differs(log.stat())
    assert differs, "it is looked at again, though it does not change"
    _age(log, 60)
    assert _points(ingest, query) == [(2, 0.25)]


def test_a_half_line_that_nobody_completes_is_not_looked_at_for_ever(
    log: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    write(log, [LATER[:9]], quiet=True)
    assert _points(ingest, query) == [(1, 0.5)]
    assert not ingest.tracked["a/metrics.jsonl"].differs(log.stat())


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([b'{"step": 2, "loss": 1}\r\n'], [(2, 1)], id="CRLF"),
        pytest.param([b'\xef\xbb\xbf{"step": 2, "loss": 1}\n'], [(2, 1)], id="BOM"),
        pytest.param([b"\n", b"  \n", b"\r\n", LATER + "\n"], [(2, 0.25)], id="blank lines"),
        pytest.param([b"\0" * 512 + b'{"step": 2, "loss": 1}\n'], [(2, 1)], id="NUL block"),
        pytest.param([b'{"step": 2, "loss": 1, "note": "\xff\xfe"}\n'], [(2, 1)], id="invalid UTF-8"),
        pytest.param([b"{}\n", LATER + "\n"], [(2, 0.25)], id="empty objects"),
        pytest.param([b'{"step": 2, "loss": 1}{"step": 3, "loss": 2}\n'], [(2, 1), (3, 2)], id="glued"),
        pytest.param([b'{"step": 2, "loss": 1, "loss": 3}\n'], [(2, 3)], id="duplicate keys"),
        pytest.param([{"step": 2, "loss": 1, "text": "x" * 500_000}], [(2, 1)], id="long line"),
        pytest.param([b'{"step": 2, "loss": 1, "note": "\\ud800"}\n'], [(2, 1)], id="lone surrogate"),
        pytest.param([b'{"step": 2, "loss": 100000000000000000000}\n'], [(2, 1e20)], id="wide integer"),
        pytest.param([b'{"step": 2, "loss": 1e400}\n'], [(2, float("inf"))], id="1e400"),
    ],
)
def test_odd_bytes_are_survived(
    lines: list[object], expected: Rows, log: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    write(log, lines)
    assert _points(ingest, query) == [(1, 0.5), *expected]
    assert query(ingest, "select position from files") == [(log.stat().st_size,)]
    assert query(ingest, "from rejected") == []
    assert query(ingest, "select events + skipped = lines from files") == [(True,)]


def test_nan_is_a_value_and_counted(log: Path, ingest: Ingest, query: Query, write: Write) -> None:
    write(log, ['{"step": 2, "loss": NaN}\n', '{"step": 3, "loss": "nan"}\n', '{"step": 4, "loss": null}\n'])
    ingest.catch_up()
    assert query(ingest, "select count(*), count(*) filter (isnan(value)) from points") == [(3, 2)]
    assert query(ingest, "select count, nan, min, max, last_step from summaries") == [(3, 2, 0.5, 0.5, 3)]


def test_what_cannot_be_read_is_rejected_with_its_place_and_stops_nothing(
    log: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    write(log, ["no json\n", b"\xff\xff\n", "[1]\n", '{"half":\n', LATER + "\n"])
    assert _points(ingest, query) == [(1, 0.5), (2, 0.25)]
    assert [row[:2] for row in query(ingest, "select line, position from rejected order by line")] == [
        (2, 25),
        (3, 33),
        (4, 36),
        (5, 40),
    ]
    assert ingest.activity.rejected == 4


def test_an_empty_file_is_no_run_and_becomes_one_when_it_grows(
    root: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    log = write(root / "b" / "metrics.jsonl", [])
    assert _points(ingest, query) == []
    write(log, [LATER + "\n"])
    assert _points(ingest, query) == [(2, 0.25)]


def test_a_deep_object_stops_nothing(log: Path, ingest: Ingest, query: Query, write: Write, index: Index) -> None:
    deep = "[" * 900 + "]" * 900
    write(
        log,
        [
            f'{{"event": "run", "git": {deep}, "params": {{"a": {deep}}}, "attributes": {{"ok": 1}}}}\n',
            f'{{"step": 2, "loss": 1, "config": {{"a": {deep}, "b": 2}}}}\n',
            f'{{"event": "note", "text": {deep}}}\n',
        ],
    )
    assert _points(ingest, query) == [(1, 0.5), (2, 1)]
    again = Ingest(ingest.root, index)
    write(log, [{"step": 3, "loss": 1}])
    assert len(_points(again, query)) == 3
    assert again.activity.notices == ()


# What happens to a file as a whole: afterwards the rows are those of its present bytes, each once.

OTHER = [{"step": step, "loss": step / 8} for step in range(5, 9)]


def _text(objects: list[dict[str, float]]) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


def _truncate_and_write(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(_text(OTHER))


def _replace(path: Path) -> None:
    other = path.with_suffix(".tmp")
    other.write_text(_text(OTHER), encoding="utf-8")
    other.replace(path)


def _remove_and_create(path: Path) -> None:
    path.unlink()
    path.write_text(_text(OTHER), encoding="utf-8")


@pytest.mark.parametrize("lines", [2, 4, 40], ids=["smaller", "same size", "larger"])
@pytest.mark.parametrize("change", [_truncate_and_write, _replace, _remove_and_create])
def test_a_file_whose_content_is_exchanged_is_read_anew(
    change: Callable[[Path], None], lines: int, root: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    log = write(root / "a" / "metrics.jsonl", [{"step": step, "loss": step / 4} for step in range(1, lines + 1)])
    assert len(_points(ingest, query)) == lines
    change(log)
    assert _points(ingest, query) == [(line["step"], line["loss"]) for line in OTHER]
    assert query(ingest, COUNTED) == [(4, 4, 4)]
    assert query(ingest, "select min, max, last from summaries") == [(0.625, 1.0, 1.0)]


def test_a_log_that_keeps_its_beginning_but_not_its_end_is_read_anew(
    root: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    log = write(root / "a" / "metrics.jsonl", [{"step": step, "loss": 1} for step in range(200)])
    assert len(_points(ingest, query)) == 200
    kept = log.read_bytes().splitlines(keepends=True)[:150]
    log.write_bytes(b"".join(kept) + _text([{"step": 150 + at, "loss": 2} for at in range(80)]).encode())
    assert _points(ingest, query)[149:152] == [(149, 1), (150, 2), (151, 2)]
    assert query(ingest, COUNTED) == [(230, 230, 230)]


def test_a_truncated_file_gives_nothing_until_it_is_written_again(
    log: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    assert len(_points(ingest, query)) == 1
    os.truncate(log, 0)
    assert _points(ingest, query) == []
    assert query(ingest, "from shares") == query(ingest, "from summaries") == []
    write(log, [LATER + "\n"])
    assert _points(ingest, query) == [(2, 0.25)]


def test_a_removed_file_is_forgotten_and_comes_back_with_its_number(
    log: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    assert len(_points(ingest, query)) == 1
    log.unlink()
    assert _points(ingest, query) == []
    assert query(ingest, "from files") == query(ingest, "from summaries") == query(ingest, "select run from runs") == []
    write(log, [LATER + "\n"])
    assert _points(ingest, query) == [(2, 0.25)]
    assert query(ingest, "select run, id from runs") == [(0, "a")]


def test_a_log_that_becomes_something_else_is_no_run_any_more(log: Path, ingest: Ingest, query: Query) -> None:
    assert len(_points(ingest, query)) == 1
    log.write_text("this is a diary, and longer than the line that was here before\n")
    assert _points(ingest, query) == []
    assert query(ingest, "select run from runs") == []


def test_two_files_of_a_run_are_one_run_and_forgotten_one_by_one(
    root: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    write(root / "a" / "training.jsonl", [{"step": 1, "loss": 3.0, "time": 1_700_000_000}])
    other = write(root / "a" / "validation.jsonl", [{"step": 9, "loss": 1.0, "time": 1_700_000_050}])
    ingest.catch_up()
    summary = "select count, first, last, last_step, min, max from summaries"
    assert query(ingest, summary) == [(2, 3.0, 1.0, 9, 1.0, 3.0)]
    other.unlink()
    ingest.catch_up()
    assert query(ingest, summary) == [(1, 3.0, 3.0, 1, 3.0, 3.0)]


def test_the_first_and_last_value_of_a_run_do_not_depend_on_which_file_came_first(
    root: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    late = write(root / "a" / "training.jsonl", [{"step": 5, "loss": 5.0, "time": 1_700_000_500}])
    ingest.catch_up()
    write(root / "a" / "validation.jsonl", [{"step": 1, "loss": 1.0, "time": 1_700_000_100}])
    ingest.catch_up()
    write(late, [{"step": 6, "loss": 6.0, "time": 1_700_000_050}])  # the clock jumped back
    ingest.catch_up()
    assert query(ingest, "select first, last, last_step from summaries") == [(1.0, 1.0, 1)]


def test_a_resume_of_one_file_takes_nothing_from_another(
    root: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    write(root / "a" / "events-host-1.jsonl", [{"step": step, "loss": 1.0} for step in (1, 2, 3)])
    write(root / "a" / "events-host-2.jsonl", [{"step": step, "loss": 2.0} for step in (1, 2, 3, 2, 3)])
    ingest.catch_up()
    assert query(ingest, "select count, min, max from summaries") == [(6, 1.0, 2.0)]


def test_what_a_resume_writes_again_counts_once(root: Path, ingest: Ingest, query: Query, write: Write) -> None:
    log = write(root / "a" / "metrics.jsonl", [{"step": step, "loss": 9.0} for step in (1, 2, 3, 4)])
    ingest.catch_up()
    write(log, [{"step": 3, "loss": 1.0}])
    ingest.catch_up()
    assert query(ingest, "select count, last, max_step, total from summaries") == [(4, 1.0, 1, 28.0)]
    write(log, [{"step": step, "loss": 2.0} for step in (4, 5)])
    ingest.catch_up()
    assert query(ingest, "select count, last, min, total from summaries") == [(5, 2.0, 1.0, 23.0)]


def test_only_what_may_be_a_log_or_a_folder_calls_for_a_walk(
    root: Path, log: Path, ingest: Ingest, write: Write
) -> None:
    (root / "gone.v1").mkdir()
    ingest.catch_up()
    (root / "gone.v1").rmdir()
    (root / "run.v2").mkdir()
    checkpoint = write(root / "a" / "model.pt", ["weights"])
    assert not ingest.touched([str(checkpoint), str(log), str(root / "brief.v1"), str(root / ".git" / "a.jsonl")])
    for name in ("run.v2", "a/new.jsonl", "a/config.yaml", "gone.v1"):
        assert ingest.touched([str(root / name)]), name


def test_a_file_that_cannot_be_read_stops_no_other(root: Path, ingest: Ingest, query: Query, write: Write) -> None:
    write(root / "b" / "metrics.jsonl", [LATER + "\n"])
    (root / "loop.jsonl").symlink_to(root / "loop.jsonl")
    (root / "gone.jsonl").symlink_to(root / "nowhere")
    os.mkfifo(root / "pipe.jsonl")
    assert _points(ingest, query) == [(2, 0.25)]


def test_a_name_that_is_no_utf8_is_a_run_like_any_other(root: Path, ingest: Ingest, query: Query, index: Index) -> None:
    name = os.fsdecode(b"caf\xe9.jsonl")
    (root / name).write_text(LATER + "\n")
    assert _points(ingest, query) == [(2, 0.25)]
    assert len(query(ingest, "select id from runs")) == 1
    again = Ingest(root, index)
    with (root / name).open("a") as file:
        file.write('{"step": 3, "loss": 0.125}\n')
    assert _points(again, query) == [(2, 0.25), (3, 0.125)]
    assert query(again, "select count(*) from files") == [(1,)]


def test_the_longest_silence_between_lines_does_not_depend_on_the_moment_of_reading(
    root: Path, index: Index, query: Query, write: Write
) -> None:
    seconds = [0, 10, 45, 50, 5, 20]  # a restart in between
    log = root / "a" / "metrics.jsonl"
    ingest = Ingest(root, index)
    for elapsed in seconds:
        write(log, [{"step": elapsed, "loss": 1, "elapsed": elapsed}])
        ingest.catch_up()
    assert query(ingest, "select gap_s from shares") == [(35,)]


def test_lines_read_again_of_a_log_without_a_clock_do_not_all_move_to_now(
    root: Path, index: Index, query: Query, write: Write
) -> None:
    log = write(root / "a" / "metrics.jsonl", [{"step": step, "loss": 1} for step in (10, 5, 11, 6)])
    _age(log, 1000)
    ingest = Ingest(root, index)
    ingest.catch_up()
    before = query(ingest, "select min(time) from points")
    write(log, [{"step": step, "loss": 1} for step in (12, 7)])  # two writers: the whole file is placed anew
    ingest.catch_up()
    assert query(ingest, "select count(*), max(attempt) from points") == [(6, 0)]
    (span,) = query(ingest, "select max(time) - min(time), min(time) from points")
    assert span[0] > 800
    assert span[1] == pytest.approx(before[0][0], abs=200)
    assert query(ingest, "select grown from shares") == [(True,)]


def test_an_old_file_that_is_read_twice_at_once_is_still_old(root: Path, ingest: Ingest, query: Query) -> None:
    log = root / "a" / "metrics.jsonl"
    log.parent.mkdir()
    log.write_text("".join(json.dumps({"step": step, "loss": 1}) + "\n" for step in (10, 5, 11, 6, 12, 7)))
    _age(log, 5000)
    ingest.catch_up()
    assert query(ingest, "select grown, heard from shares") == [(False, log.stat().st_mtime)]
    assert query(ingest, "select status from runs") == [("ended",)]
