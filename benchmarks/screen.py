"""The screen on a real pseudo-terminal: first frame, append to screen, key to repaint, idle."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.harness import Figure, in_turns, percentile
from benchmarks.place import Place
from benchmarks.processes import LABTOP
from benchmarks.sweep import write_sweep
from benchmarks.terminal import Terminal
from benchmarks.ui import leave, memory_mb, processor_s, read_for, settle, terminal_of, until

_PATIENCE_S = 120.0
_BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self): yield Static("ready")
Bare().run()
"""


def first_frame(
    place: Place, name: str, aim: float, arguments: Sequence[str], is_full: Callable[[str], bool], repeats: int = 9
) -> Figure:
    """Process start to the first full frame, of a directory that was open before; in turns with an empty app."""

    def once(command: list[str], seen: Callable[[str], bool]) -> float:
        began = time.perf_counter()
        with terminal_of(command, folder) as terminal:
            return until(terminal, lambda: seen(terminal.text()), _PATIENCE_S) - began

    labtop = [LABTOP, *arguments]
    with place.scratch() as folder:
        with terminal_of(labtop, folder) as terminal:
            until(terminal, lambda: is_full(terminal.text()), _PATIENCE_S)
            settle(terminal)
            leave(terminal)
        bare, ours = in_turns(
            3 if place.quick else repeats,
            lambda: once([sys.executable, "-c", _BARE], lambda text: "ready" in text),
            lambda: once(labtop, is_full),
        )
    return Figure(name, ours, "s", aim, bare, "an empty Textual app")


def sweep(place: Place) -> list[Figure]:
    """The first frame of a published sweep, and what it costs to leave it open."""

    def is_full(text: str) -> bool:
        return "val_loss" in text and any("\u2801" <= char <= "\u28ff" for char in text)

    with place.scratch() as folder:
        directory = place.sweep or write_sweep(folder / "sweep")
        arguments = [str(directory), "--index", str(folder / "index.duckdb")]
        frame = first_frame(place, "first frame, warm, 53 runs", 0.6, arguments, is_full)
        return [frame, *_idle(arguments, folder)]


def _append(path: Path, line: dict[str, object]) -> None:
    with path.open("a") as log:
        log.write(json.dumps(line) + "\n")


class _Writers(threading.Thread):
    """Four runs that grow by ten lines a second each."""

    def __init__(self, runs: Path) -> None:
        super().__init__(daemon=True)
        self._runs = runs
        self._stop_event = threading.Event()
        self._step = 0

    def run(self) -> None:
        while not self._stop_event.wait(0.1):
            self._step += 1
            for number in range(4):
                _append(self._runs / f"other{number}.jsonl", {"step": self._step, "loss": 5 + number + 1 / self._step})

    def stop(self) -> None:
        self._stop_event.set()
        self.join()


def append_to_screen(place: Place) -> list[Figure]:
    """A line appended by another process to its value on the screen, against `tail -f` on the same terminal."""
    repeats = 20 if place.quick else 100

    def measure(command: list[str], start: int) -> list[float]:
        taken = []
        with terminal_of(command, folder) as terminal:
            until(terminal, lambda: "loss" in terminal.text())
            settle(terminal)
            for number in range(start, start + 2 * repeats, 2):  # odd: no zero at the end that one of them would drop
                value = f"0.{number}"
                began = time.perf_counter()
                _append(log, {"step": number, "loss": float(value)})
                taken.append((until(terminal, partial(_shows, terminal, value)) - began) * 1000)
                terminal.read(0.015 * (number % 7))
        return taken

    with place.scratch() as folder:
        runs = folder / "runs"
        runs.mkdir()
        log = runs / "first.jsonl"
        _append(log, {"step": 0, "loss": 1.0})
        _append(log, {"step": 1, "loss": 0.9999})
        ours = percentile(measure([LABTOP, str(runs)], 1111), 95)
        tail = percentile(measure(["tail", "-n", "2", "-f", str(log)], 3111), 95)
    return [Figure("append to screen, p95", ours, "ms", 250, tail, "tail -f")]


def key_to_repaint(place: Place) -> list[Figure]:
    """A key to the moved cursor, while four runs grow."""
    with place.scratch() as folder:
        runs = folder / "runs"
        runs.mkdir()
        for number in range(4):
            _append(runs / f"other{number}.jsonl", {"step": 0, "loss": 5.0})
        writers = _Writers(runs)
        with terminal_of([LABTOP, str(runs)], folder) as terminal:
            until(terminal, lambda: all(f"other{number}" in terminal.text() for number in range(4)))
            terminal.read(1.0)
            writers.start()
            try:
                taken = [_key(terminal, number) for number in range(20 if place.quick else 100)]
            finally:
                writers.stop()
    return [Figure("key to repaint while 4 runs grow, p95", percentile(taken, 95), "ms", 50)]


def _key(terminal: Terminal, number: int) -> float:
    """Milliseconds from a key to the moved cursor."""
    before = _cursor_run(terminal)
    began = time.perf_counter()
    terminal.type("j" if number % 2 == 0 else "k")
    taken = (until(terminal, partial(_cursor_left, terminal, before)) - began) * 1000
    terminal.read(0.02 * (number % 5))
    return taken


def _shows(terminal: Terminal, text: str) -> bool:
    return text in terminal.text()


def _cursor_left(terminal: Terminal, run: str) -> bool:
    return _cursor_run(terminal) != run


def _cursor_run(terminal: Terminal) -> str:
    line = next((line for line in terminal.screen.display if line.startswith("›")), "")
    return next((word for word in line.split() if word.startswith("other")), "")


def _idle(arguments: Sequence[str], folder: Path, seconds: float = 10.0) -> list[Figure]:
    """Processor time and bytes to the terminal while nothing happens."""
    with terminal_of([LABTOP, *arguments], folder) as terminal:
        until(terminal, lambda: "val_loss" in terminal.text())
        settle(terminal, 3.0)
        pid = terminal.process.pid
        before = processor_s(pid)
        written = read_for(terminal, seconds)
        share = 100 * (processor_s(pid) - before) / seconds
        memory = memory_mb(pid)
    return [
        Figure("idle, share of a core", share, "%", 2),
        Figure("idle, bytes to the terminal in 10 s", written, "B", 0),
        Figure("memory, 53 runs", memory, "MB", 300),
    ]
