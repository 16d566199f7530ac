"""The training itself: batches, learning rate schedule, one step, one validation. No clock, no file, no process."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count

import numpy as np

from labtop.demo.data import ARMS, Data, Floats, Labels, train_and_val
from labtop.demo.network import Network
from labtop.demo.optimizers import make_optimizer
from labtop.demo.recipe import Recipe

EASY = 600
FINAL_LR = 0.01


class Training:
    """A network, its optimizer and its data, drawn from the recipe's seeds: the same recipe gives the same numbers."""

    def __init__(self, recipe: Recipe) -> None:
        rng = np.random.default_rng(recipe.seed)
        self.recipe = recipe
        self.train, self.val = train_and_val(recipe.noise)
        self.network = Network((2, *[recipe.width] * recipe.depth, ARMS), rng)
        self.optimizer = make_optimizer(recipe.optimizer, len(self.network.theta), recipe.weight_decay)
        self.batches = batches(self.train, recipe.batch_size, recipe.curriculum, rng)
        self.steps = 0

    def step(self) -> dict[str, float]:
        """Learn one batch. The measures are those of the batch, before the step."""
        epoch, x, y = next(self.batches)
        self.steps += 1
        lr = learning_rate(self.recipe, self.steps)
        # Overflow and NaN are what a diverging run is made of; they show in its curves.
        with np.errstate(over="ignore", invalid="ignore"):
            loss, accuracy = self.network.learn(x, y)
            norm = float(np.sqrt(self.network.gradient @ self.network.gradient))
            self.optimizer.step(self.network.theta, self.network.gradient, lr)
        return {"epoch": epoch, "train/loss": loss, "train/acc": accuracy, "lr": lr, "grad_norm": norm}

    def validate(self) -> dict[str, float]:
        """Loss and accuracy on the examples that are never learnt."""
        with np.errstate(over="ignore", invalid="ignore"):
            loss, accuracy = self.network.evaluate(self.val.x, self.val.y)
        return {"val/loss": loss, "val/acc": accuracy}


def batches(data: Data, size: int, curriculum: int, rng: np.random.Generator) -> Iterator[tuple[float, Floats, Labels]]:
    """Epoch so far, examples and labels, for ever, newly shuffled each epoch; what does not fill a batch is left out.

    With a curriculum, epoch n has the EASY + n * curriculum easiest examples: the outermost, where the arms are
    furthest apart. Nothing holds that number down to what there is: the mistake of which the demo's fourth run dies.
    """
    easiest = np.argsort(-np.hypot(data.x[:, 0], data.x[:, 1]), kind="stable")
    for epoch in count():
        available = EASY + epoch * curriculum if curriculum else len(data)
        order = easiest[rng.permutation(available)]
        for start in range(0, available - size + 1, size):
            chosen = order[start : start + size]
            yield epoch + start / available, data.x[chosen], data.y[chosen]


def learning_rate(recipe: Recipe, step: int) -> float:
    """Rises linearly for `warmup` steps, then falls along half a cosine to FINAL_LR of its peak."""
    if step < recipe.warmup:
        return recipe.lr * step / recipe.warmup
    progress = (step - recipe.warmup) / max(1, recipe.steps - recipe.warmup)
    return recipe.lr * (FINAL_LR + (1 - FINAL_LR) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))))
