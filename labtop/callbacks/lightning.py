"""Lightning: `Trainer(logger=LabtopLogger())`, of `lightning` as of `pytorch_lightning`."""

from __future__ import annotations

import os
import sys
import weakref
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import labtop
from labtop.callbacks.needs import needs
from labtop.callbacks.training import Training

with needs("lightning", "pytorch_lightning", install="lightning"):
    # The one that the training has loaded: each has a Logger of its own.
    if "pytorch_lightning" in sys.modules and "lightning.pytorch" not in sys.modules:
        from pytorch_lightning.loggers.logger import Logger, rank_zero_experiment
        from pytorch_lightning.utilities import rank_zero_only
    else:
        try:
            from lightning.pytorch.loggers.logger import Logger, rank_zero_experiment
            from lightning.pytorch.utilities import rank_zero_only
        except ModuleNotFoundError as missing:
            if missing.name != "lightning":
                raise
            from pytorch_lightning.loggers.logger import Logger, rank_zero_experiment
            from pytorch_lightning.utilities import rank_zero_only


class LabtopLogger(Logger):  # type: ignore[misc]  # untyped where it is not installed
    """Logs what `self.log` logs, under its names, to the active run, or to one of its own; the step is the trainer's.

    Arguments are those of `labtop.init`. Params are what `save_hyperparameters` keeps; a `ModelCheckpoint` tells the
    goal of the metric that it monitors. `logger.experiment` is the `labtop.Run`. Only rank 0 logs.
    """

    def __init__(self, root: str | os.PathLike[str] | None = None, **options: Any) -> None:
        super().__init__()
        self._training = Training("lightning", root, tells_errors=True, **options)
        self._trainer: Callable[[], Any] | None = None
        self._has_goal = False

    @property
    @rank_zero_experiment  # type: ignore[untyped-decorator]
    def experiment(self) -> labtop.Run:
        """The run, begun when it is first asked for, and taken up again by a test that follows the training."""
        training = self._training
        if training.run is None:
            return training.begin({})
        return training.run if training.is_running else training.resume()

    # Lightning keeps checkpoints in save_dir/name/version/checkpoints: so they lie in the run's folder.

    @property
    def save_dir(self) -> str | None:
        """The run directory."""
        return str(self._training.run.root) if self._training.run is not None else None

    @property
    def name(self) -> str:
        """None of its own: a run's folder lies directly in its run directory."""
        return ""

    @property
    @rank_zero_only  # type: ignore[untyped-decorator]
    def version(self) -> str:
        """The id of the run; None beyond rank 0."""
        return self._training.run.id if self._training.run is not None else str(self.experiment.id)

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_hyperparams(self, params: Mapping[str, Any] | Namespace, *_: Any, **__: Any) -> None:
        """Add to the params."""
        self.experiment.params.update(vars(params) if isinstance(params, Namespace) else params)

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Log a line."""
        self._say_total()
        self.experiment.log(metrics, step)

    def log_graph(self, model: Any, input_array: Any = None) -> None:
        """Not recorded; but the model knows its trainer, which nothing else that a logger hears of does."""
        with suppress(RuntimeError):  # it has none
            self._trainer = weakref.ref(model.trainer)

    @rank_zero_only  # type: ignore[untyped-decorator]
    def after_save_checkpoint(self, checkpoint_callback: Any) -> None:
        """Take over which direction is better."""
        if checkpoint_callback.monitor is not None and not self._has_goal:
            self._has_goal = True
            self.experiment.metric(checkpoint_callback.monitor, goal=checkpoint_callback.mode)

    @rank_zero_only  # type: ignore[untyped-decorator]
    def finalize(self, status: str) -> None:
        """End what was begun: also with the exception that Lightning handles just now."""
        if self._training.is_running:
            self._training.finish(sys.exc_info()[1] if status == "failed" else None)

    def _say_total(self) -> None:
        trainer = self._trainer() if self._trainer is not None else None
        if trainer is None or trainer.state.fn != "fit":
            return
        self._trainer = None
        with suppress(Exception):  # accumulation that changes by epoch, data without a length
            total = trainer.estimated_stepping_batches
            if 0 < total < float("inf"):
                self.experiment.describe(total_steps=total)
