import json
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtop.store.read.annotation_lines import Annotations, read_annotations
from labtop.store.read.lines import split

HERE = PurePosixPath()
EVENTS = st.fixed_dictionaries(
    {
        "event": st.sampled_from(["note", "tag", "hide", "decision", "loss"]),
        "run": st.sampled_from(["a", "b/c", "../d"]),
    },
    optional={
        "time": st.sampled_from([1_700_000_000, 1_700_000_009.5, None, "soon"]),
        "text": st.text('a\n"{ü🚀', max_size=5),
    },
)
LINES = st.one_of(EVENTS.map(lambda event: json.dumps(event).encode()), st.binary(max_size=9))


def read(data: bytes) -> Annotations:
    return read_annotations(data, HERE, "runs")


@settings(max_examples=30)
@given(st.lists(LINES, max_size=6), st.sampled_from([b"\n", b"\r\n"]))
def test_what_stands_in_whole_lines_holds_whatever_is_written_behind(lines: list[bytes], end: bytes) -> None:
    data = b"".join(line + end for line in lines)
    whole = read(data)
    assert (whole.used, whole.lines) == (len(data), data.count(b"\n"))
    for size in range(len(data)):
        part, full = read(data[:size]), read(data[: split(data[:size])[1]])
        more = len(part.said) - len(full.said)
        assert part.said[: len(full.said)] == full.said == whole.said[: len(full.said)]
        assert full.rejected == whole.rejected[: len(full.rejected)]
        assert (part.used, part.lines) in ((full.used, full.lines), (size, full.lines + 1))
        assert not more or part.used == size


def test_the_order_in_a_file_is_that_of_its_lines() -> None:
    times = [5, None, 3, 9, 7]
    lines = [{"event": "note", "run": "a", "time": time and 1_700_000_000 + time} for time in times]
    said = read("".join(json.dumps(line) + "\n" for line in lines).encode()).said
    assert [event.latest and event.latest - 1_700_000_000 for event in said] == [5, 5, 5, 9, 9]
    assert [event.time and event.time - 1_700_000_000 for event in said] == times


@pytest.mark.parametrize(
    ("holder", "run", "ids"),
    [
        ("", "a", ["a"]),
        ("", "./a//b/", ["a/b"]),
        ("", "runs", ["runs"]),
        ("", "a\\b", ["a\\b"]),
        ("x/y", "a", ["x/y/a"]),
        ("x/y", "y", ["x/y/y", "x/y"]),
        ("x/logs", "logs", ["x/logs/logs", "x"]),
        ("x", "..", []),
        ("x", "../a", []),
        ("", "/a", []),
        ("", ".", []),
    ],
)
def test_which_run_is_meant(holder: str, run: str, ids: list[str]) -> None:
    line = json.dumps({"event": "note", "run": run}).encode() + b"\n"
    found = read_annotations(line, PurePosixPath(holder), "runs")
    assert ([event.run for event in found.said], len(found.rejected)) == (ids, not ids)
