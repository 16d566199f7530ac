"""Place: where benchmarks write; the run directories they share, each made once, and warm indexes of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.processes import read_cold
from labtop.synthetic.plan import Plan
from labtop.synthetic.write import write

SET_A: Final = Plan(runs=100, steps=10_000, metrics=6)
"""1 M lines, about 200 MB."""


@dataclass(frozen=True, slots=True)
class Place:
    """`folder` is for what nobody needs afterwards, `kept` for what may serve the next time.

    `quick`: leave out what takes minutes. `sweep`: logs to open instead of some that are made.
    """

    folder: Path
    kept: Path
    quick: bool = False
    sweep: Path | None = None

    def made(self, plan: Plan) -> Path:
        """The run directory of a plan, written unless it is there."""
        directory = self.kept / _name(plan)
        if not directory.exists():
            with self._half_made(directory) as half:
                for _ in write(half, plan):
                    pass
        return directory

    def warm(self, plan: Plan) -> tuple[Path, Path]:
        """The run directory of a plan and an index that holds all of it."""
        directory, index = self.made(plan), self.kept / f"{_name(plan)}.duckdb"
        read_cold("labtop", directory, index)
        return directory, index

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder, for one use."""
        with tempfile.TemporaryDirectory(dir=self.folder, ignore_cleanup_errors=True) as name:
            yield Path(name)

    @contextmanager
    def _half_made(self, directory: Path) -> Iterator[Path]:
        """A folder that gets its name when it is complete."""
        half = directory.with_name(f"{directory.name}.part")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        try:
            yield half
            half.rename(directory)
        finally:
            shutil.rmtree(half, ignore_errors=True)


def _name(plan: Plan) -> str:
    files = "" if plan.files is None else f"-in-{plan.files}"
    return f"runs-{plan.runs}x{plan.steps}x{plan.metrics}{files}"
