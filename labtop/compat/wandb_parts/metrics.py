"""What `define_metric` says: of a name, or of all that begin with something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import labtop

Goal = Literal["min", "max"]


@dataclass(frozen=True)
class Definition:
    """Of metrics of one name, or, where it ends with `*`, of many."""

    name: str
    goal: Goal | None
    x: str | None

    def fits(self, metric: str) -> bool:
        """Whether it speaks of this metric."""
        return metric.startswith(self.name[:-1]) if self.name.endswith("*") else metric == self.name


class Definitions:
    """Tells the run of each metric that is defined, once it is logged where a definition speaks of many."""

    def __init__(self, run: labtop.Run) -> None:
        self._run = run
        self._all: list[Definition] = []
        self._seen: set[str] = set()

    def define(self, name: str, x: str | None, summary: str | None, goal: str | None) -> None:
        """`summary` and `goal` are those of W&B: "min", "max", "best,max"; "minimize", "maximize"."""
        definition = Definition(name, goal_of(summary, goal), x)
        self._all.append(definition)
        for metric in [name] if not name.endswith("*") else [each for each in self._seen if definition.fits(each)]:
            self._tell(definition, metric)

    def see(self, metrics: Iterable[str]) -> None:
        """These are logged."""
        new = [name for name in metrics if name not in self._seen]
        self._seen.update(new)
        for name in new:
            for definition in self._all:
                if definition.name != name and definition.fits(name):
                    self._tell(definition, name)

    def _tell(self, definition: Definition, metric: str) -> None:
        if (definition.goal is not None or definition.x is not None) and metric != definition.x:
            self._run.metric(metric, goal=definition.goal, x=definition.x)


def goal_of(summary: str | None, goal: str | None) -> Goal | None:
    """The direction that is better, as far as one is said."""
    words = {word.strip().lower()[:3] for word in f"{summary or ''},{goal or ''}".split(",")}
    if ("min" in words) == ("max" in words):
        return None
    return "min" if "min" in words else "max"
