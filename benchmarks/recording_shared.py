"""Several processes that log into one run at the same time: that no line is lost, torn or unread."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from benchmarks.harness import Figure
from benchmarks.place import Place
from benchmarks.processes import started
from labtop.store.store import Store

_WRITER: Final = str(Path(__file__).with_name("recording_writer.py"))
_WRITERS, _LINES = 8, 10_000


def measure(place: Place) -> list[Figure]:
    """Eight processes write 10,000 lines each into one run, at once: every line is there, whole, and read."""
    with place.scratch() as folder:
        root = folder / "runs"
        with ExitStack() as stack:
            words = [sys.executable, "-P", _WRITER, str(root), str(_LINES)]
            writers = [stack.enter_context(started([*words, str(writer)])) for writer in range(_WRITERS)]
            for writer in writers:
                printed = writer.communicate()[0]
                if writer.returncode:
                    raise RuntimeError(f"a writer failed: {printed}")
        found, torn = there(root)
        read = _read(root, folder / "index.duckdb")
    total, name = _WRITERS * _LINES, f"of {_WRITERS} x {_LINES:,} lines of {_WRITERS} processes into one run"
    return [
        Figure(f"lost {name}", total - found, "", 0),
        Figure(f"torn {name}", torn, "", 0),
        Figure(f"not read by the store {name}", total - read, "", 0),
    ]


def there(root: Path) -> tuple[int, int]:
    """How many lines of writers are there, each counted once, and how many lines are no JSON."""
    seen: set[tuple[str, int]] = set()
    torn = 0
    for log in root.rglob("*.jsonl"):
        for text in log.read_bytes().splitlines(keepends=True):
            try:
                line = json.loads(text)
            except ValueError:
                torn += 1
                continue
            torn += not text.endswith(b"\n")
            seen |= {(name, value) for name, value in line.items() if name.startswith("writer")}
    return len(seen), torn


def _read(root: Path, index: Path) -> int:
    """How many values of the writers the store has."""
    with Store.open(root, index=index, poll=True) as store:
        store.catch_up()
        (detail,) = store.details()
        assert store.activity.rejected == 0
    assert detail.run.status == "finished"
    return sum(metric.count for metric in detail.metrics.values())
