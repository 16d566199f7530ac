"""What a training pays for `import labtop`: a line, the import, the beginning of a run, a heartbeat.

$LABTOP_PEERS is a Python that has wandb and mlflow, to be measured beside it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

from benchmarks.harness import Figure, in_turns, median, percentile
from benchmarks.place import Place
from benchmarks.processes import ROOT, output_of

_CALLS: Final = 20_000
_LINE: Final = "run.log of 6 numbers"
_PROBE: Final = str(Path(__file__).with_name("recording_probe.py"))
_BEATS: Final = str(Path(__file__).with_name("recording_beats.py"))
_FILES, _FILES_IN_A_FOLDER = 100_000, 500


@dataclass(frozen=True, slots=True)
class Peer:
    """A logger to measure beside ours. `calls` of it are timed; a line of ours may cost `most` of its."""

    logger: str
    name: str
    module: str
    calls: int
    most: float


_PEERS: Final = (
    Peer("wandb", "wandb offline", "wandb", _CALLS, 1 / 10),
    Peer("mlflow-file", "MLflow, files", "mlflow", 2_000, 1 / 50),
    Peer("mlflow-sqlite", "MLflow, sqlite", "mlflow", 300, 1 / 50),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process: seconds of the beginning of a run; of a line microseconds."""

    begun: float
    mean: float
    p50: float
    p99: float


def lines(place: Place) -> list[Figure]:
    """A line of six numbers, each call timed by itself; every logger in processes of its own, in turns, their medians.

    Nothing is found out of code and machine meanwhile, which `begin` measures. A plain append is one `os.write` of what
    `json.dumps` makes of the same numbers, with step and time.
    """
    peers = [peer for peer in _PEERS if _has(peer.module)]
    loggers = {"labtop-bare": _CALLS, "append": _CALLS} | {peer.logger: peer.calls for peer in peers}
    taken = _in_turns(place, loggers, ROOT, 2 if place.quick else 5)
    ours, plain = taken["labtop-bare"], taken["append"]
    reference = "a plain append of JSON"
    figures = [
        Figure(f"{_LINE}, mean", ours.mean, "µs", 10, plain.mean, reference),
        Figure(f"{_LINE}, p50", ours.p50, "µs", None, plain.p50, reference),
        Figure(f"{_LINE}, p99", ours.p99, "µs", 50, plain.p99, reference),
    ]
    for peer in _PEERS:
        name = f"{_LINE}, mean, beside {peer.name}"
        if peer in peers:
            figures.append(Figure(name, ours.mean, "µs", None, taken[peer.logger].mean, peer.name, peer.most))
        else:
            figures.append(Figure(f"{name} (not in $LABTOP_PEERS)", ours.mean, "µs"))
    return figures


def begin(place: Place) -> list[Figure]:
    """`import labtop; labtop.init` in a fresh interpreter, and `labtop.init()` until it returns.

    The latter in this repository, and in one of 100,000 files (10,000 where it shall be quick), of which one is changed
    and one new.
    """
    loggers = {"labtop": 0} | ({"wandb": 0} if _has("wandb") else {})
    turns = 5 if place.quick else 9
    here = _in_turns(place, loggers, ROOT, turns)
    files = _FILES // 10 if place.quick else _FILES
    large = _in_turns(place, loggers, _repository(place, files), turns)
    ours = ("labtop", [sys.executable, "-P"], "import labtop; labtop.init")
    theirs = ("wandb", [str(_peers_python()), "-I"], "import wandb; wandb.init")
    imported = _imports(turns, *([ours, theirs] if "wandb" in loggers else [ours]))
    return [
        _begin_figure("import labtop; labtop.init", imported, 30),
        _begin_figure("labtop.init until it returns, in this repository", _begun(here), 150),
        _begin_figure(f"labtop.init until it returns, repository of {files:,} files", _begun(large), 150),
    ]


def _begin_figure(name: str, seconds: dict[str, float], aim: float) -> Figure:
    wandb = seconds.get("wandb")
    if wandb is None:
        return Figure(name, 1000 * seconds["labtop"], "ms", aim)
    return Figure(name, 1000 * seconds["labtop"], "ms", aim, 1000 * wandb, "wandb offline")


def _begun(costs: dict[str, Cost]) -> dict[str, float]:
    return {logger: cost.begun for logger, cost in costs.items()}


def _imports(turns: int, *imports: tuple[str, list[str], str]) -> dict[str, float]:
    """The median seconds of each statement in an interpreter that has loaded nothing yet, in turns."""
    clock = "from time import perf_counter as clock; began = clock()"
    words = [[*python, "-c", f"{clock}; {statement}; print(clock() - began)"] for _, python, statement in imports]
    taken = in_turns(turns, *(partial(_printed, each) for each in words))
    return dict(zip((name for name, _, _ in imports), taken, strict=True))


def _printed(words: list[str]) -> float:
    return float(output_of(words).splitlines()[-1])


def beats(place: Place) -> list[Figure]:
    """What the thread takes that tells that a run lives: processor time of a process that does nothing else."""
    with place.scratch() as folder:
        seconds = "4" if place.quick else "12"
        taken = json.loads(output_of([sys.executable, "-P", _BEATS, str(folder), seconds]))
    return [Figure("processor time of a heartbeat, one each 30 s", taken["beat_us"], "µs")]


def _in_turns(place: Place, loggers: dict[str, int], where: Path, turns: int) -> dict[str, Cost]:
    """The median costs of each logger, of which so many calls are timed, in processes that take turns."""
    taken: dict[str, list[Cost]] = {logger: [] for logger in loggers}
    for _ in range(turns):
        for logger, calls in loggers.items():
            with place.scratch() as folder:
                taken[logger].append(_cost(logger, folder, where, calls))
    return {logger: _middle(costs) for logger, costs in taken.items()}


def _cost(logger: str, folder: Path, where: Path, calls: int) -> Cost:
    is_peer = any(peer.logger == logger for peer in _PEERS)
    python = [str(_peers_python()), "-I"] if is_peer else [sys.executable, "-P"]
    printed = output_of([*python, _PROBE, logger, str(folder), str(where), str(calls)])
    found = json.loads(printed.splitlines()[-1])
    each = [nanoseconds / 1000 for nanoseconds in found["calls"]] or [0.0]
    return Cost(found["begin"], sum(each) / len(each), percentile(each, 50), percentile(each, 99))


def _middle(costs: list[Cost]) -> Cost:
    columns = zip(*((cost.begun, cost.mean, cost.p50, cost.p99) for cost in costs), strict=True)
    return Cost(*map(median, columns))


def _peers_python() -> Path | None:
    """The Python of $LABTOP_PEERS, as its environment has it."""
    named = os.environ.get("LABTOP_PEERS")
    return Path(named).absolute() if named else None


def _has(module: str) -> bool:
    """Whether the peers' Python has a module."""
    python = _peers_python()
    if python is None:
        return False
    code = f"import importlib.util as u, sys; sys.exit(u.find_spec({module!r}) is None)"
    return subprocess.run([python, "-I", "-c", code], check=False).returncode == 0


def _repository(place: Place, files: int) -> Path:
    """A git repository of many files, made once, with a change and a new file in its work tree."""
    kept = place.kept / f"repository-{files}"
    if not kept.exists():
        half = kept.with_name(f"{kept.name}.part")
        shutil.rmtree(half, ignore_errors=True)
        bounds = [*range(0, files, _FILES_IN_A_FOLDER), files]
        for number, (first, end) in enumerate(pairwise(bounds)):
            folder = half / "src" / f"part{number:03}"
            folder.mkdir(parents=True)
            for file in range(first, end):
                (folder / f"module{file}.py").write_text(f"ANSWER = {file}\n")
        git = ["git", "-C", str(half), "-c", "user.name=labtop", "-c", "user.email=labtop@localhost", "-c", "gc.auto=0"]
        for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "all"]):
            subprocess.run([*git, *words], check=True)
        (half / "src" / "part000" / "module0.py").write_text("ANSWER = 42\n")
        (half / "new.py").write_text("ANSWER = 43\n")
        half.rename(kept)
    return kept
