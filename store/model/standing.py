"""How runs stand beside those before them, and which were tried before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from labtop.store.model.table import Column

Change = Literal["better", "worse", "same"]


@dataclass(frozen=True, slots=True)
class StandingQuery:
    """`column`, a metric with a goal, in each of `runs`, beside the runs that began before it.

    Two values are the same where they differ by no more than `tolerance` times the larger of their sizes.
    """

    column: Column
    runs: tuple[int, ...]
    tolerance: float = 0.001


@dataclass(frozen=True, slots=True)
class Standing:
    """A run beside the one before it that has the metric (`last`) and beside the best of all before it (`best`).

    None where there is none, no goal, or no finite value. `repeats` is the number of the earliest run with the same
    params, those that only seed it too where there is one (`same_seed`), else seeds apart.
    """

    last: Change | None = None
    best: Change | None = None
    repeats: int | None = None
    repeats_name: str = ""
    same_seed: bool = False
