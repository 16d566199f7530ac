"""How much each of 50 params explains of a metric over 10,000 runs, beside scipy on the same numbers in memory."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kruskal, spearmanr

from benchmarks.harness import Figure, in_turns
from benchmarks.place import Place
from benchmarks.processes import read_cold
from labtop.store.model import Column, TableQuery, WhyQuery
from labtop.store.store import Store

_RUNS, _FILES, _PARAMS, _TEXTS = 10_000, 50, 50, 10
_LOSS: Final = Column("metric", "loss")
_KEYS: Final = tuple(f"p{number}" for number in range(_PARAMS))


def measure(place: Place) -> list[Figure]:
    """The sheet is laid out, as it is for every table that was shown; each question has a store of its own."""
    directory, index = _warm(place)
    columns = _columns()
    reference = f"scipy, {_PARAMS - _TEXTS} spearmanr and {_TEXTS} kruskal, in memory"
    ours, theirs = in_turns(3 if place.quick else 9, lambda: _ours(directory, index), lambda: _scipy(columns))
    name = f"what {_PARAMS} params explain, {_RUNS:,} runs"
    return [Figure(name, ours, "s", 0.5, theirs, reference, aim_ratio=2.0)]


def _ours(directory: Path, index: Path) -> float:
    with Store.open(directory, index=index, poll=True) as store:
        store.outline()
        store.table(TableQuery((_LOSS,), limit=60))
        began = time.perf_counter()
        found = store.why(WhyQuery(_LOSS))
        taken = time.perf_counter() - began
    assert len(found.influences) == _PARAMS
    assert found.influences[0].key == _KEYS[0]
    return taken


def _scipy(columns: dict[str, NDArray[Any]]) -> float:
    """Seconds for the bare statistics, once all is in arrays."""
    loss = columns["loss"]
    texts = [columns[key] for key in _KEYS[-_TEXTS:]]
    groups = [[loss[text == value] for value in np.unique(text)] for text in texts]
    began = time.perf_counter()
    for key in _KEYS[:-_TEXTS]:
        spearmanr(columns[key], loss)
    for group in groups:
        kruskal(*group)
    return time.perf_counter() - began


def _columns() -> dict[str, NDArray[Any]]:
    """What the runs have, an array a key."""
    runs = [_run(number) for number in range(_RUNS)]
    return {key: np.array([run[key] for run in runs]) for key in (*_KEYS, "loss")}


def _run(number: int) -> dict[str, float | str]:
    """The params of a run, of which the first matters: half the numbers have few values, the last params are texts."""
    dice = Random(number)
    numbers = {key: dice.randrange(8) if place % 2 else dice.random() for place, key in enumerate(_KEYS[:-_TEXTS])}
    texts = {key: f"kind-{dice.randrange(12)}" for key in _KEYS[-_TEXTS:]}
    return {**numbers, **texts, "loss": numbers[_KEYS[0]] + dice.random()}


def _warm(place: Place) -> tuple[Path, Path]:
    """The run directory, written unless it is there, and an index that holds all of it."""
    directory = place.kept / f"why-{_RUNS}x{_PARAMS}"
    if not directory.exists():
        half = directory.with_name(f"{directory.name}.part")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        for file in range(_FILES):
            with (half / f"runs-{file:02}.jsonl").open("w") as log:
                log.writelines(_lines(number) for number in range(file, _RUNS, _FILES))
        half.rename(directory)
    index = directory.with_suffix(".duckdb")
    read_cold("labtop", directory, index)
    return directory, index


def _lines(number: int) -> str:
    run = _run(number)
    name = f"run-{number:05}"
    params = {key: run[key] for key in _KEYS}
    said = {"event": "run", "run": name, "time": 1.7e9 + number, "params": params}
    return f"{json.dumps(said)}\n{json.dumps({'run': name, 'step': 1, 'loss': run['loss']})}\n"
