"""The table alone on the screen: which runs stand there, and when keys have changed that."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.charts_record import Chunk, Recorder, bursts

SIZE: Final = (140, 45)
LINES: Final = range(2, 44)
"""The screen's lines that hold runs, where the table is alone and nothing is typed."""
PATIENCE_S: Final = 20.0
_FRAME_S: Final = 0.003  # bytes so far apart belong to two frames
_NAME: Final = re.compile(r"(.) . (run-\d+)")
_CELLS: Final = 13  # of a line: those that hold cursor and name
_COUNT: Final = re.compile(r"(?:\d+ of )?\d+ runs?\b")


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be seen of the table: a name a line, empty where there is none, the cursor's, and how many runs pass."""

    names: tuple[str, ...]
    cursor: str
    count: str

    def is_part_of(self, order: Sequence[str], places: dict[str, int]) -> bool:
        """Whether every line holds a run, one after the other of this order; `places` are those of the names in it."""
        top = places.get(self.names[0])
        return top is not None and self.names == tuple(order[top : top + len(self.names)]) and bool(self.cursor)


@dataclass(frozen=True, slots=True)
class Repaint:
    """What a key did: milliseconds to the frame that shows the names as they stay, and the table before and after."""

    taken_ms: float
    before: Sight
    after: Sight


def seen(recorder: Recorder, lines: range = LINES) -> Sight:
    """What is on the screen now."""
    names, cursor = [], ""
    for row in lines:
        cells = recorder.screen.buffer[row]
        found = _NAME.match("".join(cells[column].data for column in range(_CELLS)))
        names.append(found[2] if found else "")
        if found and found[1] == "›":
            cursor = found[2]
    count = _COUNT.search(recorder.line(0))
    return Sight(tuple(names), cursor, count[0] if count else "")


def frames(recorder: Recorder, chunks: Sequence[Chunk], lines: range = LINES) -> Iterator[tuple[float, Sight]]:
    """Show what was recorded: the end of each frame, and the table then."""
    for moment, data in bursts(chunks, _FRAME_S):
        recorder.show(data)
        yield moment, seen(recorder, lines)


def press(
    recorder: Recorder, key: str, is_right: Callable[[Sight], bool], quiet_s: float = 0.4, lines: range = LINES
) -> Repaint:
    """Press a key and wait until the table is right and the terminal quiet. Raises TimeoutError where that never is."""
    recorder.catch_up()
    before = seen(recorder, lines)
    history: list[tuple[float, Sight]] = []
    began = time.perf_counter()
    recorder.type(key)
    while time.perf_counter() < began + PATIENCE_S:
        history += frames(recorder, recorder.record(PATIENCE_S, quiet_s), lines)
        if history and is_right(history[-1][1]):
            return Repaint(1000 * (_stays_from(history) - began), before, history[-1][1])
    raise TimeoutError(f"{key!r} did not make the table right; the screen:\n{recorder.text()}")


def _stays_from(history: Sequence[tuple[float, Sight]]) -> float:
    """The moment from which on the table was as it is at the end."""
    since, last = history[-1]
    for moment, sight in reversed(history):
        if sight != last:
            break
        since = moment
    return since


def hold(
    recorder: Recorder, key: str, times: int, pause_s: float, step: int, order: Sequence[str], lines: range = LINES
) -> list[float]:
    """Hold a key that moves the cursor by `step` runs: milliseconds of each press.

    It ends with the first frame in which the cursor has come that far and every line holds its run.
    """
    recorder.catch_up()
    places = {name: place for place, name in enumerate(order)}
    start = places[seen(recorder, lines).cursor]
    chunks: list[Chunk] = []
    began = time.perf_counter()
    moments = []
    for number in range(times):
        moments.append(time.perf_counter())
        recorder.type(key)
        chunks += recorder.record(began + (number + 1) * pause_s - time.perf_counter())
    chunks += recorder.record(PATIENCE_S, quiet_s=1.0)
    shown = frames(recorder, chunks, lines)
    whole = [(end, places[sight.cursor]) for end, sight in shown if sight.is_part_of(order, places)]
    taken = []
    for number, moment in enumerate(moments):
        goal = min(start + step * (number + 1), len(order) - 1)
        end = next((end for end, place in whole if end > moment and place >= goal), None)
        if end is None:
            raise TimeoutError(f"{key!r}, held, never came to {order[goal]}; the screen:\n{recorder.text()}")
        taken.append(1000 * (end - moment))
    return taken
