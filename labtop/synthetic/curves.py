"""The curves of one synthetic training, a stretch of steps at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labtop.synthetic.plan import RATES, Plan

Values = NDArray[np.float64]

_WARMUP: Final = 0.05
_DYING: Final = 0.02
_CHANCE: Final = 0.1


class Curves:
    """The values of a run: losses that decay, accuracies that rise, a schedule, noise; some runs diverge to NaN."""

    def __init__(self, plan: Plan, number: int) -> None:
        self._rng = np.random.default_rng((plan.seed, number))
        self._names = plan.metric_names()
        self._steps = plan.steps
        self._done = 0
        self._rate = RATES[number % len(RATES)]
        self._floor, self._top = self._rng.uniform(0.05, 0.4), self._rng.uniform(0.7, 0.99)
        self._decay = self._rng.uniform(0.4, 0.9)
        self._size = self._rng.uniform(0.5, 2, len(self._names))
        # A training at a high rate diverges more often.
        dies = self._rng.random() < 0.03 + self._rate
        self._death = self._rng.uniform(0.2, 0.9) if dies else 2.0

    def take(self, most: int) -> Values:
        """The next steps, at most so many: an array (steps, metrics)."""
        count = min(most, self._steps - self._done)
        steps = np.arange(1, count + 1, dtype=np.float64) + self._done
        self._done += count
        noise = self._rng.standard_normal((count, len(self._names)))
        columns = [self._column(at, steps, noise[:, at]) for at in range(len(self._names))]
        return np.column_stack(columns)

    def _column(self, at: int, steps: Values, noise: Values) -> Values:
        done = steps / self._steps
        left = (1 + 200 * done) ** -self._decay
        return _OF.get(self._names[at], _layer)(self, done, left, noise) * (self._size[at] if at >= len(_OF) else 1)

    def _loss(self, done: Values, left: Values, noise: Values) -> Values:
        return self._dying(done, (self._floor + 2.3 * left) * (1 + 0.05 * noise))

    def _val_loss(self, done: Values, left: Values, noise: Values) -> Values:
        return self._dying(done, (1.1 * self._floor + 2.2 * left + 0.2 * done**2) * (1 + 0.02 * noise))

    def _acc(self, done: Values, left: Values, noise: Values) -> Values:
        learnt = np.where(done < self._death, _CHANCE + (self._top - _CHANCE) * (1 - left), _CHANCE)
        return np.clip(learnt + 0.01 * noise, 0, 1)

    def _schedule(self, done: Values, _left: Values, _noise: Values) -> Values:
        falling = 0.505 + 0.495 * np.cos(np.pi * (done - _WARMUP) / (1 - _WARMUP))
        return self._rate * np.where(done < _WARMUP, done / _WARMUP, falling)

    def _norm(self, done: Values, left: Values, noise: Values) -> Values:
        return self._dying(done, (0.3 + 3 * left) * np.exp(0.3 * noise))

    def _dying(self, done: Values, healthy: Values) -> Values:
        """A run that diverges: values leap up for a while, then there are none."""
        since = np.clip((done - self._death) / _DYING, 0, None)
        return np.where(since < 1, healthy * np.exp(8 * np.minimum(since, 1)), np.nan)


def _layer(curves: Curves, done: Values, left: Values, noise: Values) -> Values:
    return (0.2 + np.sqrt(done) + left) * (1 + 0.02 * noise)


_OF: Final[dict[str, Callable[[Curves, Values, Values, Values], Values]]] = {
    "train/loss": Curves._loss,
    "val/loss": Curves._val_loss,
    "train/acc": Curves._acc,
    "val/acc": Curves._acc,
    "lr": Curves._schedule,
    "grad_norm": Curves._norm,
}
