"""LightGBM: `lightgbm.train(..., callbacks=[labtop_callback()])`, also of `LGBMClassifier.fit` and `lightgbm.cv`."""

from __future__ import annotations

import os
from typing import Any, Final

from labtop.callbacks.needs import needs
from labtop.callbacks.training import Training

with needs("lightgbm", install="lightgbm"):
    from lightgbm.callback import CallbackEnv

_ORDER: Final = 25  # after what records an evaluation (20), before what stops early (30)


def labtop_callback(root: str | os.PathLike[str] | None = None, **options: Any) -> _Callback:
    """A callback that logs the evaluations of a training to the active run, or to one of its own.

    Arguments are those of `labtop.init`. Metrics have the names of the data and of the metric, `valid_0/l2`; those of
    `lightgbm.cv` come as `-mean` and `-stdv`. The step is the iteration as LightGBM prints it, from 1. LightGBM tells
    nobody that it stopped early: such a run ends with the next training, the notebook's cell or the process.
    """
    return _Callback(Training("lightgbm", root, **options))


class _Callback:
    before_iteration = False

    def __init__(self, training: Training) -> None:
        self.order = _ORDER
        self._training = training

    def __call__(self, env: CallbackEnv) -> None:
        results = env.evaluation_result_list or []
        if env.iteration == env.begin_iteration:
            self._begin(env)
        self._training.log(dict(each for result in results for each in _figures(result)), env.iteration + 1)
        if env.iteration + 1 == env.end_iteration:
            self._training.finish()

    def _begin(self, env: CallbackEnv) -> None:
        params = dict(env.params, num_iterations=env.end_iteration - env.begin_iteration)
        run = self._training.begin(params, env.end_iteration)
        booster, before = env.model, env.model.best_iteration
        self._training.is_over = lambda: booster.best_iteration != before  # by an early stop
        for result in env.evaluation_result_list or []:
            run.metric(_figures(result)[0][0], goal="max" if result[3] else "min")


def _figures(result: Any) -> list[tuple[str, float]]:
    """Of `(data, metric, value, is_higher_better)`, which `cv` puts a standard deviation behind."""
    data, metric, value, _, *deviation = tuple(result)
    name = f"{data}/{metric}"
    if deviation and deviation[0] is not None:
        return [(f"{name}-mean", value), (f"{name}-stdv", deviation[0])]
    return [(name, value)]
