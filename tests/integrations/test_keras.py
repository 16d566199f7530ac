"""Keras 3 on PyTorch: a line fitted through points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

import labtop
from labtop.callbacks.keras import LabtopCallback
from labtop.store.model import RunDetail, Status

One = Callable[[], RunDetail]


def model() -> Any:
    made = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    made.compile(optimizer=keras.optimizers.SGD(0.125), loss="mse", metrics=["mae"])
    return made


def fit(*callbacks: Any, epochs: int = 3) -> Any:
    points = np.linspace(0, 1, 32, dtype="float32").reshape(16, 2)
    given = {"validation_split": 0.25, "batch_size": 4, "epochs": epochs, "verbose": 0}
    return model().fit(points, points.sum(axis=1), callbacks=list(callbacks), **given)


def test_a_fit_is_a_run_of_its_own(only: One, curve: Any) -> None:
    history = fit(LabtopCallback(name="line")).history
    detail = only()
    assert (detail.run.id, detail.run.status, detail.run.total_steps) == ("line", Status.FINISHED, 3)
    assert (detail.run.step, detail.params["loss"].value) == (3, "mse")
    assert detail.params["optimizer.learning_rate"].value == 0.125
    assert detail.params["optimizer.name"].value == "SGD"
    for name, keras_name in {"train/loss": "loss", "val/loss": "val_loss", "val/mae": "val_mae"}.items():
        assert curve("line", name) == [(step, pytest.approx(each)) for step, each in enumerate(history[keras_name], 1)]
        assert detail.metrics[name].goal == "min"


def test_an_early_stop_is_an_end(only: One) -> None:
    fit(keras.callbacks.EarlyStopping("loss", min_delta=1e9, patience=1), LabtopCallback(), epochs=9)
    detail = only()
    assert (detail.run.status, detail.run.step) == (Status.FINISHED, 2)


def test_an_active_run_has_the_error_too(only: One) -> None:
    def fail(epoch: int, logs: object) -> None:
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"), labtop.init(name="mine"):
        fit(LabtopCallback(), keras.callbacks.LambdaCallback(on_epoch_end=fail))
    detail = only()
    assert (detail.run.id, detail.run.status, detail.run.error) == ("mine", Status.FAILED, "ValueError: no more")
    assert detail.metrics["train/loss"].count == 1


def test_a_training_that_raises_has_failed(fails: Any, only: One) -> None:
    fails(
        "import keras, numpy as np\n"
        "from labtop.callbacks.keras import LabtopCallback\n"
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "model.compile(loss='mse')\n"
        "def fail(epoch, logs): raise ValueError('no more')\n"
        "callbacks = [LabtopCallback(), keras.callbacks.LambdaCallback(on_epoch_end=fail)]\n"
        "model.fit(np.ones((4, 2)), np.ones(4), callbacks=callbacks, verbose=0)\n"
    )
    detail = only()
    assert (detail.run.status, detail.run.error) == (Status.FAILED, "ValueError: no more")


def test_an_error_that_the_script_catches_is_no_end(fails: Any, only: One) -> None:
    fails(
        "import keras, numpy as np, sys\n"
        "from labtop.callbacks.keras import LabtopCallback\n"
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "model.compile(loss='mse')\n"
        "def fail(epoch, logs): raise ValueError('no more')\n"
        "callbacks = [LabtopCallback(), keras.callbacks.LambdaCallback(on_epoch_end=fail)]\n"
        "try: model.fit(np.ones((4, 2)), np.ones(4), callbacks=callbacks, verbose=0)\n"
        "except ValueError: sys.exit(1)\n"
    )
    detail = only()
    assert (detail.run.status, detail.run.error) == (Status.FAILED, "the training was left before its end")


def test_the_example_of_the_docs(only: One, documented: Any) -> None:
    documented("Keras", model=model(), x=np.ones((16, 2)), y=np.ones(16))
    assert (only().run.status, only().run.step) == (Status.FINISHED, 3)
