"""Run directories for the table: finished runs with ten metrics and twenty params, many to a file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.place import Place
from benchmarks.processes import read_cold

METRICS: Final = ("val/loss", "val/acc", "loss", "acc", *(f"m{number}" for number in range(6)))
SORTED_BY: Final = METRICS[0]
"""No two runs have the same last value of it."""
_SOME: Final = tuple(f"p{number}" for number in range(13))
_PARAMS: Final = ("lr", "opt", "seed", "batch", "drop", "model.width", "model.depth", *_SOME)
_VALUES: Final = (1, 4, 8, 16, 0.1, 0.01, "relu", "gelu", "cosine")
_OPTIMIZERS: Final = ("adam", "adamw", "sgd", "lion")
_TAGS: Final = ((), ("big",), ("debug",), ("big", "debug"))
_STEPS: Final = (25, 50, 75, 100)
_PRIME: Final = 2**31 - 1
_START, _APART_S = 1_700_000_000.0, 60.0


@dataclass(frozen=True, slots=True)
class TableRun:
    """One run; `results` are the last values of its metrics, `params` have flat keys."""

    name: str
    params: dict[str, object]
    results: dict[str, float]
    tags: tuple[str, ...]

    @property
    def rate(self) -> float:
        """The learning rate."""
        return float(str(self.params["lr"]))


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A run directory: how many runs, in how many files."""

    runs: int
    files: int

    def all(self) -> Iterator[TableRun]:
        """The runs, from the first to the newest; always the same."""
        return map(_run, range(self.runs))

    def ordered(self) -> list[str]:
        """The names by rising `SORTED_BY`."""
        found = [(run.results[SORTED_BY], run.name) for run in self.all()]
        return [name for _, name in sorted(found)]

    def warm(self, place: Place) -> tuple[Path, Path]:
        """The run directory, written unless it is there, and an index that holds all of it."""
        directory = place.kept / f"table-{self.runs}-in-{self.files}"
        if not directory.exists():
            half = directory.with_name(f"{directory.name}.part")
            shutil.rmtree(half, ignore_errors=True)
            self.write(half)
            half.rename(directory)
        index = directory.with_suffix(".duckdb")
        read_cold("labtop", directory, index)
        return directory, index

    def write(self, directory: Path) -> None:
        """All of it, with every metric and every param as a column."""
        directory.mkdir(parents=True)
        columns = [*(f"metrics.{name}" for name in METRICS), *(f"params.{name}" for name in _PARAMS)]
        (directory / "labtop.toml").write_text(f"columns = {json.dumps(columns)}\n")
        for file in range(self.files):
            numbers = range(file * self.runs // self.files, (file + 1) * self.runs // self.files)
            lines = (json.dumps(line) for number in numbers for line in _lines(number))
            (directory / f"runs-{file:02}.jsonl").write_text("".join(f"{line}\n" for line in lines))


def _run(number: int) -> TableRun:
    dice = Random(number)
    params: dict[str, object] = {
        "lr": round(10 ** -dice.uniform(1, 5), 7),
        "opt": dice.choice(_OPTIMIZERS),
        "seed": number % 5,
        "batch": dice.choice((16, 32, 64, 128)),
        "drop": round(dice.random(), 4),
        "model.width": dice.choice((64, 128, 256)),
        "model.depth": dice.randrange(1, 13),
        **{key: dice.choice(_VALUES) for key in _SOME},
    }
    results = {name: round(dice.random(), 6) for name in METRICS}
    results[SORTED_BY] = (number + 1) * 1_103_515_245 % _PRIME / _PRIME
    return TableRun(f"run-{number:05}", params, results, dice.choice(_TAGS))


def _lines(number: int) -> Iterator[dict[str, object]]:
    """What a run logged: its params, a line every so many steps, its end."""
    run, moment = _run(number), _START + _APART_S * number
    flat = {key: value for key, value in run.params.items() if "." not in key}
    model = {key.partition(".")[2]: value for key, value in run.params.items() if "." in key}
    params = {**flat, "model": model}
    about = {"params": params, "tags": run.tags, "total_steps": _STEPS[-1]}
    yield {"event": "run", "run": run.name, "time": moment, **about}
    for step in _STEPS:
        left = 1 - step / _STEPS[-1]
        values = {name: value + left * (2 - value) for name, value in run.results.items()}
        yield {"run": run.name, "step": step, "time": moment + step, **values}
    yield {"event": "end", "run": run.name, "time": moment + _STEPS[-1], "status": "finished"}
