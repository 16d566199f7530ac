"""The screen on a real pseudo-terminal: first frame, append to screen, key to repaint, idle."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil

from benchmarks.harness import Figure, median, percentile
from benchmarks.sweep import write_sweep
from benchmarks.terminal import Terminal

_LABTOP = str(Path(sys.executable).with_name("labtop"))
_PATIENCE_S = 20.0
_BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self): yield Static("ready")
Bare().run()
"""


@contextmanager
def _terminal(command: list[str], cwd: Path, columns: int = 140, rows: int = 45) -> Iterator[Terminal]:
    # As a user starts it: with compiled modules kept from the start before.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env = {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", "XDG_CACHE_HOME": str(cwd / "cache")}
    terminal = Terminal(command, columns=columns, rows=rows, cwd=cwd, env=env)
    try:
        yield terminal
    finally:
        terminal.close()


def _until(terminal: Terminal, condition: Callable[[], bool]) -> float:
    """The moment at which the screen first fulfils the condition."""
    deadline = time.perf_counter() + _PATIENCE_S
    while not condition():
        if time.perf_counter() > deadline:
            raise TimeoutError(f"never seen; the screen:\n{terminal.text()}")
        terminal.read(0.05)
    return time.perf_counter()


def _settle(terminal: Terminal, quiet_s: float = 1.5) -> None:
    """Read on until nothing comes for a while."""
    while terminal.read(quiet_s):
        pass


def first_frame(sweep: Path, folder: Path, repeats: int = 9) -> Figure:
    """Process start to the first frame that shows runs and curves, of a directory that was open before."""

    def once(command: list[str], seen: Callable[[str], bool]) -> float:
        began = time.perf_counter()
        with _terminal(command, folder) as terminal:
            return _until(terminal, lambda: seen(terminal.text())) - began

    def full(text: str) -> bool:
        return "val_loss" in text and any("\u2801" <= char <= "\u28ff" for char in text)

    labtop = [_LABTOP, str(sweep)]
    with _terminal(labtop, folder) as terminal:
        _until(terminal, lambda: full(terminal.text()))
        _settle(terminal)
    bare, ours = [], []
    for _ in range(repeats):
        bare.append(once([sys.executable, "-c", _BARE], lambda text: "ready" in text))
        ours.append(once(labtop, full))
    return Figure("first frame, warm, 53 runs", median(ours), "s", 0.6, median(bare), "an empty Textual app")


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


def append_to_screen(folder: Path, repeats: int = 100) -> Figure:
    """A line appended by another process to its value on the screen, against `tail -f` on the same terminal."""
    runs = folder / "append"
    runs.mkdir()
    log = runs / "first.jsonl"
    _append(log, {"step": 0, "loss": 1.0})
    _append(log, {"step": 1, "loss": 0.9999})

    def measure(command: list[str], start: int) -> list[float]:
        taken = []
        with _terminal(command, folder) as terminal:
            _until(terminal, lambda: "loss" in terminal.text())
            _settle(terminal)
            for number in range(start, start + 2 * repeats, 2):  # odd: no zero at the end that one of them would drop
                value = f"0.{number}"
                began = time.perf_counter()
                _append(log, {"step": number, "loss": float(value)})
                taken.append(_until(terminal, partial(_shows, terminal, value)) - began)
                terminal.read(0.015 * (number % 7))
        return taken

    ours = [seconds * 1000 for seconds in measure([_LABTOP, str(runs)], 1111)]
    tail = [seconds * 1000 for seconds in measure(["tail", "-n", "2", "-f", str(log)], 3111)]
    return Figure("append to screen, p95", percentile(ours, 95), "ms", 250, percentile(tail, 95), "tail -f")


def key_to_repaint(folder: Path, repeats: int = 100) -> Figure:
    """A key to the moved cursor, while four runs grow."""
    runs = folder / "keys"
    runs.mkdir()
    for number in range(4):
        _append(runs / f"other{number}.jsonl", {"step": 0, "loss": 5.0})
    writers = _Writers(runs)
    taken = []
    with _terminal([_LABTOP, str(runs)], folder) as terminal:
        _until(terminal, lambda: all(f"other{number}" in terminal.text() for number in range(4)))
        terminal.read(1.0)
        writers.start()
        try:
            for number in range(repeats):
                before = _cursor_run(terminal)
                began = time.perf_counter()
                terminal.type("j" if number % 2 == 0 else "k")
                taken.append((_until(terminal, partial(_cursor_left, terminal, before)) - began) * 1000)
                terminal.read(0.02 * (number % 5))
        finally:
            writers.stop()
    return Figure("key to repaint while 4 runs grow, p95", percentile(taken, 95), "ms", 50)


def _shows(terminal: Terminal, text: str) -> bool:
    return text in terminal.text()


def _cursor_left(terminal: Terminal, run: str) -> bool:
    return _cursor_run(terminal) != run


def _cursor_run(terminal: Terminal) -> str:
    line = next((line for line in terminal.screen.display if line.startswith("›")), "")
    return next((word for word in line.split() if word.startswith("other")), "")


def idle(sweep: Path, folder: Path, seconds: float = 10.0) -> list[Figure]:
    """Processor time and bytes to the terminal while nothing happens."""
    with _terminal([_LABTOP, str(sweep)], folder) as terminal:
        _until(terminal, lambda: "val_loss" in terminal.text())
        _settle(terminal, 3.0)
        process = psutil.Process(terminal.process.pid)
        before = process.cpu_times()
        deadline = time.perf_counter() + seconds
        written = 0
        while (left := deadline - time.perf_counter()) > 0:
            written += len(terminal.read(left))
        after = process.cpu_times()
        memory = process.memory_info().rss / 1e6
    share = 100 * (after.user + after.system - before.user - before.system) / seconds
    return [
        Figure("idle, share of a core", share, "%", 2),
        Figure("idle, bytes to the terminal in 10 s", written, "B", 0),
        Figure("memory, 53 runs", memory, "MB", 300),
    ]


def measure(sweep: Path | None) -> list[Figure]:
    """All figures of the screen; `sweep` is a directory of logs to open, else one is made."""
    with tempfile.TemporaryDirectory(prefix="labtop-bench-") as name:
        folder = Path(name)
        directory = sweep or write_sweep(folder / "sweep")
        return [
            first_frame(directory, folder),
            append_to_screen(folder),
            key_to_repaint(folder),
            *idle(directory, folder),
        ]
