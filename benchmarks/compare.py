"""Compare on a terminal: from the key to the whole comparison, and scrolling through it."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.charts_record import Recorder, bursts, recorder_of
from benchmarks.harness import Figure, median, percentile
from benchmarks.place import Place
from benchmarks.processes import LABTOP, read_cold
from benchmarks.ui import leave, settle, until, until_read

_SIZE: Final = (140, 45)
_FRAME_S: Final = 0.003  # bytes so far apart belong to two frames
_QUIET_S: Final = 0.3
_PATIENCE_S: Final = 20.0
_METRICS: Final = ("val/loss", "val/acc", *(f"train/m{number}" for number in range(18)))
_START: Final = 1_700_000_000.0
_DOWN, _UP = "\x04", "\x15"  # half a page


@dataclass(frozen=True, slots=True)
class ComparePlan:
    """Finished runs with so many params each, nested, of which two thirds differ, with packages and 20 metrics."""

    runs: int
    params: int

    def warm(self, place: Place) -> tuple[Path, Path]:
        """The run directory, written unless it is there, and an index that holds all of it."""
        directory = place.kept / f"compare-{self.runs}x{self.params}"
        if not directory.exists():
            half = directory.with_name(f"{directory.name}.part")
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir(parents=True)
            for number in range(self.runs):
                lines = map(json.dumps, self._lines(number))
                (half / f"run-{number:03}.jsonl").write_text("".join(f"{line}\n" for line in lines))
            half.rename(directory)
        index = directory.with_suffix(".duckdb")
        read_cold("labtop", directory, index)
        return directory, index

    def _lines(self, number: int) -> Iterator[dict[str, object]]:
        dice, params = Random(number), dict[str, dict[str, dict[str, object]]]()
        for place in range(self.params):
            value = (dice.choice((0.1, 0.01, 0.001)), dice.choice(("adam", "sgd", "a longer text " * 5)), 42)[place % 3]
            params.setdefault(f"part{place % 12}", {}).setdefault(f"of{place % 5}", {})[f"p{place:03}"] = value
        packages = {f"package{place}": f"1.{dice.randrange(3)}" for place in range(40)}
        git = {"commit": f"{number % 7:040x}", "branch": "main", "dirty": False}
        about = {"params": params, "git": git, "env": {"python": "3.11", "packages": packages}}
        yield {"event": "run", "time": _START + number, **about}
        for step in range(5):
            yield {"step": step, "time": _START + number + step, **{name: dice.random() for name in _METRICS}}
        yield {"event": "end", "status": "finished", "time": _START + number + 5}


def measure(place: Place) -> list[Figure]:
    """The first opening on a screen that has just begun, its modules and the answer included."""
    turns = 3 if place.quick else 7
    few, two, many = ComparePlan(2, 3), ComparePlan(2, 117), ComparePlan(200, 300)
    opened = {plan: [taken for _ in range(turns) for taken in _opened(place, plan)] for plan in (few, two, many)}
    small, large = median(opened[few]), "2 runs x 3 params"
    with _screen(place, many) as recorder:
        _press(recorder, "c", lambda: _is_there(recorder))
        steps = [_press(recorder, key) for key in (*"jjjjjlllllhh", *(_DOWN, _UP, _DOWN) * 4, *"Gglljjj") * 2]
        leave(recorder)
    return [
        Figure("compare 2 runs x 117 params: key to the whole screen", median(opened[two]), "ms", 100, small, large),
        Figure("compare 200 runs x 300 params", median(opened[many]), "ms", 500, small, large),
        Figure("scroll in it by rows, columns, pages, p95", percentile(steps, 95), "ms", 30),
    ]


def _opened(place: Place, plan: ComparePlan) -> Iterator[float]:
    with _screen(place, plan) as recorder:
        yield _press(recorder, "c", lambda: _is_there(recorder))
        leave(recorder)


@contextmanager
def _screen(place: Place, plan: ComparePlan) -> Iterator[Recorder]:
    """All runs marked."""
    directory, index = plan.warm(place)
    with (
        place.scratch() as folder,
        recorder_of([LABTOP, str(directory), "--index", str(index)], folder, _SIZE) as recorder,
    ):
        until_read(recorder, plan.runs)
        settle(recorder)
        recorder.type("a")
        until(recorder, lambda: "●" in recorder.text() or "marked" in recorder.text())
        settle(recorder)
        yield recorder


def _is_there(recorder: Recorder) -> bool:
    text = recorder.text()
    return "Parameters: " in text and "differ" in text and "[base]" in text


def _press(recorder: Recorder, key: str, is_right: Callable[[], bool] = lambda: True) -> float:
    """Milliseconds from the key to the end of the last frame that changed anything."""
    recorder.catch_up()
    before = recorder.text()
    began = time.perf_counter()
    recorder.type(key)
    last = began
    while time.perf_counter() < began + _PATIENCE_S:
        for moment, data in bursts(recorder.record(_PATIENCE_S, _QUIET_S), _FRAME_S):
            recorder.show(data)
            now = recorder.text()
            last, before = (moment, now) if now != before else (last, before)
        if is_right():
            return 1000 * (last - began)
    raise TimeoutError(f"{key!r} did not bring what was wanted; the screen:\n{recorder.text()}")
