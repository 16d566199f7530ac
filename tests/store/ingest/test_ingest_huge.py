"""Numbers near the end of what floats hold: read without a warning, and the same in pieces and whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labtop.store.index.files import Index
from labtop.store.ingest.ingest import Ingest

Write = Callable[..., Path]
Query = Callable[..., list[tuple[Any, ...]]]
Contents = Callable[[Ingest], dict[str, list[tuple[Any, ...]]]]

HUGE = 1.7e308
START = 1_700_000_000.0
LOGS: dict[str, list[dict[str, float]]] = {
    "values of both signs": [{"step": at, "loss": HUGE if at < 5 else -HUGE} for at in range(10)],
    "a sum that is too large": [{"step": at, "loss": HUGE if at % 9 else 1.0} for at in range(30)],
    "values that a resume replaces": [{"step": at % 20, "loss": HUGE if at < 30 else -HUGE} for at in range(40)],
    "durations": [{"step": at, "elapsed": HUGE if at % 2 else at, "loss": 1.0} for at in range(40)],
    "durations, all of them": [{"step": at, "elapsed": HUGE * (at > 20), "loss": 1.0} for at in range(40)],
    "steps": [{"step": -HUGE if at < 20 else HUGE, "loss": 1.0} for at in range(40)],
}


@pytest.mark.parametrize("name", LOGS)
def test_huge_numbers_are_read_the_same_in_pieces_and_whole(
    name: str, tmp_path: Path, index: Index, emptied: Callable[[Index], None], contents: Contents, write: Write
) -> None:
    log = [{"time": START + at, **line} for at, line in enumerate(LOGS[name])]
    found = []
    for pieces in (1, 3, len(log)):
        emptied(index)
        root = tmp_path / f"{pieces} pieces"
        each = -(-len(log) // pieces)
        for begin in range(0, len(log), each):
            write(root / "a.jsonl", log[begin : begin + each])
            ingest = Ingest(root, index)
            ingest.catch_up()
        assert (ingest.activity.lines, ingest.activity.notices) == (len(log), ())
        found.append({table: list(map(repr, rows)) for table, rows in contents(ingest).items()})
    assert found[0] == found[1] == found[2]


def test_durations_that_are_too_long_without_a_clock(root: Path, ingest: Ingest, write: Write) -> None:
    write(root / "a.jsonl", LOGS["durations"], quiet=True)
    ingest.catch_up()
    assert (ingest.activity.lines, ingest.activity.notices) == (40, ())


def test_a_mean_that_cannot_be_told(root: Path, ingest: Ingest, query: Query, write: Write) -> None:
    write(root / "one.jsonl", [{"step": 1, "loss": HUGE}])
    write(root / "two.jsonl", [{"step": 1, "loss": HUGE}, {"step": 2, "loss": -HUGE}])
    write(root / "wide.jsonl", [{"step": 1, "loss": 8e307}, {"step": 2, "loss": -6e307}])
    ingest.catch_up()
    means = query(ingest, "select id, mean, max from metrics join identities using (run) order by id")
    assert means == [("one", HUGE, HUGE), ("two", None, HUGE), ("wide", pytest.approx(1e307), 8e307)]
