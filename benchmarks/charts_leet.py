"""Against `wandb leet`: the same data, each in its own format, on terminals of the same size, in turns."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.charts_record import Chunk, Recorder, bursts, recorder_of
from benchmarks.harness import Figure, median
from benchmarks.place import Place
from benchmarks.processes import LABTOP, started
from benchmarks.ui import memory_mb, processor_s
from labtop.synthetic.plan import Plan

_PLAN = Plan(runs=1, steps=50_000, metrics=20)
_SMALL = Plan(runs=1, steps=5_000, metrics=20)
_SIZE = (160, 48)
_LINES_PER_S = 5
_FIRST_CELLS = 10  # braille cells that make a chart
_FRAME_S = 0.02
_SLICE_S, _SLICES = 3.0, 40
_LITTLE = 5_000  # bytes a second
_WRITER: Final = Path(__file__).with_name("charts_leet_writer.py")

Opened = Callable[[Path], list[str]]
"""The command that opens the data, given an empty folder."""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of the process to the `first` chart and to `all` data shown; memory in MB then."""

    first: float
    all: float
    memory: float


@dataclass(frozen=True, slots=True)
class Steady:
    """A second of a growing run: bytes, milliseconds of a core, frames, those that `moved` curves. Bytes of a frame."""

    bytes: float
    processor: float
    frames: float
    moved: float
    of_frame: float


def measure(place: Place) -> list[Figure]:
    """One run of 50,000 steps with 20 metrics (5,000 where it shall be quick), 160 x 48, each as it opens.

    `wandb` is looked for in $LABTOP_LEET and on the PATH. Its data are written by its own SDK, from the lines of ours;
    neither has an index or a cache of them. The first chart is there with the first ten braille cells, all data with
    the last frame that changes any of them before nothing came for three seconds. Memory counts all processes of each.

    As it opens, ours has the table and the pinned metrics, theirs 12 charts. The live second begins once less than
    5 kB/s come: the run goes on by five lines a second; ours shows 3 x 4 charts in Plots.
    """
    wandb = _wandb()
    if wandb is None:
        print("charts-leet: no `wandb` on the PATH nor in $LABTOP_LEET: not installed", file=sys.stderr)
        return []
    plan = _SMALL if place.quick else _PLAN
    directory, theirs = place.made(plan), _written(place, plan, wandb)
    ours = _start_figures(place, plan, lambda folder: _labtop(directory, folder), lambda _: _leet(wandb, theirs))
    seconds = 8.0 if place.quick else 20.0
    return [*ours, *_live_figures(place, plan, wandb, seconds)]


def _start_figures(place: Place, plan: Plan, *opened: Opened) -> list[Figure]:
    """Ours and theirs, in turns."""
    starts: list[list[Start]] = [[] for _ in opened]
    for _ in range(2 if place.quick else 5):
        for each, command in zip(starts, opened, strict=True):
            with place.scratch() as folder:
                each.append(_start(command(folder), folder))
    name = f"{plan.metrics} metrics x {plan.steps:,} steps"

    def figure(what: str, unit: str, of: Callable[[Start], float]) -> Figure:
        ours, theirs = (median(map(of, each)) for each in starts)
        return Figure(f"{name}, {what}", ours, unit, None, theirs, "wandb leet", 1)

    return [
        figure("cold, first chart", "s", lambda start: start.first),
        figure("cold, all data shown", "s", lambda start: start.all),
        figure("memory then", "MB", lambda start: start.memory),
    ]


def _start(command: Sequence[str], folder: Path) -> Start:
    began = time.perf_counter()
    with recorder_of(command, folder, _SIZE, _at_home(folder)) as recorder:
        moments = _charts_after(recorder, recorder.record(120.0, quiet_s=3.0))
        if not moments:
            raise RuntimeError(f"no chart was seen; the screen:\n{recorder.text()}")
        memory = memory_mb(recorder.process.pid)
    return Start(moments[0] - began, moments[-1] - began, memory)


def _charts_after(recorder: Recorder, chunks: Sequence[Chunk]) -> list[float]:
    """The ends of the frames that changed braille cells, from the first that left enough of them."""
    moments: list[float] = []
    before = _curves(recorder)
    for moment, data in bursts(chunks, _FRAME_S):
        recorder.show(data)
        now = _curves(recorder)
        if now != before and len(now.replace(" ", "")) >= _FIRST_CELLS:
            moments.append(moment)
        before = now
    return moments


def _curves(recorder: Recorder) -> str:
    return "".join(letter if "\u2801" <= letter <= "\u28ff" else " " for letter in recorder.text())


def _live_figures(place: Place, plan: Plan, wandb: Path, seconds: float) -> list[Figure]:
    with place.scratch() as folder, _growing(place, plan, folder) as runs:
        ours = _steady(_labtop(runs, folder), folder, "2)))", seconds)
    with place.scratch() as folder, _growing_leet(place, plan, wandb, folder) as log:
        theirs = _steady(_leet(wandb, log), folder, "", seconds)

    def figure(what: str, unit: str, of: Callable[[Steady], float], most: float | None = 1) -> Figure:
        return Figure(f"live, 12 charts, {what}", of(ours), unit, None, of(theirs), "wandb leet", most)

    return [
        figure("bytes of a second", "B", lambda steady: steady.bytes),
        figure("bytes of a frame", "B", lambda steady: steady.of_frame, None),
        figure("frames of a second", "", lambda steady: steady.frames, None),
        figure("frames of a second that moved a curve", "", lambda steady: steady.moved, None),
        figure("processor time of a second", "ms", lambda steady: steady.processor),
    ]


def _steady(command: Sequence[str], folder: Path, keys: str, seconds: float) -> Steady:
    with recorder_of(command, folder, _SIZE, _at_home(folder)) as recorder:
        chunks = _until_read(recorder)
        for key in keys:
            recorder.type(key)
            chunks += recorder.record(1.0)
        for _, data in chunks + recorder.record(2.0):
            recorder.show(data)
        recorder.catch_up()
        before, began = processor_s(recorder.process.pid), time.perf_counter()
        chunks = recorder.record(seconds)
        took = time.perf_counter() - began
        processor = processor_s(recorder.process.pid) - before
        moved = len(_charts_after(recorder, chunks))
    frames, count = len(list(bursts(chunks, _FRAME_S))), sum(len(data) for _, data in chunks)
    return Steady(count / took, 1000 * processor / took, frames / took, moved / took, count / max(frames, 1))


def _at_home(folder: Path) -> dict[str, str]:
    """Nothing is read from, left in, or sent to anywhere else."""
    return {"WANDB_ERROR_REPORTING": "false", "WANDB_MODE": "offline", "HOME": str(folder), "TMPDIR": str(folder)}


def _until_read(recorder: Recorder) -> list[Chunk]:
    """What comes while the program reads, as far as it can be told from outside: until little comes."""
    chunks: list[Chunk] = []
    for _ in range(_SLICES):
        some = recorder.record(_SLICE_S)
        chunks += some
        if some and sum(len(data) for _, data in some) < _LITTLE * _SLICE_S:
            break
    return chunks


def _labtop(directory: Path, folder: Path) -> list[str]:
    return [LABTOP, str(directory), "--index", str(folder / "index.duckdb")]


def _leet(wandb: Path, log: Path) -> list[str]:
    return [str(wandb), "leet", str(log)]


def _wandb() -> Path | None:
    """The command, as the file in its own environment."""
    found = os.environ.get("LABTOP_LEET") or shutil.which("wandb")
    return Path(found).resolve() if found else None


@contextmanager
def _writing(wandb: Path, log: Path, folder: Path, rate: int | None = None) -> Iterator[None]:
    """The SDK has written a log into a folder; with a rate it goes on until the end."""
    words = [str(_WRITER), str(log), str(folder), *([] if rate is None else [str(rate)])]
    with started([str(wandb.with_name("python")), *words]) as process:
        assert process.stdout is not None
        if all(line.strip() != "written" for line in iter(process.stdout.readline, "")):
            raise RuntimeError("the SDK of W&B did not write the run")
        try:
            yield
        finally:
            if rate is not None:
                process.terminate()
            process.wait(60)


def _written(place: Place, plan: Plan, wandb: Path) -> Path:
    """The finished run as a file of W&B, made once."""
    kept = place.kept / f"leet-{plan.runs}x{plan.steps}x{plan.metrics}"
    if not kept.exists():
        with place.scratch() as folder:
            with _writing(wandb, _log_of(place.made(plan)), folder):
                pass
            shutil.move(folder / "wandb", kept)
    return _file_of(kept)


def _file_of(folder: Path) -> Path:
    return next(folder.glob("offline-run-*/*.wandb"))


def _log_of(directory: Path) -> Path:
    return next(directory.glob("*/*.jsonl"))


@contextmanager
def _growing_leet(place: Place, plan: Plan, wandb: Path, folder: Path) -> Iterator[Path]:
    with _writing(wandb, _log_of(place.made(plan)), folder, _LINES_PER_S):
        yield _file_of(folder / "wandb")


@contextmanager
def _growing(place: Place, plan: Plan, folder: Path) -> Iterator[Path]:
    """A copy of the run directory whose log goes on with the values of its last lines, as the writer for W&B does."""
    runs = folder / "runs"
    shutil.copytree(place.made(plan), runs)
    ended = threading.Event()
    thread = threading.Thread(target=_grow, args=(_log_of(runs), ended), daemon=True)
    thread.start()
    try:
        yield runs
    finally:
        ended.set()
        thread.join()


def _grow(log: Path, ended: threading.Event) -> None:
    with log.open() as file:
        last = deque((json.loads(line) for line in file), maxlen=100)
    step = last[-1]["step"]
    while not ended.wait(1 / _LINES_PER_S):
        step += 1
        with log.open("a") as file:
            file.write(json.dumps({**last[0], "step": step, "time": time.time()}) + "\n")
        last.rotate(-1)
