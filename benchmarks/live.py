"""A hundred runs that grow by a hundred lines a second each: append to screen, what is lost, how late the loop is."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import Figure, median, percentile
from benchmarks.late import found, probed
from benchmarks.place import Place
from benchmarks.processes import LABTOP, started
from benchmarks.terminal import Terminal
from benchmarks.ui import leave, settle, terminal_of, until
from labtop.store import Store

_RUNS, _LINES_PER_S = 100, 10_000
_MARKER = "marker"
_FIRST_NUMBER = 10_001
_PARTS = 5


@dataclass(frozen=True, slots=True)
class _Seen:
    """`taken`: seconds from each append to the screen; `begin` and `end` of it, on the monotonic clock."""

    taken: list[float]
    begin: float
    end: float


def measure(place: Place) -> list[Figure]:
    """For five minutes, or half of one; and half of one with a probe in the loop, which takes a little time itself."""
    seconds = 30 if place.quick else 300
    with place.scratch() as folder:
        arguments, writing = _grown(folder, seconds)
        with writing as is_growing, terminal_of([LABTOP, *arguments], folder) as terminal:
            seen = _follow(terminal, folder, is_growing)
            settle(terminal)
            leave(terminal)
        lost = _lines_in(folder) - _lines_known(folder)
    return [*_figures(seen, lost, seconds), _late(place)]


def _late(place: Place) -> Figure:
    with place.scratch() as folder:
        arguments, writing = _grown(folder, 30)
        with writing as is_growing, probed(folder, *arguments) as terminal:
            seen = _follow(terminal, folder, is_growing)
        return found(folder).figure("event loop late meanwhile", 20, seen.begin, seen.end)


def _figures(seen: _Seen, lost: int, seconds: int) -> list[Figure]:
    taken = [1000 * each for each in seen.taken]
    part = max(1, len(taken) // _PARTS)
    first, last = median(taken[:part]), median(taken[-part:])
    return [
        Figure("append to screen, 10,000 lines/s to 100 files, p95", percentile(taken, 95), "ms", 250),
        Figure(f"the last fifth of these {seconds} s, p50", last, "ms", None, first, "the first fifth", 1.5),
        Figure("lines lost of these", lost, "", 0),
    ]


def _grown(folder: Path, seconds: int) -> tuple[list[str], AbstractContextManager[Callable[[], bool]]]:
    """The arguments of the program, and what makes its runs grow, which tells whether they still do."""

    @contextmanager
    def writing() -> Iterator[Callable[[], bool]]:
        with started(_writers(folder / "runs", seconds)) as writers:
            _wait_for_runs(folder / "runs", writers)
            _append_marker(folder / "runs", 1)
            yield lambda: writers.poll() is None

    return [str(folder / "runs"), "--index", str(folder / "index.duckdb")], writing()


def _writers(runs: Path, seconds: int) -> list[str]:
    amounts = {"--runs": _RUNS, "--steps": seconds * _LINES_PER_S // _RUNS, "--metrics": 6, "--rate": _LINES_PER_S}
    return [LABTOP, "generate", str(runs), *(str(word) for amount in amounts.items() for word in amount)]


def _wait_for_runs(runs: Path, writers: subprocess.Popen[str]) -> None:
    """Until each has a line, so that the marker's run is the newest, which comes first on the screen."""
    while sum(log.stat().st_size > 0 for log in runs.glob("*/*.jsonl")) < _RUNS:
        if writers.poll() is not None:
            raise RuntimeError("the writers ended before all runs had begun")
        time.sleep(0.05)


def _append_marker(runs: Path, number: int) -> str:
    """A line of one run more, of which the screen shows the value; returns what it will look like."""
    value = f"0.{_FIRST_NUMBER + 2 * number}"  # odd: no zero at the end that the screen would drop
    line = {"step": number, "time": time.time(), "val/acc": float(value), "val/loss": float(value)}
    with (runs / f"{_MARKER}.jsonl").open("a") as log:
        log.write(json.dumps(line) + "\n")
    return value


def _follow(terminal: Terminal, folder: Path, is_growing: Callable[[], bool]) -> _Seen:
    """Append to the marker and look for it, again and again while the others grow, and once more after that."""
    runs = folder / "runs"
    until(terminal, lambda: f" {_RUNS + 1} runs" in terminal.line(0), 60)
    terminal.type("g")  # the screen stays at the run that it met first
    until(terminal, lambda: _row_of_marker(terminal) is not None)
    begin, number, taken = time.monotonic(), 1, []
    while is_growing():
        number += 1
        taken.append(_append_to_screen(terminal, runs, number))
        for _ in range(1 + number % 7):
            terminal.read(0.015)
    end = time.monotonic()
    _append_to_screen(terminal, runs, number + 1)
    return _Seen(taken, begin, end)


def _append_to_screen(terminal: Terminal, runs: Path, number: int) -> float:
    began = time.perf_counter()
    value = _append_marker(runs, number)
    return until(terminal, lambda: value in _marker_line(terminal)) - began


def _row_of_marker(terminal: Terminal) -> int | None:
    return next((row for row in range(terminal.screen.lines) if _MARKER in _table_line(terminal, row)), None)


def _marker_line(terminal: Terminal) -> str:
    row = _row_of_marker(terminal)
    return "" if row is None else _table_line(terminal, row)


def _table_line(terminal: Terminal, row: int) -> str:
    return terminal.line(row).partition("▕")[0]


def _lines_in(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in (folder / "runs").rglob("*.jsonl"))


def _lines_known(folder: Path) -> int:
    """What the screen had committed: nothing is read here."""
    with Store.open(folder / "runs", index=folder / "index.duckdb") as store:
        return sum(each.events for each in store.files() if each.is_log)
