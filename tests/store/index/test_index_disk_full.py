"""A disk that fills under the index: a notice, work that goes on in memory, complete answers; never a traceback."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.index.files import default_path

Runs = Callable[[Store], list[tuple[str, float | None]]]
Program = Callable[..., "subprocess.Popen[str]"]
Append = Callable[..., None]

# Writes beyond the limit fail for real, with "File too large" instead of "No space left on device".
LIMITED = """
import json, resource, signal, sys
from pathlib import Path
from labtop.store import Store
from labtop.store.index.files import default_path
from labtop.store.model import TableQuery

root, early, room = Path(sys.argv[1]), sys.argv[2] == "opening", int(sys.argv[3])

def limit(size):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

def tell(store):
    runs = [(run.id, run.step) for run in store.table(TableQuery()).rows]
    counts = [m.count for detail in store.details() for m in detail.metrics.values()]
    print(json.dumps([sorted(runs), sum(counts), store.activity.notices]), flush=True)

if early:
    limit(room)
with Store.open(root) as store:
    store.catch_up()
    tell(store)
    for line in sys.stdin:
        if not early:
            path = default_path(root)
            sizes = [p.stat().st_size for p in (path, path.with_name(path.name + ".wal")) if p.exists()]
            limit(max(sizes) + room)
        store.catch_up()
        tell(store)
"""


def _talk(process: subprocess.Popen[str], line: str = "") -> tuple[list[list[object]], int, list[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    if line:
        process.stdin.write(line)
        process.stdin.flush()
    answer = process.stdout.readline()
    assert answer, process.communicate()[1]
    runs, points, notices = json.loads(answer)
    return runs, points, notices


@pytest.mark.parametrize("room", [0, 5000, 300_000], ids=["none", "a header", "all but the last checkpoint"])
def test_no_room_when_the_index_is_made(room: int, root: Path, program: Program, runs: Runs) -> None:
    process = program(LIMITED, root, "opening", room)
    found, points, notices = _talk(process)
    assert found == [["one", 3.0], ["three", 3.0], ["two", 3.0]]
    assert points == 9
    assert all("memory" in notice for notice in notices)
    assert len(notices) == 1 or room == 300_000
    _, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    with Store.open(root) as store:  # there is room again
        store.catch_up()
        assert runs(store) == [("one", 3.0), ("three", 3.0), ("two", 3.0)]


@pytest.mark.parametrize("room", [0, 200_000])
def test_no_room_while_lines_are_stored(room: int, root: Path, program: Program, append: Append, runs: Runs) -> None:
    process = program(LIMITED, root, "later", room)
    assert _talk(process)[1:] == (9, [])
    append(root, "two", *({"step": step, "loss": step * 0.7, "acc": 1 / step} for step in range(4, 20_000)))
    found, points, notices = _talk(process, "go on\n")
    assert found == [["one", 3.0], ["three", 3.0], ["two", 19_999.0]]
    assert points == 9 + 2 * (20_000 - 4)
    assert len(notices) == 1
    assert "memory" in notices[0]
    append(root, "one", {"step": 4, "loss": 0.25})
    assert _talk(process, "and on\n")[1] == points + 1, "it goes on"
    _, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    with Store.open(root) as store:  # there is room again
        store.catch_up()
        assert runs(store) == [("one", 4.0), ("three", 3.0), ("two", 19_999.0)]
        assert sum(metric.count for detail in store.details() for metric in detail.metrics.values()) == points + 1
        assert store.activity.notices == ()
    assert default_path(root).exists()
