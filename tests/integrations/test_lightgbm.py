"""LightGBM: trees on points of two classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
import pytest

import labtop
from labtop.callbacks.lightgbm import labtop_callback
from labtop.callbacks.training import active_run
from labtop.store.model import RunDetail, Status

One = Callable[[], RunDetail]
POINTS = np.random.default_rng(3).random((80, 3))
CLASSES = (POINTS[:, 0] > 0.5).astype(int)
PARAMS = {"objective": "binary", "metric": ["binary_logloss", "auc"], "num_leaves": 4, "verbose": -1, "seed": 5}


def train(*callbacks: Any, rounds: int = 4) -> dict[str, Any]:
    found: dict[str, Any] = {}
    data = lightgbm.Dataset(POINTS, CLASSES)
    kept = [lightgbm.record_evaluation(found), *callbacks]
    unseen = lightgbm.Dataset(POINTS[::-2], CLASSES[::-2], reference=data)
    lightgbm.train(PARAMS, data, rounds, valid_sets=[unseen], valid_names=["val"], callbacks=kept)
    return found


def fail(env: Any) -> None:
    raise ValueError("no more")


fail.order = 99  # type: ignore[attr-defined]  # after what logs


def test_a_training_is_a_run_of_its_own(only: One, curve: Any) -> None:
    found = train(labtop_callback(name="trees"))
    detail = only()
    assert (detail.run.id, detail.run.status, detail.run.total_steps) == ("trees", Status.FINISHED, 4)
    wanted = {"num_leaves": 4, "objective": "binary", "seed": 5, "num_iterations": 4}
    assert {name: detail.params[name].value for name in wanted} == wanted
    for name, goal in {"binary_logloss": "min", "auc": "max"}.items():
        assert curve("trees", f"val/{name}") == list(enumerate(found["val"][name], 1))
        assert detail.metrics[f"val/{name}"].goal == goal


def test_cross_validation_has_means_and_deviations(only: One, curve: Any) -> None:
    table = lightgbm.cv(PARAMS, lightgbm.Dataset(POINTS, CLASSES), 3, callbacks=[labtop_callback(name="cv")])
    assert curve("cv", "valid/auc-mean") == list(enumerate(table["valid auc-mean"], 1))
    assert curve("cv", "valid/auc-stdv") == list(enumerate(table["valid auc-stdv"], 1))
    assert only().metrics["valid/auc-mean"].goal == "max"


def test_an_estimator_takes_it_too(only: One) -> None:
    made = lightgbm.LGBMClassifier(n_estimators=3, verbose=-1)
    made.fit(POINTS, CLASSES, eval_set=[(POINTS, CLASSES)], callbacks=[labtop_callback()])
    assert only().run.status is Status.FINISHED


def test_an_early_stop_is_an_end_once_the_next_training_begins(read: Any) -> None:
    train(lightgbm.early_stopping(1, min_delta=9.0, verbose=False), labtop_callback(name="one"), rounds=50)
    assert active_run() is None  # to the callback of any framework
    train(labtop_callback(name="two"))
    runs = read()
    assert {name: each.run.status for name, each in runs.items()} == {"one": Status.FINISHED, "two": Status.FINISHED}
    assert runs["one"].run.step == 2


def test_an_error_that_was_caught_is_no_end(read: Any) -> None:
    with pytest.raises(ValueError, match="no more"):
        train(labtop_callback(name="one"), fail)
    train(labtop_callback(name="two"))
    runs = read()
    assert {name: each.run.status for name, each in runs.items()} == {"one": Status.FAILED, "two": Status.FINISHED}


def test_an_active_run_has_the_error_too(only: One) -> None:
    with pytest.raises(ValueError, match="no more"), labtop.init(name="mine"):
        train(labtop_callback(), fail)
    detail = only()
    assert (detail.run.id, detail.run.status, detail.run.error) == ("mine", Status.FAILED, "ValueError: no more")


def test_a_training_that_raises_has_failed(fails: Any, only: One) -> None:
    fails(
        "import lightgbm, numpy as np\n"
        "from labtop.callbacks.lightgbm import labtop_callback\n"
        "def fail(env): raise ValueError('no more')\n"
        "fail.order = 99\n"
        "data = lightgbm.Dataset(np.random.rand(60, 2), np.arange(60) % 2)\n"
        "lightgbm.train({'verbose': -1}, data, 3, valid_sets=[data], callbacks=[labtop_callback(), fail])\n"
    )
    detail = only()
    assert (detail.run.status, detail.run.error) == (Status.FAILED, "ValueError: no more")
    assert detail.metrics["training/l2"].count == 1


def test_the_example_of_the_docs(only: One, documented: Any) -> None:
    data = lightgbm.Dataset(POINTS, CLASSES)
    unseen = lightgbm.Dataset(POINTS, CLASSES, reference=data)
    documented("LightGBM", lightgbm=lightgbm, params=PARAMS, data=data, unseen=unseen)
    assert (only().run.status, only().metrics["val/auc"].count) == (Status.FINISHED, 100)
