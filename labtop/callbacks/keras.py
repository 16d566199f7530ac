"""Keras 3: `model.fit(..., callbacks=[LabtopCallback()])`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from labtop.callbacks.needs import needs
from labtop.callbacks.training import Training

with needs("keras", install="keras"):
    import keras


class LabtopCallback(keras.callbacks.Callback):  # type: ignore[misc]  # untyped where it is not installed
    """Logs `fit` to the active run, or to one of its own; the step is the epoch as Keras prints it, from 1.

    Arguments are those of `labtop.init`. What was computed on the training data is `train/loss`, on the validation data
    `val/loss`. Params are those of `fit`, and the configs of the optimizer and, as far as it has one, the loss.
    """

    def __init__(self, root: str | os.PathLike[str] | None = None, **options: Any) -> None:
        super().__init__()
        self._training = Training("keras", root, **options)

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Begin."""
        run = self._training.begin(_params(self.model, self.params), self.params.get("epochs"))
        for name in ("train/loss", "val/loss"):
            run.metric(name, goal="min")

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Log the epoch's means."""
        figures = {_name(name): value for name, value in (logs or {}).items()}
        rate = getattr(self.model.optimizer, "learning_rate", None)
        if "train/learning_rate" not in figures and rate is not None:
            figures["train/learning_rate"] = float(keras.ops.convert_to_numpy(rate))
        self._training.log(figures, epoch + 1)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """End what was begun."""
        self._training.finish()


def _name(name: str) -> str:
    return f"val/{name.removeprefix('val_')}" if name.startswith("val_") else f"train/{name}"


def _params(model: Any, fit: Mapping[str, Any]) -> dict[str, Any]:
    params = {name: fit[name] for name in ("epochs", "steps") if fit.get(name) is not None}
    params["model"] = model.name
    if model.built:
        params["parameters"] = model.count_params()
    if (optimizer := model.optimizer) is not None:
        settings = {name: value for name, value in optimizer.get_config().items() if value is not None}
        params["optimizer"] = settings | {"name": type(optimizer).__name__}
    if (loss := getattr(model, "loss", None)) is not None:
        params["loss"] = loss if isinstance(loss, (str, list, dict)) else getattr(loss, "name", None) or repr(loss)
    return params
