"""A training and its log: when to validate, what to write, when to give up."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from typing import Literal

from labtop import Run
from labtop.demo.recipe import Recipe
from labtop.demo.training import Training

PATIENCE = 30
MILESTONES = (0.8, 0.9, 0.95)
GOALS: tuple[tuple[str, Literal["min", "max"]], ...] = (
    ("train/loss", "min"),
    ("train/acc", "max"),
    ("val/loss", "min"),
    ("val/acc", "max"),
)


class Stopped(BaseException):
    """Somebody wants this training to stop, or nobody is left who wanted it. No error of the training's own."""


class Pace:
    """Holds the training back to so many steps a second, and ends it when the process that wanted it is gone."""

    def __init__(self, steps_per_s: float, parent: int | None) -> None:
        """0 steps a second: as fast as the machine can. `parent` None: there is no process to wait for."""
        self.interval = 1.0 / steps_per_s if steps_per_s else 0.0
        self.parent = parent
        self.due = time.monotonic()

    def wait(self) -> None:
        """Sleep until the next step is due. After a pause (a laptop that slept) it goes on without a rush.

        Raises:
            Stopped: the parent is gone.
        """
        if self.parent is not None and os.getppid() != self.parent:
            raise Stopped("the process that started it is gone")
        now = time.monotonic()
        self.due = max(self.due + self.interval, now - 1.0)
        if self.due > now:
            time.sleep(self.due - now)


class Session:
    """One training from its first step to its last, logged to `run` at the given pace."""

    def __init__(self, recipe: Recipe, training: Training, run: Run, pace: Pace) -> None:
        self.recipe = recipe
        self.training = training
        self.run = run
        self.pace = pace
        self.milestones = list(MILESTONES)
        self.not_finite = 0

    def train(self) -> None:
        """Train until the recipe's steps are done, or the validation loss was not finite PATIENCE times."""
        for metric, goal in GOALS:
            self.run.metric(metric, goal=goal)
        self.run.metric("samples_per_s", unit="1/s")
        self.run.text(f"{len(self.training.network.theta)} parameters, {len(self.training.train)} examples")
        self.measure(0, self.training.validate())
        for step in self.steps():
            if step % self.recipe.validate_every == 0 or step == self.recipe.steps:
                values = self.training.validate()
                self.measure(step, values)
                self.remark(step, values)
                if self.not_finite >= PATIENCE:
                    self.run.text(f"stopped early: the validation loss was not finite {PATIENCE} times", "error")
                    return

    def steps(self) -> Iterator[int]:
        """Take the steps, write a line every `log_every` of them, and yield each step's number."""
        measures: list[dict[str, float]] = []
        seconds = 0.0
        for step in range(1, self.recipe.steps + 1):
            self.pace.wait()
            started = time.perf_counter()
            measures.append(self.training.step())
            seconds += time.perf_counter() - started
            if step % self.recipe.log_every == 0:
                speed = len(measures) * self.recipe.batch_size / seconds
                self.measure(step, {**joined(measures), "samples_per_s": round(speed)})
                measures, seconds = [], 0.0
            yield step

    def measure(self, step: int, values: dict[str, float]) -> None:
        """Write a line of metrics, to six digits."""
        self.run.log({key: float(f"{value:.6g}") for key, value in values.items()}, step=step)

    def remark(self, step: int, values: dict[str, float]) -> None:
        """Say in words when the accuracy passes a milestone, and when the loss stops being a number."""
        if not math.isfinite(values["val/loss"]):
            self.not_finite += 1
            if self.not_finite == 1:
                self.run.text(f"the validation loss is {values['val/loss']} at step {step}", "error")
        while self.milestones and values["val/acc"] >= self.milestones[0]:
            self.run.text(f"validation accuracy passed {self.milestones.pop(0):.0%} at step {step}")


def joined(measures: list[dict[str, float]]) -> dict[str, float]:
    """The measures of consecutive steps as one: means, but epoch and learning rate as they stand at the last."""
    last = measures[-1]
    means = {key: sum(measure[key] for measure in measures) / len(measures) for key in last}
    return {**means, "epoch": last["epoch"], "lr": last["lr"]}
