"""Write a synthetic run directory: at once, or line by line at a pace, as trainings would."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from labtop.synthetic.curves import Curves, Values
from labtop.synthetic.plan import Plan

_START: Final = 1_700_000_000.0
_APART_S: Final = 7.0
_STRETCH: Final = 500
_REST_S: Final = 0.001
_TIME: Final = 1


def write(directory: Path, plan: Plan) -> Iterator[int]:
    """Write all of it below `directory`, the same bytes for the same plan; yields how many lines there are so far."""
    written = 0
    for path, numbers in plan.shares():
        with _begun(directory / path, plan, numbers) as log:
            for lines in _stretches(plan, numbers):
                log.write("".join(lines).encode())
                written += len(lines)
                yield written


def write_live(directory: Path, plan: Plan, rate: float) -> Iterator[int]:
    """Append to all runs in turn, `rate` lines a second in all, one write a line; times are those of the clock.

    Yields the number of lines so far before each pause. All files are held open: OSError where that is too many.
    """
    with ExitStack() as stack:
        log_of: list[FileIO] = []
        for path, numbers in plan.shares():
            log_of += [stack.enter_context(_begun(directory / path, plan, numbers))] * len(numbers)
        lines, total = _live_lines(plan), plan.runs * plan.steps
        begun, written = time.monotonic(), 0
        while written < total:
            due = min(total, 1 + int((time.monotonic() - begun) * rate))
            for number, line in islice(lines, due - written):
                log_of[number].write(line)
            written = due
            yield written
            time.sleep(max(_REST_S, begun + written / rate - time.monotonic()) if written < total else 0)


class _Lines:
    """The lines of one run, in stretches, at a second a step."""

    def __init__(self, plan: Plan, number: int) -> None:
        named = "" if plan.files is None else f'"run": {_quoted(plan.name(number))}, '
        values = "".join(f", {_quoted(name)}: %.12f" for name in plan.metric_names())
        self._template = f'{{{named}"step": %d, "time": %.2f{values}}}\n'
        self._curves = Curves(plan, number)
        self._start = _START + _APART_S * number
        self._done = 0

    def take(self) -> Values:
        """The next lines as rows: step, time, values."""
        values = self._curves.take(_STRETCH)
        steps = np.arange(1, len(values) + 1, dtype=np.float64) + self._done
        self._done += len(values)
        return np.column_stack([steps, self._start + steps, values])

    def format(self, rows: Values) -> str:
        """The text of such rows."""
        text = (self._template * len(rows)) % tuple(rows.ravel().tolist())
        return text.replace(" nan", " NaN") if np.isnan(rows).any() else text


def _stretches(plan: Plan, numbers: Sequence[int]) -> Iterator[list[str]]:
    """The lines of these runs, step by step."""
    runs = [_Lines(plan, number) for number in numbers]
    for _ in range(0, plan.steps, _STRETCH):
        columns = [run.format(run.take()).splitlines(keepends=True) for run in runs]
        yield [line for step in zip(*columns, strict=True) for line in step]


def _live_lines(plan: Plan) -> Iterator[tuple[int, bytes]]:
    """The lines of all runs, step by step, each with the number of its run, timed when it is asked for."""
    runs = [_Lines(plan, number) for number in range(plan.runs)]
    for _ in range(0, plan.steps, _STRETCH):
        rows = [run.take() for run in runs]
        for at in range(len(rows[0])):
            for number, run in enumerate(runs):
                row = rows[number][at : at + 1]
                row[0, _TIME] = time.time()
                yield number, run.format(row).encode()


def _begun(path: Path, plan: Plan, numbers: Sequence[int]) -> FileIO:
    """A new log, with the parameters of its runs: in a config beside it, or in first lines where runs share it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if plan.files is None:
        config = json.dumps(plan.params(numbers[0]), indent=2)
        path.with_name("config.json").write_text(f"{config}\n", encoding="utf-8")
        return path.open("xb", buffering=0)
    about = ({"event": "run", "run": plan.name(number), "params": plan.params(number)} for number in numbers)
    log = path.open("xb", buffering=0)
    log.write("".join(f"{json.dumps(line)}\n" for line in about).encode())
    return log


def _quoted(text: str) -> str:
    """As JSON, fit to stand in a template."""
    return json.dumps(text).replace("%", "%%")
