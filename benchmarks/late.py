"""How late the event loop of the program is: run with a probe, its samples read afterwards."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import Figure, median, percentile
from benchmarks.place import SET_A, Place
from benchmarks.processes import read_cold
from benchmarks.terminal import Terminal
from benchmarks.ui import peak_memory_mb, terminal_of, until_read

COLD_PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Samples:
    """`late`: pairs of a moment and how late the loop was then; `began` and `read`: of the first reading. Seconds."""

    late: list[tuple[float, float]]
    began: float
    read: float

    def p99_ms(self, begin: float, end: float) -> float:
        """The lateness that 99 % of the moments in between do not exceed, in ms."""
        return 1000 * percentile((late for due, late in self.late if begin <= due <= end), 99)


def probed(samples: Path, *arguments: str) -> list[str]:
    """The command that runs the program with a probe."""
    return [sys.executable, "-m", "benchmarks.probe", str(samples), *arguments]


def quit_and_load(terminal: Terminal, samples: Path) -> Samples:
    """End the program; what the probe found."""
    terminal.type("q")
    terminal.wait_end()
    found = json.loads(samples.read_text())
    return Samples([(due, late) for due, late in found["late"]], found["began"], found["read"] or time.monotonic())


def measure(place: Place) -> list[Figure]:
    """Set A read cold on the screen: how late the loop is meanwhile, how long it takes, and the process's memory."""
    directory = place.made(SET_A)
    p99s, seconds, memory, alone = [], [], [], []
    for _ in range(1 if place.quick else 3):
        with place.scratch() as folder:
            alone.append(read_cold("labtop", directory, folder / "alone.duckdb"))
            samples = folder / "samples.json"
            command = probed(samples, str(directory), "--index", str(folder / "index.duckdb"))
            with terminal_of(command, folder) as terminal:
                until_read(terminal, SET_A.runs, COLD_PATIENCE_S)
                memory.append(peak_memory_mb(terminal.process.pid))
                found = quit_and_load(terminal, samples)
        p99s.append(found.p99_ms(found.began, found.read))
        seconds.append(found.read - found.began)
    return [
        Figure("event loop late while set A is read, p99", median(p99s), "ms", 50),
        Figure("set A read below an open screen", median(seconds), "s", None, median(alone), "without a screen"),
        Figure("peak memory of the screen, set A read cold", median(memory), "MB", 300),
    ]
