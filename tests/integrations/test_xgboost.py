"""XGBoost: trees on points of two classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xgboost

import labtop
from labtop.callbacks.xgboost import LabtopCallback
from labtop.store.model import RunDetail, Status

One = Callable[[], RunDetail]
POINTS = np.random.default_rng(3).random((60, 3))
CLASSES = (POINTS[:, 0] > 0.5).astype(int)
PARAMS = {"max_depth": 2, "eta": 0.3, "objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "seed": 5}


def train(*callbacks: Any, rounds: int = 4) -> dict[str, Any]:
    data = xgboost.DMatrix(POINTS, CLASSES)
    found: dict[str, Any] = {}
    given = {"evals": [(data, "train"), (data, "val")], "evals_result": found, "verbose_eval": False}
    xgboost.train(PARAMS, data, rounds, callbacks=list(callbacks), **given)
    return found


class Fails(xgboost.callback.TrainingCallback):  # type: ignore[misc]
    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        raise ValueError("no more")


def test_a_training_is_a_run_of_its_own(only: One, curve: Any) -> None:
    found = train(LabtopCallback(name="trees", total_steps=4))
    detail = only()
    assert (detail.run.id, detail.run.status, detail.run.total_steps) == ("trees", Status.FINISHED, 4)
    wanted = {"max_depth": 2, "eta": 0.3, "objective": "binary:logistic", "seed": 5, "subsample": 1}
    assert {name: detail.params[name].value for name in wanted} == wanted
    for name, goal in {"logloss": "min", "auc": "max"}.items():
        assert curve("trees", f"val/{name}") == list(enumerate(found["val"][name]))
        assert detail.metrics[f"train/{name}"].goal == goal


def test_cross_validation_has_means_and_deviations(only: One, curve: Any) -> None:
    data = xgboost.DMatrix(POINTS, CLASSES)
    table = xgboost.cv(PARAMS, data, 3, nfold=3, callbacks=[LabtopCallback(name="cv")])
    assert curve("cv", "test/auc-mean") == list(enumerate(table["test-auc-mean"]))
    assert curve("cv", "test/auc-std") == list(enumerate(table["test-auc-std"]))
    detail = only()
    assert (detail.run.status, detail.metrics["test/auc-mean"].goal) == (Status.FINISHED, "max")


def test_an_estimator_takes_it_too(only: One) -> None:
    made = xgboost.XGBClassifier(n_estimators=3, callbacks=[LabtopCallback()], early_stopping_rounds=2)
    made.fit(POINTS, CLASSES, eval_set=[(POINTS, CLASSES)], verbose=False)
    detail = only()
    assert (detail.run.status, detail.metrics["validation_0/logloss"].count) == (Status.FINISHED, 3)


def test_an_active_run_has_the_error_too(only: One) -> None:
    with pytest.raises(ValueError, match="no more"), labtop.init(name="mine"):
        train(LabtopCallback(), Fails())
    detail = only()
    assert (detail.run.id, detail.run.status, detail.run.error) == ("mine", Status.FAILED, "ValueError: no more")


def test_a_training_that_raises_has_failed(fails: Any, only: One) -> None:
    fails(
        "import numpy as np, xgboost\n"
        "from labtop.callbacks.xgboost import LabtopCallback\n"
        "class Fails(xgboost.callback.TrainingCallback):\n"
        "    def after_iteration(self, model, epoch, evals_log): raise ValueError('no more')\n"
        "data = xgboost.DMatrix(np.ones((4, 2)), np.ones(4))\n"
        "xgboost.train({}, data, 3, evals=[(data, 'train')], callbacks=[LabtopCallback(), Fails()])\n"
    )
    detail = only()
    assert (detail.run.status, detail.run.error) == (Status.FAILED, "ValueError: no more")
    assert detail.metrics["train/rmse"].count == 1


def test_the_example_of_the_docs(only: One, documented: Any) -> None:
    data = xgboost.DMatrix(POINTS, CLASSES)
    documented("XGBoost", xgboost=xgboost, params=PARAMS, data=data, unseen=data)
    assert (only().run.status, only().metrics["val/auc"].count) == (Status.FINISHED, 100)
