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


@settings(max_examples=30)
@given(st.lists(LINES, max_size=6), st.integers(0, 6))
def test_lines_read_on_are_as_if_read_at_once(lines: list[bytes], before: int) -> None:
    data = b"".join(line + b"\n" for line in lines)
    whole = read(data)
    first = read(b"".join(line + b"\n" for line in lines[:before]))
    rest = read_annotations(data[first.used :], HERE, "runs", lines_before=first.lines, position=first.used)
    assert (first.said + rest.said, first.rejected + rest.rejected) == (whole.said, whole.rejected)
    for name in ("used", "lines", "events", "skipped"):
        assert getattr(first, name) + getattr(rest, name) == getattr(whole, name)


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
