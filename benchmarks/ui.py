"""The program on a pseudo-terminal, as benchmarks watch it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.processes import environment
from benchmarks.terminal import Terminal

_PATIENCE_S = 30.0
_RUN = re.compile(r"lr[0-9.e-]+-b[0-9]+")


@contextmanager
def terminal_of(command: Sequence[str], folder: Path) -> Iterator[Terminal]:
    """The program on a terminal of 140 x 45; it works in `folder`, and caches there."""
    env = environment() | {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CACHE", "STATE")}
    terminal = Terminal(list(command), columns=140, rows=45, cwd=folder, env=env)
    try:
        yield terminal
    finally:
        terminal.close()


def until(terminal: Terminal, condition: Callable[[], bool], patience_s: float = _PATIENCE_S) -> float:
    """The moment at which the screen first fulfils the condition. Raises TimeoutError, RuntimeError at its end."""
    deadline = time.perf_counter() + patience_s
    while not condition():
        if time.perf_counter() > deadline:
            raise TimeoutError(f"never seen; the screen:\n{terminal.text()}")
        if not terminal.read(0.05) and terminal.process.poll() is not None:
            raise RuntimeError(f"the program ended; the screen:\n{terminal.text()}")
    return time.perf_counter()


def settle(terminal: Terminal, quiet_s: float = 1.5) -> None:
    """Read on until nothing comes for a while."""
    while terminal.read(quiet_s):
        pass


def leave(terminal: Terminal) -> None:
    """Quit as a user does, so that the next start finds the index in order."""
    terminal.type("q")
    terminal.wait_end()


def read_for(terminal: Terminal, seconds: float) -> int:
    """Read for so long; returns the number of bytes that came."""
    deadline = time.perf_counter() + seconds
    count = 0
    while (left := deadline - time.perf_counter()) > 0:
        count += len(terminal.read(left))
    return count


def is_full(text: str) -> bool:
    """Whether the screen shows runs, as they are called here, and curves."""
    return bool(_RUN.search(text)) and any("\u2801" <= char <= "\u28ff" for char in text)


def until_read(terminal: Terminal, runs: int, patience_s: float = _PATIENCE_S) -> None:
    """Wait until the header tells of so many runs, and of nothing that is still to read."""

    def is_read() -> bool:
        header = terminal.line(0)
        return f" {runs} runs" in header and "reading " not in header and "looking" not in header

    until(terminal, is_read, patience_s)


def processor_s(pid: int) -> float:
    """Seconds of a core that a running program and the processes it began have taken so far."""
    times = [process.cpu_times() for process in _processes(pid)]
    return sum(each.user + each.system for each in times)


def memory_mb(pid: int) -> float:
    """What a running program and the processes it began hold together, in MB."""
    return sum(process.memory_full_info().pss for process in _processes(pid)) / 1e6


def peak_memory_mb(pid: int) -> float:
    """The most that each of them has held, together, in MB; what they share now counts once. On Linux only."""
    return sum(_peak(process) - _shared_elsewhere(process) for process in _processes(pid)) / 1e6


def _peak(process: psutil.Process) -> int:
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    line = next(line for line in lines if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _shared_elsewhere(process: psutil.Process) -> int:
    """Bytes of the process that count as those of others which hold them too."""
    info = process.memory_full_info()
    return int(info.rss - info.pss)


def _processes(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]
