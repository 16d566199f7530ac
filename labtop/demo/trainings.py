"""The parent's side: start trainings as processes of their own, wait for them, stop them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from labtop.demo.recipe import FOUR, STEPS_PER_S, Recipe

GRACE_S = 3.0
PARENT = "LABTOP_DEMO_PARENT"
"""The variable that names the process with which a training ends."""
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}


@dataclass(frozen=True, slots=True)
class Started:
    """A training that was started, and its process."""

    recipe: Recipe
    process: subprocess.Popen[bytes]


class Trainings:
    """Trainings in the background, which end with the block, or with the process that holds it, however that dies.

    Each runs in a session of its own, so that ctrl+C and a closing terminal reach the parent only, and with one
    thread for linear algebra. Its standard streams lead nowhere: all it says stands in its log. The folder in which
    labtop was called is not on its path (-P): a user's `random.py` there must not be imported.
    """

    def __init__(self, recipes: Sequence[Recipe] = FOUR, speed: float = 1.0) -> None:
        """`speed` is a multiple of the pace that is nice to watch; 0 is as fast as the machine can."""
        self.recipes = tuple(recipes)
        self.rate = STEPS_PER_S * speed
        self.started: list[Started] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, directory: Path) -> None:
        """Begin all trainings; they write to a folder each below `directory`."""
        for recipe in self.recipes:
            self.started.append(Started(recipe, self._spawn(recipe, directory)))

    def _spawn(self, recipe: Recipe, directory: Path) -> subprocess.Popen[bytes]:
        options = ["--out", str(directory.absolute()), "--rate", f"{self.rate:g}"]
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "labtop.demo.train", *options, *recipe.arguments()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **ONE_THREAD, PARENT: str(os.getpid())},
        )

    def wait(self) -> list[int]:
        """Wait until all have ended by themselves; their exit statuses, in order."""
        return [started.process.wait() for started in self.started]

    def stop(self, grace_s: float = GRACE_S) -> None:
        """Ask all that still run to stop, kill those that have not after `grace_s` seconds, and leave none behind."""
        processes = [started.process for started in self.started]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + grace_s
        for process in processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
