"""XGBoost: `xgboost.train(..., callbacks=[LabtopCallback()])`, also of `XGBClassifier(...)` and `xgboost.cv`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from labtop.callbacks.needs import needs
from labtop.callbacks.training import Training

with needs("xgboost", install="xgboost"):
    import xgboost

# As `xgboost.callback.EarlyStopping` decides: these are maximised, all other metrics of XGBoost minimised.
_MAXIMISED: Final = ("auc", "aucpr", "pre", "map", "ndcg")
_MINIMISED: Final = ("rmse", "rmsle", "mae", "mape", "mphe", "logloss", "error", "merror", "mlogloss")


class LabtopCallback(xgboost.callback.TrainingCallback):  # type: ignore[misc]  # untyped where it is not installed
    """Logs the evaluations of a training to the active run, or to one of its own; the step is the round, from 0.

    Arguments are those of `labtop.init`. Metrics have the names of the data and of the metric: `train/logloss`,
    `validation_0/auc`; those of `xgboost.cv` come as `-mean` and `-std`. Params are the booster's, also those at their
    defaults. XGBoost does not say how many rounds there will be: `total_steps` does.
    """

    def __init__(self, root: str | os.PathLike[str] | None = None, **options: Any) -> None:
        super().__init__()
        self._training = Training("xgboost", root, **options)
        self._named: set[str] = set()

    def before_training(self, model: Any) -> Any:
        """Begin, on the first worker."""
        if xgboost.collective.get_rank() == 0:
            self._named.clear()
            booster = model.cvfolds[0].bst if hasattr(model, "cvfolds") else model
            self._training.begin(dict(_params(json.loads(booster.save_config())["learner"])))
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, Any]]) -> bool:
        """Log the round's evaluations."""
        figures: dict[str, float] = {}
        for data, metrics in evals_log.items():
            for metric, values in metrics.items():
                value = values[-1]
                known = {"-mean": value[0], "-std": value[1]} if isinstance(value, tuple) else {"": value}
                figures |= {f"{data}/{metric}{end}": each for end, each in known.items()}
                self._say_goal(f"{data}/{metric}{next(iter(known))}", metric)
        if figures and self._training.is_running:
            self._training.log(figures, epoch)
        return False

    def after_training(self, model: Any) -> Any:
        """End what was begun."""
        self._training.finish()
        return model

    def _say_goal(self, name: str, metric: str) -> None:
        if name in self._named or self._training.run is None:
            return
        self._named.add(name)
        if (goal := _goal(metric.partition("@")[0])) is not None:
            self._training.run.metric(name, goal=goal)


def _goal(metric: str) -> Literal["min", "max"] | None:
    return "max" if metric in _MAXIMISED else "min" if metric in _MINIMISED else None


def _params(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The training parameters in a booster's config, by the names that users give them."""
    for part, value in config.items():
        if part.endswith("_train_param") or part in ("generic_param", "reg_loss_param"):
            yield from ((name, _value(text)) for name, text in value.items() if text != "")
        elif isinstance(value, Mapping) and part != "learner_model_param":
            yield from _params(value)


def _value(text: str) -> str | float:
    """A setting as a number: the config has texts, `0.300000012` for the nearest of 32 bits to 0.3."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(f"{float(text):.7g}")
    except ValueError:
        return text
