"""A file of annotations that grows, is edited, cut or replaced says what one reading of what is left of it says."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from labtop.store.index.files import Index
from labtop.store.ingest.ingest import Ingest
from labtop.store.read.annotation_files import beside

Contents = dict[str, list[tuple[Any, ...]]]
Read = Callable[[Ingest], Contents]
Query = Callable[..., list[tuple[object, ...]]]
START = 1_700_000_000
RUNS = ["a", "b", "runs", "later"]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


class Act(NamedTuple):
    """What happens to the file: `at` is a place in it, from 0 to 1, `size` how many bytes are appended. `seen`: it is
    looked at behind this."""

    kind: str
    size: int = 0
    at: float = 0.0
    seen: bool = True


class Desk:
    """A folder of runs with one file of annotations, of which no two states have the same mtime."""

    def __init__(self, root: Path, index: Index, stream: bytes) -> None:
        self.root, self.index, self._stream = root, index, stream
        self._path = beside(root)
        self._path.parent.mkdir(parents=True)
        self._moment = time.time() - 1e6
        for run in RUNS[:2]:
            self._make_run(run)
        self.ingest = Ingest(root, index)

    def act(self, act: Act) -> None:
        there = self._path.read_bytes() if self._path.exists() else b""
        place = int(act.at * len(there))
        match act.kind:
            case "append":
                self._write(there, act.size)
            case "cut":
                self._write(there[:place], 0)
            case "cut and append":
                self._write(there[:place], act.size)
            case "edit":
                self._write(there[:place] + b"x" + there[place + 1 :], 0)
            case "edit and append":
                self._write(there[:place] + b"x" + there[place + 1 :], act.size)
            case "insert":
                self._write(there[:place] + b"\n" + there[place:], 0)
            case "replace":
                self._path.unlink(missing_ok=True)
                self._write(there, act.size)
            case "remove":
                self._path.unlink(missing_ok=True)
            case "run comes":
                self._make_run("later")
            case "reopen":
                self.ingest = Ingest(self.root, self.index)
        if act.seen:
            self.ingest.catch_up()

    def _write(self, there: bytes, more: int) -> None:
        data, self._stream = there + self._stream[:more], self._stream[more:]
        self._moment += 1
        with self._path.open("r+b" if self._path.exists() else "wb") as file:
            file.write(data)
            file.truncate()
        os.utime(self._path, (self._moment, self._moment))

    def _make_run(self, run: str) -> None:
        (self.root / f"{run}.jsonl").write_text(
            f'{{"step": 1, "loss": 1, "time": {START}}}\n{{"event": "note", "text": "own", "time": {START + 4}}}\n'
        )


EVENTS = st.fixed_dictionaries(
    {"event": st.sampled_from(["note", "tag", "hide", "decision"]), "run": st.sampled_from(RUNS)},
    optional={
        "time": st.integers(START, START + 9),
        "text": st.sampled_from(["odd", "{ü\n"]),
        "add": st.lists(st.sampled_from(["x", "y"]), max_size=2),
        "remove": st.lists(st.sampled_from(["x", "y"]), max_size=1),
        "hidden": st.booleans(),
        "verdict": st.sampled_from(["keep", "stop"]),
    },
)
LINES = st.one_of(
    *[st.builds(lambda event, end: json.dumps(event).encode() + end, EVENTS, st.sampled_from([b"\n", b"\n", b"\r\n"]))]
    * 5,
    st.sampled_from([b"\n", b"nonsense\n", b'{"event": "note", "run": "../a"}\n', b'{"event": "hide", "run": "a"}']),
)
CHANGES = ["cut", "cut and append", "edit", "edit and append", "insert", "replace", "remove", "run comes", "reopen"]
ACTS = st.builds(
    Act,
    st.sampled_from([*("append",) * 8, *CHANGES]),
    st.integers(0, 90) | st.integers(90, 400),
    st.floats(0, 1),
    st.sampled_from([True, True, True, False]),
)


NOTE = b'{"event": "note", "run": "later", "text": "soon"}\n'
HIDE = b'{"event": "hide", "run": "a"}'
WAITS_FOR_ITS_RUN = [Act("append", len(NOTE)), Act("append", len(NOTE)), Act("run comes"), Act("append", len(NOTE))]
WITHOUT_A_NEWLINE = [Act("append", len(HIDE)), Act("append", 1), Act("append", len(NOTE))]
GOES_ON_BEHIND_WHAT_WAS_WHOLE = [Act("append", len(HIDE)), Act("append", len(NOTE))]
SAME_SIZE = [Act("append", 200), Act("edit", at=0.5), Act("append", 100), Act("edit and append", 50, at=0.1)]


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@example(lines=[NOTE] * 3, acts=WAITS_FOR_ITS_RUN)
@example(lines=[HIDE + b"\n", NOTE], acts=WITHOUT_A_NEWLINE)
@example(lines=[HIDE, NOTE], acts=GOES_ON_BEHIND_WHAT_WAS_WHOLE)
@example(lines=[NOTE] * 9, acts=SAME_SIZE)
@given(lines=st.lists(LINES, min_size=3, max_size=30), acts=st.lists(ACTS, min_size=2, max_size=9))
def test_whatever_happens_to_it_is_as_one_reading(
    lines: list[bytes],
    acts: list[Act],
    indexes: tuple[Index, Index],
    contents: Read,
    emptied: Callable[[Index], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    root = tmp_path_factory.mktemp("appended") / "runs"
    for index in indexes:
        emptied(index)
    desk = Desk(root, indexes[0], b"".join(lines))
    for act in acts:
        desk.act(act)
    desk.ingest.catch_up()
    fresh = Ingest(root, indexes[1])
    fresh.catch_up()
    expected, found = contents(fresh), contents(desk.ingest)
    shutil.rmtree(root.parent)
    for table, rows in expected.items():
        assert list(map(repr, found[table])) == list(map(repr, rows)), table
    assert desk.ingest.activity.notices == ()
    assert desk.ingest.activity.rejected == fresh.activity.rejected


def note(run: str, text: str) -> bytes:
    return json.dumps({"event": "note", "run": run, "text": text}).encode() + b"\n"


def test_what_was_read_of_it_is_not_written_again(root: Path, ingest: Ingest, query: Query) -> None:
    path = beside(root)
    path.parent.mkdir()
    (root / "a.jsonl").write_text('{"step": 1, "loss": 1}\n')
    rows = "select line, rowid from annotations order by line"
    path.write_bytes(note("a", "one") + note("later", "two"))
    ingest.catch_up()
    before = query(ingest, rows)
    with path.open("ab") as file:
        file.write(note("a", "three"))
    ingest.catch_up()
    assert query(ingest, rows)[:2] == before
    assert query(ingest, "select notes from annotated") == [("one\nthree",)]


def test_of_one_that_is_too_large_the_beginning_counts(
    root: Path, ingest: Ingest, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labtop.store.ingest.documents.LARGEST", 3 * len(note("a", "1")) + 5)
    path = beside(root)
    path.parent.mkdir()
    (root / "a.jsonl").write_text('{"step": 1, "loss": 1}\n')
    told = "select notes, (select string_agg(line || ' ' || reason, '; ') from rejected) from annotated"
    for text, notes in [("1", "1"), ("2", "1\n2"), ("3", "1\n2\n3"), ("4", "1\n2\n3"), ("5", "1\n2\n3")]:
        with path.open("ab") as file:
            file.write(note("a", text))
        ingest.catch_up()
        left_out = "4 beyond 0 MB: the rest is left out" if text in "45" else None
        assert query(ingest, told) == [(notes, left_out)]
    os.truncate(path, 3 * len(note("a", "1")))
    ingest.catch_up()
    assert query(ingest, told) == [("1\n2\n3", None)]
