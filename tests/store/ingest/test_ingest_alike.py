"""Thousands of lines alike, parsed at one go, give what they give one by one; one odd line among them is seen."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np
import pytest

from labtop.store.ingest.json_numbers import JsonNumbers
from labtop.store.read.alike import ends_of
from labtop.store.read.batch import Batch, Table
from labtop.store.read.reader import Reader
from labtop.store.read.times import Arrival, fill_times

LINES = 6000


@pytest.fixture(scope="module")
def numbers() -> Iterator[JsonNumbers]:
    numbers = JsonNumbers()
    yield numbers
    numbers.close()


def logged(lines: int = LINES, more: dict[str, float] | None = None) -> list[bytes]:
    noise = np.random.default_rng(5).standard_normal(lines).tolist()
    line = {"time": 1.79e9, **(more or {})}
    return [
        json.dumps({"step": at, "loss": noise[at], **line, "val/acc": noise[-at] / 3}).encode() for at in range(lines)
    ]


def reader(numbers: JsonNumbers | None, path: str = "a/log.jsonl") -> Reader:
    known: dict[str, int] = {}
    return Reader(PurePosixPath(path), "root", lambda name: known.setdefault(name, len(known)), numbers=numbers)


def at_one_go(numbers: JsonNumbers, lines: list[bytes]) -> Batch | None:
    return reader(numbers).read_alike(b"".join(line + b"\n" for line in lines), 1)


def told(batch: Batch) -> dict[object, object]:
    """All that a batch gave, so that NaN is itself and the order in which lines were read does not matter."""
    found: dict[object, object] = {"lines": batch.lines, "events": batch.events, "rejected": batch.rejected}
    for run, rows in batch.rows.items():
        share = batch.shares[run]
        times = fill_times(rows, share, Arrival(1.79e9, False, batch.lines))
        points = []
        for block in rows.blocks:
            if isinstance(block, Table):
                at = np.arange(block.first, block.first + block.value.shape[1])
                points += [
                    (m, a, v)
                    for m, row in zip(block.metric, block.value, strict=True)
                    for a, v in zip(at, row, strict=True)
                ]
            else:
                points += list(zip(block.metric, block.at, block.value, strict=True))
        found[run] = sorted(
            (int(m), rows.number[a], rows.step[a], float(times[a]), rows.attempt[a], rows.pass_[a], repr(float(v)))
            for m, a, v in points
        )
        found[run, "share"] = repr(share)
    return found


@pytest.mark.parametrize("more", [{}, {"epoch": 2.0}, {"elapsed": 3.5, "total_steps": 9000}, {"eta": 7.0}])
def test_lines_of_numbers_are_read_as_they_are_one_by_one(numbers: JsonNumbers, more: dict[str, float]) -> None:
    lines = logged(more=more)
    found = at_one_go(numbers, lines)
    assert found is not None
    assert told(found) == told(reader(None).read(lines, 1, 0))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b'{"loss": 1.5, "step": 7, "val/acc": 2, "time": 1.79e9}', id="keys in another order"),
        pytest.param(b'{"step": 7,"loss":NaN,"time":1790000000,"val/acc":-Infinity}', id="NaN and infinity"),
        pytest.param(b'{"step": 7,"loss":nan,"time":1790000000,"val/acc":-inf}', id="as C prints them"),
        pytest.param(b'{"step": 7, "loss": 1e999, "time": 1790000000, "val/acc": -0}', id="beyond a double"),
        pytest.param(
            b'{"step": 7, "loss": 123456789012345678901234567890, "time": 1790000000, "val/acc": 1}', id="wide"
        ),
        pytest.param(b'{"step": 7, "loss": 9007199254740993, "time": 1790000000, "val/acc": 5e-324}', id="exact"),
        pytest.param(b'  \t{"step": 7, "loss": 1, "time": 1790000000, "val/acc": 1}', id="blanks before"),
        pytest.param(b'{"step": 7, "loss": 1, "time": 1790000000, "val/acc": 1} \r', id="carriage return"),
        pytest.param(b'{"step": 7, "loss": "0.5", "time": 1790000000, "val/acc": 1}', id="a number as text"),
        pytest.param(b'{"step": 7, "loss": "1_000", "time": 1790000000, "val/acc": 1}', id="a number with a bar"),
        pytest.param(b'{"step": 7, "loss": " 1.e3", "time": 1790000000, "val/acc": 1}', id="a number in a text"),
        pytest.param(b'{"step": 7, "loss": "\xd9\xa3", "time": 1790000000, "val/acc": 1}', id="an Arabic digit"),
        pytest.param(b'{"step": 7, "loss": "low", "time": 1790000000, "val/acc": 1}', id="a text"),
        pytest.param(b'{"step": 7, "loss": true, "time": 1790000000, "val/acc": 1}', id="true"),
        pytest.param(b'{"step": true, "loss": 1, "time": 1790000000, "val/acc": 1}', id="a step that is true"),
        pytest.param(b'{"step": 7, "loss": 1, "time": true, "val/acc": 1}', id="a clock that is true"),
        pytest.param(b'{"step": 7, "loss": 1, "time": "1790000000", "val/acc": 1}', id="a clock as text"),
        pytest.param(b'{"step": 7, "loss": false, "time": 1790000000, "val/acc": 1}', id="false"),
        pytest.param(b'{"step": 7, "loss": null, "time": 1790000000, "val/acc": 1}', id="null"),
        pytest.param(b'{"step": 7, "loss": [1], "time": 1790000000, "val/acc": 1}', id="a list"),
        pytest.param(b'{"step": 7, "loss": {"a": 1}, "time": 1790000000, "val/acc": 1}', id="an object"),
        pytest.param(b'{"step": 7, "loss": {}, "time": 1790000000, "val/acc": 1}', id="an empty object"),
        pytest.param(b'{"step": 7, "time": 1790000000, "val/acc": 1}', id="a key less"),
        pytest.param(b'{"step": 7, "loss": 1, "time": 1790000000, "val/acc": 1, "lr": 2}', id="a key more"),
        pytest.param(b'{"step": 7, "Loss": 1, "time": 1790000000, "val/acc": 1}', id="a key in capitals"),
        pytest.param(b'{"step": 7, "loss": 1, "time": 1790000000, "loss": 1}', id="a key twice"),
        pytest.param(b'{"step": 7, "l\\u006fss": 1, "time": 1790000000, "val/acc": 1}', id="a key with an escape"),
        pytest.param(b'{"step": 7, "loss": 1, "time": 1790000000, "val/acc": 1,}', id="a comma too many"),
        pytest.param(b'{"step": 7 "loss": 1, "time": 1790000000, "val/acc": 1}', id="a comma too few"),
        pytest.param(b'{"step": 7, "loss": 01, "time": 1790000000, "val/acc": 1}', id="a zero before"),
        pytest.param(b'{"step": 7, "loss": .5, "time": 1790000000, "val/acc": 1.}', id="a bare point"),
        pytest.param(b'{"step": 7, "loss": 1, "time": 1790000000, "val/acc": 1', id="half a line"),
        pytest.param(b'{"step": 7, "loss": 1, "time": 1790000000, "val/acc": 1}}', id="a brace too many"),
        pytest.param(b'{"step": 7, "loss": 1, "time": 1790000000, "val/acc": 1} x', id="garbage behind"),
        pytest.param(b'{"step": 7, "loss": 1, "time": 1790000000, "val/acc": 1} {"step": 8}', id="two objects"),
        pytest.param(b'{"step": 3, "loss": 1, "time": 1790000000, "val/acc": 1}', id="a step back"),
        pytest.param(b'{"step": 7, "loss": 1, "time": 5, "val/acc": 1}', id="no clock"),
        pytest.param(b"", id="an empty line"),
        pytest.param(b" ", id="a blank line"),
        pytest.param(b"\0\0\0", id="zero bytes"),
        pytest.param(b'\xef\xbb\xbf{"step": 7, "loss": 1, "time": 1790000000, "val/acc": 1}', id="a byte order mark"),
        pytest.param(b'{"step": 7, "loss": 1, "time": 1790000000, "val/acc": 1}\0', id="a zero byte"),
        pytest.param(b'{"event": "note", "text": "hello"}', id="an event"),
        pytest.param(b"[1, 2]", id="no object"),
    ],
)
@pytest.mark.parametrize("at", [0, LINES // 2, LINES - 1], ids=["first", "within", "last"])
def test_an_odd_line_is_read_as_it_is_alone(numbers: JsonNumbers, line: bytes, at: int) -> None:
    lines = logged()
    lines[at] = line.replace(b'"step": 7', b'"step": %d' % at)
    found = at_one_go(numbers, lines)
    assert found is None or told(found) == told(reader(None).read(lines, 1, 0))


def test_two_faults_that_make_up_for_each_other_are_seen(numbers: JsonNumbers) -> None:
    lines = logged()
    lines[10] = b'{"step": 10, "loss": "1", "time": 1790000000, "val/acc": 1}'
    lines[20] = b'{"step": 20, "time": 1790000000, "val/acc": 1}'
    assert at_one_go(numbers, lines) is None
    lines[20] = b'{"step": 20, loss: 1, "time": 1790000000, "val/acc": 1}'
    assert at_one_go(numbers, lines) is None


@pytest.mark.parametrize("key", ["run", "trial_id", "filename", "a'b", "x.y", "é", "", " "])
def test_keys_of_any_kind_are_read_as_they_are_one_by_one(numbers: JsonNumbers, key: str) -> None:
    lines = logged(more={key: 3})
    found = at_one_go(numbers, lines)
    assert found is None or told(found) == told(reader(None).read(lines, 1, 0))


def test_a_log_goes_on_in_stretches_and_a_file_that_shrinks_leaves_nothing_behind(numbers: JsonNumbers) -> None:
    lines = logged(3 * LINES)
    whole, parts = reader(numbers), reader(None)
    for first, count in ((0, 2 * LINES), (2 * LINES, LINES)):
        here = lines[first : first + count]
        found = whole.read_alike(b"".join(line + b"\n" for line in here), first + 1)
        assert found is not None
        assert told(found) == told(parts.read(here, first + 1, 0))


def test_a_key_said_twice_in_each_line_leaves_no_room_for_another_one(numbers: JsonNumbers) -> None:
    lines = [b'{"step": %d, "loss": 0.5, "loss": %d.25, "val/acc": 3}' % (at, at) for at in range(LINES)]
    lines[7] = b'{"step": 7, "loss": 0.5, "lr": 1, "val/acc": 3}'
    assert ends_of(b"".join(line + b"\n" for line in lines)) is None
    assert at_one_go(numbers, lines) is None


def test_without_a_file_in_memory_lines_are_taken_as_always(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(name: str) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), name)

    numbers = JsonNumbers()
    with monkeypatch.context() as patch:
        patch.setattr(os, "memfd_create", fails)
        assert at_one_go(numbers, logged()) is None
        numbers.close()
        assert at_one_go(numbers, logged()) is None
    assert at_one_go(numbers, logged()) is not None, "once there is one, it serves"
    numbers.close()
    numbers.close()
