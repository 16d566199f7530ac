"""What a directory holds as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from labtop.store.model.values import Goal


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """A metric over all runs: in how many it is, and whether it varies within any of them."""

    name: str
    goal: Goal | None
    unit: str | None
    runs: int
    varies: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """What a directory holds, from which the screen picks its first columns.

    `metrics` most frequent first; `varying_params` those that differ between runs, the most telling first.
    """

    runs: int
    metrics: tuple[MetricInfo, ...]
    varying_params: tuple[str, ...]
