"""A slice is stored while the next is read: what goes wrong with it, or ends it, loses nothing, doubles nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labtop.store.index.files import Index, open_index
from labtop.store.ingest.ingest import Ingest
from labtop.synthetic.plan import Plan
from labtop.synthetic.write import write as write_synthetic

Rows = list[tuple[Any, ...]]
Contents = Callable[[Ingest | Index], dict[str, Rows]]
Query = Callable[[Ingest, str], Rows]
Write = Callable[..., Path]

# Slices so small that many are stored while others are read, as with gigabytes of logs.
SMALL = {
    "labtop.store.ingest.tail.STRETCH": 2048,
    "labtop.store.ingest.reading._SLICE_S": 0.0005,
    "labtop.store.ingest.reading._BACKLOG_SLICE_S": 0.0005,
}
READ_SLICE_BY_SLICE = """
import resource, signal, sys
from pathlib import Path
from labtop.store.index.files import open_index
from labtop.store.ingest import ingest, reading, tail

tail.STRETCH, reading._SLICE_S, reading._BACKLOG_SLICE_S = 2048, 0.0005, 0.0005
root, path, room = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
index = open_index(root, path)
if room:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
watched = ingest.Ingest(root, index)
watched.look()
print("begun", flush=True)
while watched.slice():
    print("slice", flush=True)
    sys.stdin.readline()
with watched.index.cursor() as cursor:
    print(cursor.execute("select count(*), count(distinct (run, metric, line)) from points").fetchone())
print(watched.activity.notices, flush=True)
watched.close()
"""


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SMALL.items():
        monkeypatch.setattr(name, value)


@pytest.fixture
def backlog(root: Path) -> Path:
    """Twelve runs of 600 steps with three metrics."""
    for _ in write_synthetic(root, Plan(runs=12, steps=600, metrics=3)):
        pass
    return root


@pytest.fixture
def uninterrupted(backlog: Path, contents: Contents) -> Iterator[dict[str, Rows]]:
    """What one reading of the backlog gives."""
    index = Index.in_memory()
    ingest = Ingest(backlog, index)
    ingest.catch_up()
    yield contents(ingest)
    index.close()


def _same(found: dict[str, Rows], expected: dict[str, Rows]) -> None:
    for table, rows in expected.items():
        assert list(map(repr, found[table])) == list(map(repr, rows)), table


def _python(*arguments: object) -> list[str]:
    return [sys.executable, "-W", "error", "-c", READ_SLICE_BY_SLICE, *map(str, arguments)]


@pytest.mark.parametrize("seed", range(2))
def test_a_reader_killed_again_and_again_ends_with_the_rows_of_one_that_never_was(
    seed: int, backlog: Path, uninterrupted: dict[str, Rows], contents: Contents, tmp_path: Path
) -> None:
    path = tmp_path / "index.duckdb"
    after = random.Random(seed)
    for _ in range(3):
        with subprocess.Popen(
            _python(backlog, path, 0), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as reader:
            assert reader.stdin is not None
            assert reader.stdout is not None
            assert reader.stdout.readline() == "begun\n"
            for _ in range(after.randint(3, 7)):
                assert reader.stdout.readline() == "slice\n"
                reader.stdin.write("go on\n")
                reader.stdin.flush()
            reader.send_signal(signal.SIGKILL)
        assert reader.returncode == -signal.SIGKILL
    ingest = Ingest(backlog, open_index(backlog, path))
    assert ingest.activity.lines < 12 * 600, "it was killed in the middle"
    ingest.catch_up()
    _same(contents(ingest), uninterrupted)
    ingest.close()


@pytest.mark.parametrize("room", [30_000, 500_000])
def test_a_disk_that_fills_while_slices_are_under_way_costs_the_index_not_the_answers(
    room: int, backlog: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        _python(backlog, tmp_path / "index.duckdb", room), input="", capture_output=True, text=True, timeout=100
    )
    assert (done.returncode, done.stderr) == (0, "")
    counted, notices = done.stdout.splitlines()[-2:]
    assert counted == str((12 * 600 * 3, 12 * 600 * 3))
    assert "working from memory" in notices


@pytest.fixture
def picky() -> Iterator[Index]:
    """An index that takes no event but those whose text is a number."""
    index = Index.in_memory()
    with index.cursor() as cursor:
        cursor.execute("alter table events alter text type integer")
    yield index
    index.close()


@pytest.mark.usefixtures("small_slices")
@pytest.mark.parametrize("place", ["first", "last"])
def test_a_file_that_cannot_be_stored_takes_no_other_with_it(
    place: str,
    backlog: Path,
    uninterrupted: dict[str, Rows],
    contents: Contents,
    picky: Index,
    query: Query,
    write: Write,
) -> None:
    lines: list[object] = [{"run": "bad", "step": step, "loss": 1.0, "time": 1.7e9 + step} for step in range(400)]
    event = {"run": "bad", "event": "log", "text": "no number"}
    log = write(backlog / "bad.jsonl", [*lines[:200], event, *lines[200:]])
    os.utime(log, (1.6e9, 1.6e9) if place == "last" else None)
    ingest = Ingest(backlog, picky)
    ingest.catch_up()
    (notice,) = ingest.activity.notices
    assert notice.startswith("bad.jsonl could not be read: ")
    others = {table: [row for row in rows if "bad" not in row[0]] for table, rows in contents(ingest).items()}
    _same(others, uninterrupted)
    lines_of_it = "select count(*), count(distinct line) from points natural join identities where id = 'bad'"
    ((points, different),) = query(ingest, lines_of_it)
    assert points == different < 200, "what could be stored of it is there once"
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    ingest.catch_up()
    assert query(ingest, "select count(*) from points natural join identities where id = 'bad'") == [(400,)]


@pytest.mark.usefixtures("small_slices")
def test_a_file_that_cannot_be_stored_is_read_on_when_it_can(
    backlog: Path, picky: Index, query: Query, write: Write
) -> None:
    write(backlog / "bad.jsonl", [{"step": 1, "loss": 1}, {"event": "log", "text": "no number"}])
    ingest = Ingest(backlog, picky)
    ingest.catch_up()
    assert query(ingest, "select count(*) from files where path = 'bad.jsonl'") == [(0,)]
    with picky.cursor() as cursor:
        cursor.execute("delete from events")
        cursor.execute("alter table events alter text type varchar")
    write(backlog / "bad.jsonl", [{"step": 2, "loss": 2}])
    ingest.catch_up()
    assert query(ingest, "select step, value from points natural join identities where id = 'bad'") == [(1, 1), (2, 2)]
    assert query(ingest, "select text from events natural join identities where id = 'bad'") == [("no number",)]
