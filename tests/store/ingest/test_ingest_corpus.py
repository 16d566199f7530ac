"""Real logs, growing: read in four pieces they give what they give at once."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labtop.store.index.files import Index
from labtop.store.ingest.ingest import Ingest

CORPUS = Path(__file__).parents[4] / "shared/corpus"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real logs is not beside this checkout"),
]
PIECES = 4


def _grow(root: Path, logs: list[Path], first: int, last: int) -> None:
    """Append to each copy what lies between two of the cuts, in the middle of lines."""
    then = time.time() - 100
    for log in logs:
        data = log.read_bytes()
        copy = root / log.relative_to(CORPUS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with copy.open("ab") as file:
            file.write(data[len(data) * first // PIECES : len(data) * last // PIECES])
        os.utime(copy, (then, then))


def test_real_logs_in_pieces_give_what_they_give_at_once(
    tmp_path: Path,
    contents: Callable[[Ingest], dict[str, list[tuple[Any, ...]]]],
    emptied: Callable[[Index], None],
    index: Index,
) -> None:
    logs = [path for path in sorted(CORPUS.rglob("*")) if path.is_file() and path.suffix != ".tsv"]
    results = []
    for name, cuts in (("whole", [0, PIECES]), ("pieces", list(range(PIECES + 1)))):
        emptied(index)
        root = tmp_path / name / "corpus"
        for first, last in itertools.pairwise(cuts):
            _grow(root, logs, first, last)
            ingest = Ingest(root, index)
            ingest.catch_up()
        results.append(contents(ingest))
    for table, rows in results[0].items():
        pieces = results[1][table]
        if table in ("points", "shares"):  # without the times, most of which are estimated
            rows, pieces = ([row[: -1 if table == "points" else -4] for row in each] for each in (rows, pieces))
        assert list(map(repr, pieces)) == list(map(repr, rows)), table
    assert not results[0]["rejected"]
