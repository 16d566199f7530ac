"""Logs that get another name: rotated, packed, linked. Nothing is lost, doubled or taken for new."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from labtop.store.ingest.ingest import Ingest

Rows = list[tuple[Any, ...]]
Query = Callable[..., Rows]
Write = Callable[..., Path]

POINTS = "select step, value from points order by step"
LAST = "select count, first, last, last_step from summaries"


def lines(first: int, last: int) -> Iterable[dict[str, float]]:
    return [{"step": step, "loss": float(step)} for step in range(first, last + 1)]


@pytest.fixture
def log(root: Path, ingest: Ingest, write: Write) -> Path:
    """A log of five lines that was read."""
    path = write(root / "a" / "metrics.jsonl", lines(1, 5))
    ingest.catch_up()
    return path


def test_a_rotated_part_stays_part_of_the_run(log: Path, ingest: Ingest, query: Query, write: Write) -> None:
    log.rename(log.with_name("metrics.jsonl.1"))
    write(log, lines(6, 7))
    ingest.catch_up()
    assert query(ingest, POINTS) == [(step, float(step)) for step in range(1, 8)]
    assert query(ingest, LAST) == [(7, 1.0, 7.0, 7)]
    assert query(ingest, "select id from runs") == [("a",)]


def test_a_rotated_part_is_not_read_again(log: Path, ingest: Ingest, query: Query) -> None:
    (before,) = query(ingest, "select file from files")
    log.rename(log.with_name("metrics.jsonl.1"))
    ingest.catch_up()
    assert query(ingest, "select file, path from files") == [(*before, "a/metrics.jsonl.1")]


def test_what_is_appended_to_a_part_after_its_rotation_is_read(
    log: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    part = log.rename(log.with_name("metrics.jsonl.1"))
    ingest.catch_up()
    write(part, lines(6, 6))
    write(log, lines(7, 7))
    ingest.catch_up()
    assert [step for step, _ in query(ingest, POINTS)] == [1, 2, 3, 4, 5, 6, 7]


def test_a_part_that_is_packed_later_keeps_the_last_value_where_it_is(
    log: Path, ingest: Ingest, query: Query, write: Write
) -> None:
    part = log.rename(log.with_name("metrics.jsonl.1"))
    write(log, lines(6, 6))
    ingest.catch_up()
    then = time.time() - 30
    packed = part.with_name("metrics.jsonl.1.gz")
    packed.write_bytes(gzip.compress(part.read_bytes()))
    os.utime(packed, (then, then))
    part.unlink()
    ingest.catch_up()
    assert query(ingest, LAST) == [(6, 1.0, 6.0, 6)]


def test_a_packed_document_is_read_once(root: Path, ingest: Ingest, query: Query) -> None:
    state = {"global_step": 2, "log_history": [{"loss": 1.5, "step": 1}, {"loss": 0.5, "step": 2}], "max_steps": 2}
    folder = root / "a"
    folder.mkdir()
    (folder / "trainer_state.json.gz").write_bytes(gzip.compress(json.dumps(state, indent=2).encode()))
    ingest.catch_up()
    assert query(ingest, LAST) == [(2, 1.5, 0.5, 2)]
    assert not ingest.has_work


def test_copied_and_truncated(log: Path, ingest: Ingest, query: Query, write: Write) -> None:
    log.with_name("metrics.jsonl.1").write_bytes(log.read_bytes())
    os.truncate(log, 0)
    write(log, lines(6, 7))
    ingest.catch_up()
    assert query(ingest, POINTS) == [(step, float(step)) for step in range(1, 8)]


def test_a_log_under_another_runs_name_is_that_run(root: Path, ingest: Ingest, query: Query, write: Write) -> None:
    path = write(root / "x.jsonl", lines(1, 3))
    ingest.catch_up()
    path.rename(root / "y.jsonl")
    ingest.catch_up()
    assert query(ingest, "select id, step from runs") == [("y", 3)]


@pytest.mark.parametrize("name", ["a.jsonl", "z.jsonl"])
@pytest.mark.parametrize("symbolic", [True, False])
def test_a_path_that_becomes_a_link_is_one_run(
    root: Path, ingest: Ingest, query: Query, write: Write, name: str, symbolic: bool
) -> None:
    path = write(root / "m.jsonl", lines(1, 3))
    ingest.catch_up()
    other = path.rename(root / name)
    (path.symlink_to if symbolic else path.hardlink_to)(other)
    ingest.catch_up()
    ((run, count),) = query(ingest, "select id, count from runs join summaries using (run)")
    assert (run in ("m", name[0]), count) == (True, 3)
