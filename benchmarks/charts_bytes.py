"""Bytes to the terminal while runs grow: six charts, live."""

from __future__ import annotations

import json
import math
import random
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.charts_record import Box, Chunk, Recorder, bursts, recorder_of
from benchmarks.harness import Figure
from benchmarks.place import Place
from benchmarks.processes import LABTOP
from benchmarks.ui import leave, settle, until

METRICS = ("train/loss", "val/loss", "train/acc", "val/acc", "lr", "grad_norm")
_SIZE = (160, 48)
_LINES_PER_S = 5
_LOGGED_S = 120.0
_FRAME_S = 0.02  # bytes so far apart belong to two frames


class Writers(threading.Thread):
    """Runs that log `rate` lines a second each, by the clock, one after the other; each began `logged_s` ago."""

    def __init__(self, runs: Path, count: int, rate: float = _LINES_PER_S, logged_s: float = _LOGGED_S) -> None:
        super().__init__(daemon=True)
        self._logs = [runs / f"run{number}.jsonl" for number in range(count)]
        self._dice = random.Random(7)
        self._stop_event = threading.Event()
        self._pause = 1 / rate
        self._step = round(logged_s * rate)
        runs.mkdir(parents=True)
        now = time.time()
        for number, log in enumerate(self._logs):
            lines = (self._line(number, step, now - (self._step - step) / rate) for step in range(self._step))
            log.write_text("".join(lines))

    def run(self) -> None:
        """Until stopped."""
        due = time.monotonic()
        while True:
            for number, log in enumerate(self._logs):
                due += self._pause / len(self._logs)
                if self._stop_event.wait(max(0.0, due - time.monotonic())):
                    return
                with log.open("a") as file:
                    file.write(self._line(number, self._step, time.time()))
            self._step += 1

    def stop(self) -> None:
        """And wait for the end."""
        self._stop_event.set()
        self.join()

    def _line(self, number: int, step: int, moment: float) -> str:
        """Six metrics as trainings have them: two that fall, two that rise, a schedule, a noisy norm."""
        left, noise = math.exp(-step / (400 + 100 * number)), self._dice.gauss
        values = (
            0.3 + 2.3 * left + noise(0, 0.05),
            0.4 + 2.2 * left + noise(0, 0.02),
            0.95 - 0.85 * left + noise(0, 0.01),
            0.9 - 0.8 * left + noise(0, 0.01),
            1e-3 * (1 + math.cos(step / 3000)),
            (0.3 + 3 * left) * math.exp(noise(0, 0.3)),
        )
        return json.dumps({"step": step, "time": moment, **dict(zip(METRICS, values, strict=True))}) + "\n"


def measure(place: Place) -> list[Figure]:
    """Six charts, 2 rows of 3 in Plots on 160 x 48, for half a minute while one run or four log 5 lines/s each.

    The runs began two minutes of logged data ago, so that the axes move as they do in the first minutes of a training;
    of older ones less changes. The whole program counts, so the header too; a frame is what comes within 20 ms, and one
    of the charts where it changes any of their cells. A full redraw is what a terminal gets that has lost everything.
    """
    seconds = 10.0 if place.quick else 30.0
    figures: list[Figure] = []
    for count in (1, 4):
        with place.scratch() as folder:
            figures += live(folder, count, seconds)
    return figures


def live(folder: Path, count: int, seconds: float) -> list[Figure]:
    """The figures of so many growing runs."""
    writers = Writers(folder / "runs", count)
    command = [LABTOP, str(folder / "runs"), "--index", str(folder / "index.duckdb")]
    with recorder_of(command, folder, _SIZE) as recorder:
        until(recorder, lambda: all(f"run{number}" in recorder.text() for number in range(count)))
        boxes = _open(recorder)
        writers.start()
        try:
            recorder.record(5.0)
            chunks = recorder.record(seconds)
        finally:
            writers.stop()
        frames, of_charts = _frames(recorder, chunks, boxes)
        settle(recorder)
        whole = _redraw(recorder)
        leave(recorder)
    rate = sum(len(data) for _, data in chunks) / seconds / 1000
    runs = "1 run grows" if count == 1 else f"{count} runs grow"
    return [
        Figure(f"6 charts on 160 x 48 while {runs} by 5 lines/s, to the terminal", rate, "kB/s", 20),
        Figure("frames meanwhile", frames / seconds, "/s"),
        Figure("frames of the charts meanwhile", of_charts / seconds, "/s"),
        Figure("a full redraw", whole, "B"),
    ]


def _open(recorder: Recorder) -> list[Box]:
    recorder.type("2")
    until(recorder, lambda: bool(recorder.boxes(METRICS)))
    recorder.type(")")
    until(recorder, lambda: len(recorder.boxes(METRICS)) == len(METRICS))
    settle(recorder)
    return recorder.boxes(METRICS)


def _frames(recorder: Recorder, chunks: Sequence[Chunk], boxes: Sequence[Box]) -> tuple[int, int]:
    """How many frames there are, and how many of them change a chart."""
    before = [recorder.cells(box) for box in boxes]
    count = of_charts = 0
    for _, data in bursts(chunks, _FRAME_S):
        recorder.show(data)
        now = [recorder.cells(box) for box in boxes]
        count, of_charts = count + 1, of_charts + (now != before)
        before = now
    return count, of_charts


def _redraw(recorder: Recorder) -> int:
    """Bytes of the redraw after a change of size to the same size."""
    recorder.resize(*_SIZE)
    chunks = recorder.record(5.0, quiet_s=1.0)
    for _, data in chunks:
        recorder.show(data)
    return sum(len(data) for _, data in chunks)
