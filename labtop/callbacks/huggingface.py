"""Hugging Face Trainer: `Trainer(..., callbacks=[LabtopCallback()])`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

from labtop.callbacks.needs import needs
from labtop.callbacks.training import Training

with needs("transformers", install="transformers"):
    from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

_PREFIXES: Final = {"eval_": "eval/", "test_": "test/"}


class LabtopCallback(TrainerCallback):  # type: ignore[misc]  # untyped where it is not installed
    """Logs a training of `Trainer`, or of what is made of it, to the active run, or to one of its own.

    Arguments are those of `labtop.init`. Params are the training arguments and, as `model` and `peft`, the configs of
    the model. Metrics are named as in TensorBoard: `train/loss`, `eval/loss`, `test/loss`; steps are `global_step`.
    """

    def __init__(self, root: str | os.PathLike[str] | None = None, **options: Any) -> None:
        self._training = Training("huggingface", root, **options)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: Any = None, **_: Any
    ) -> None:
        """Begin, on the first process of all."""
        if not state.is_world_process_zero:
            return
        # Without a name `output_dir` was one in older versions, which says nothing.
        name = state.trial_name or (args.run_name if args.run_name != args.output_dir else None)
        params = _params(args, model) | (state.trial_params or {})
        run = self._training.begin(params, state.max_steps, name=name, seed=args.seed)
        if args.metric_for_best_model and args.greater_is_better is not None:
            best = args.metric_for_best_model.removeprefix("eval_")
            run.metric(f"eval/{best}", goal="max" if args.greater_is_better else "min")

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: Mapping[str, Any] | None = None,
        model: Any = None,
        **_: Any,
    ) -> None:
        """Log what the trainer logs."""
        if not state.is_world_process_zero or not logs:
            return
        is_alone = self._training.run is None  # `trainer.evaluate()` without a training
        if is_alone:
            self._training.begin(_params(args, model), seed=args.seed)
        self._training.log({_name(key): value for key, value in logs.items()}, state.global_step)
        if is_alone:
            self._training.finish()

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """End what was begun."""
        self._training.finish()


def _params(args: TrainingArguments, model: Any) -> dict[str, Any]:
    """Arguments that have a value; secrets are left out by `to_dict` itself."""
    params = {name: value for name, value in args.to_dict().items() if value is not None}
    if (config := getattr(model, "config", None)) is not None:
        params["model"] = config if isinstance(config, dict) else config.to_dict()
    if adapters := getattr(model, "peft_config", None):
        params["peft"] = {name: adapter.to_dict() for name, adapter in adapters.items()}
    return params


def _name(key: str) -> str:
    for prefix, folder in _PREFIXES.items():
        if key.startswith(prefix):
            return folder + key.removeprefix(prefix)
    return f"train/{key}"
