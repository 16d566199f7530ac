"""A terminal whose bytes are kept with their moments and shown later, so that the emulator costs no measured time."""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from benchmarks.processes import environment
from benchmarks.terminal import Terminal

Size = tuple[int, int]
"""Columns and rows."""
Chunk = tuple[float, bytes]
"""When bytes came, by `time.perf_counter`, and the bytes."""
Cells = tuple[object, ...]
"""Letters and colours of a chart's cells."""

_TITLE = re.compile(r"[─▸] (?=\S)")
_FRAME_S = 0.003  # bytes so far apart belong to two frames
_PATIENCE_S = 10.0
_BOTTOM = 2  # lines below the charts: where we are, and the keys
_HOMES = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


@dataclass(frozen=True, slots=True)
class Box:
    """A chart's cells on the screen."""

    left: int
    top: int
    width: int
    height: int


@dataclass(slots=True)
class Effect:
    """What a key did to the charts: seconds from the key to the `first` and the `last` repaint of each, by its place.

    `begin` and `end` of the recording, on the clock of `time.monotonic`.
    """

    begin: float
    end: float = 0.0
    first: dict[Box, float] = field(default_factory=dict)
    last: dict[Box, float] = field(default_factory=dict)


class Recorder(Terminal):
    """A program on a pseudo-terminal of its own, that is read without being shown."""

    def record(self, seconds: float, quiet_s: float | None = None) -> list[Chunk]:
        """All bytes of so long, or until none came for `quiet_s`."""
        chunks: list[Chunk] = []
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) >= 0:
            wait = left if quiet_s is None else min(left, quiet_s)
            if not select.select([self._master], [], [], wait)[0]:
                break
            try:
                data = os.read(self._master, 65536)
            except OSError:
                break
            chunks.append((time.perf_counter(), data))
        return chunks

    def show(self, data: bytes) -> None:
        """Recorded bytes to the screen."""
        self.raw += data
        self._feed(self._decode(data))

    def catch_up(self) -> None:
        """Show what waits to be read."""
        for _, data in self.record(1.0, quiet_s=0.0):
            self.show(data)

    def boxes(self, names: Sequence[str]) -> list[Box]:
        """Where the charts of these metrics are, by their titles, from left to right and from top to bottom."""
        places = [
            (row, match.start())
            for row, line in enumerate(self.screen.display)
            for match in _TITLE.finditer(line)
            if line[match.end() :].startswith(tuple(names))
        ]
        if not places:
            return []
        rows, columns = sorted({row for row, _ in places}), sorted({column for _, column in places})
        bottom = rows[-1] + min((b - a for a, b in pairwise(rows)), default=self.screen.lines - _BOTTOM - rows[-1])
        below = dict(pairwise([*rows, bottom]))
        beside = dict(pairwise([*columns, self.screen.columns]))
        return [Box(column, row, beside[column] - column, below[row] - row) for row, column in places]

    def cells(self, box: Box) -> Cells:
        """What a chart shows now."""
        rows = (self.screen.buffer[row] for row in range(box.top, box.top + box.height))
        return tuple(row[column] for row in rows for column in range(box.left, box.left + box.width))

    def press(
        self, key: str, boxes: Sequence[Box], wanted: int, seconds: float, quiet_s: float | None = None
    ) -> Effect:
        """Press a key, record, and find out afterwards when each chart was repainted; a frame counts at its end.

        It goes on until the first `wanted` of the charts have changed, or nothing is to be hoped for.
        """
        self.catch_up()
        shown = {box: self.cells(box) for box in boxes}
        begin, began = time.monotonic(), time.perf_counter()
        self.type(key)
        effect = Effect(begin)
        while any(box not in effect.first for box in boxes[:wanted]) and time.perf_counter() < began + _PATIENCE_S:
            chunks = self.record(seconds, quiet_s)
            effect.end = time.monotonic()
            for moment, data in bursts(chunks, _FRAME_S):
                self.show(data)
                self._see(effect, shown, moment - began)
        return effect

    def _see(self, effect: Effect, shown: dict[Box, Cells], taken: float) -> None:
        for box, before in shown.items():
            if (now := self.cells(box)) != before:
                shown[box] = now
                effect.first.setdefault(box, taken)
                effect.last[box] = taken


def bursts(chunks: Sequence[Chunk], apart_s: float) -> Iterator[Chunk]:
    """Chunks that came one upon the other put together, each with the moment of its end."""
    end, whole = 0.0, b""
    for moment, data in chunks:
        if whole and moment - end > apart_s:
            yield end, whole
            whole = b""
        end, whole = moment, whole + data
    if whole:
        yield end, whole


@contextmanager
def recorder_of(
    command: Sequence[str], folder: Path, size: Size, more: Mapping[str, str] | None = None
) -> Iterator[Recorder]:
    """The program on a terminal of this size; it works in `folder`, and finds and leaves there all that it keeps."""
    homes = {name: str(folder / name.lower()) for name in _HOMES}
    env = {**environment(), "COLORTERM": "truecolor", **homes, **(more or {})}
    recorder = Recorder(list(command), columns=size[0], rows=size[1], cwd=folder, env=env)
    try:
        yield recorder
    finally:
        recorder.close()
