"""`python -m benchmarks.lateness SAMPLES`: an event loop that does nothing, asked every 5 ms how late it is.

It ends when told to terminate. What it finds is what the machine itself adds to the lateness of any loop.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.harness import percentile
from benchmarks.processes import started

_EVERY_S = 0.005
Late = tuple[float, float]
"""When a call was due, on the monotonic clock that all processes share, and by how many seconds it was late."""


class Lateness:
    """Has the running loop call every 5 ms, and keeps how late it was.

    While the loop is held up, each call that is due in between counts: as late as a key would be seen.
    """

    def __init__(self) -> None:
        self.samples: list[Late] = []
        self._due = 0.0

    def begin(self) -> None:
        """In the loop."""
        self._due = time.monotonic()
        self._call()

    def _call(self) -> None:
        now = time.monotonic()
        while self._due <= now:
            self.samples.append((self._due, now - self._due))
            self._due += _EVERY_S
        asyncio.get_running_loop().call_at(self._due, self._call)


@contextmanager
def idle_loop(samples: Path) -> Iterator[None]:
    """A loop in a process of its own that does nothing meanwhile; its samples are there afterwards."""
    with started([sys.executable, "-m", "benchmarks.lateness", str(samples)]) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.terminate()
        process.wait()


def load(samples: Path) -> list[Late]:
    """What an idle loop found."""
    return [(due, late) for due, late in json.loads(samples.read_text())]


def p99_ms(samples: Sequence[Late], begin: float, end: float) -> float:
    """The lateness that 99 % of the moments in between do not exceed, in ms."""
    return 1000 * percentile((late for due, late in samples if begin <= due <= end), 99)


async def _run() -> list[Late]:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    lateness = Lateness()
    lateness.begin()
    print("running", flush=True)
    await ended.wait()
    return lateness.samples


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(asyncio.run(_run())))
