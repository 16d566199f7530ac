"""A few lines read at a time say what they say one by one, and all at once."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest

from labtop.store.read.batch import Rows, Table
from labtop.store.read.few_lines import FEW
from labtop.store.read.reader import Reader

_LINES = 60
_MOMENT = 1.79e9


def _plain(at: int) -> dict[str, Any]:
    return {"step": at, "time": _MOMENT + at, "loss": 1 / (at + 1), "lr": 1}


_LOGS: dict[str, Callable[[int], dict[str, Any]]] = {
    "plain": _plain,
    "no clock": lambda at: {"step": at, "loss": 0.5 * at},
    "equal steps": lambda at: {"step": at // 3, "time": _MOMENT + at // 7, "loss": 0.5},
    "steps begin anew in each epoch": lambda at: {"step": at % 20, "epoch": at // 20, "loss": 0.1 * at},
    "a resume": lambda at: {"step": at if at < 40 else at - 15, "time": _MOMENT + 10 * at, "loss": 0.1},
    "a restart": lambda at: {"step": at % 30, "time": _MOMENT + at, "loss": 0.1 * at},
    "clock in ms": lambda at: {"step": at, "time": (_MOMENT + at) * 1000, "loss": 0.1},
    "clock goes back": lambda at: {"step": at, "time": _MOMENT + (at if at != 33 else 0), "loss": 0.1},
    "no clock in one line": lambda at: {"step": at, "time": math.nan if at == 33 else _MOMENT + at, "loss": 0.1},
    "metrics diverge": lambda at: {"step": at, "time": _MOMENT + at, "loss": math.nan if at > 30 else 0.1},
    "a step is none": lambda at: {"step": math.nan if at == 33 else at, "loss": 0.1},
    "steps too far to be any": lambda at: {"step": at if at < 33 else 1.5e308, "epoch": at // 40, "loss": 0.1},
    "epochs too far to be any": lambda at: {"step": at % 9, "epoch": (at // 9) * 4e307, "loss": 0.1},
    "huge numbers": lambda at: {"step": at, "tokens": 10**18 + at, "loss": 0.1},
    "ids and progress": lambda at: {"step": at, "total_steps": 100, "rank": 3, "loss": 0.1},
    "elapsed": lambda at: {"step": at, "elapsed": 2.5 * at, "loss": 0.1},
    "elapsed, too long to be": lambda at: {"step": at, "elapsed": 1.7e308 if at > 33 else at % 7, "loss": 0.1},
    "names that a prefix brings near": lambda at: {"step": at, "split": "val", "loss": 0.1, "val/loss": 0.2, "Loss": 1},
    "two clocks": lambda at: {"step": at, "timestamp": _MOMENT + at, "time": 0.25 * at, "loss": 0.1},
    "a zero with a sign": lambda at: {"step": -0.0 if at < 33 else at, "loss": -0.0},
}


def _values(rows: Rows) -> Iterator[tuple[int, int, float]]:
    """Which line, which metric, which value."""
    for block in rows.blocks:
        if isinstance(block, Table):
            assert len(set(block.metric)) == len(block.metric)
            for metric, column in zip(block.metric, block.value.tolist(), strict=True):
                yield from ((block.first + place, metric, value) for place, value in enumerate(column))
        else:
            yield from zip(block.at.tolist(), block.metric.tolist(), block.value.tolist(), strict=True)


def _read(lines: list[bytes], at_once: int) -> str:
    """All that reading gives, as text: there NaN equals NaN and a zero with a sign does not equal one without."""
    names: dict[str, int] = {}
    reader = Reader(PurePosixPath("run.jsonl"), "root", lambda name: names.setdefault(name, len(names)))
    columns: list[tuple[object, ...]] = []
    values: list[tuple[int, int, float]] = []
    for begin in range(0, len(lines), at_once):
        batch = reader.read(lines[begin : begin + at_once], begin + 1, 0)
        for rows in batch.rows.values():
            values += [(begin + line, metric, value) for line, metric, value in _values(rows)]
            columns += zip(rows.number, rows.step, rows.time, rows.elapsed, rows.attempt, rows.pass_, strict=True)
    return repr((names, columns, sorted(values, key=repr), reader.shares))


@pytest.mark.parametrize("log", _LOGS)
@pytest.mark.parametrize("at_once", [8, 14, FEW])
def test_a_few_lines_at_a_time_give_what_each_line_gives(log: str, at_once: int) -> None:
    lines = [json.dumps(_LOGS[log](at)).encode() for at in range(_LINES)]
    assert _read(lines, at_once) == _read(lines, 1)


@pytest.mark.parametrize("log", _LOGS)
def test_all_lines_at_once_give_what_each_line_gives(log: str) -> None:
    lines = [json.dumps(_LOGS[log](at)).encode() for at in range(_LINES)]
    assert _read(lines, _LINES) == _read(lines, 1)


def test_a_number_that_no_float_holds_is_read_as_it_is_alone() -> None:
    lines = [json.dumps({"step": at, "time": _MOMENT + at, "loss": 0.5}).encode() for at in range(_LINES)]
    lines[40] = b'{"step":40,"time":1790000040,"loss":' + b"9" * 400 + b"}"
    assert _read(lines, 14) == _read(lines, 1)
