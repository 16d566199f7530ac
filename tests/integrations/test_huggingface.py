"""Hugging Face Trainer: a model of two layers made from a config; nothing comes from a hub."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainerCallback, TrainingArguments

import labtop
from labtop.callbacks.huggingface import LabtopCallback
from labtop.store.model import RunDetail, Status

One = Callable[[], RunDetail]


class Words(torch.utils.data.Dataset):  # type: ignore[misc]
    """Sixteen texts of eight tokens."""

    def __len__(self) -> int:
        return 16

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        words = torch.arange(index, index + 8) % 30
        return {"input_ids": words, "labels": words}


class Fails(TrainerCallback):  # type: ignore[misc]
    """A training that does not reach its end."""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == 2:
            raise RuntimeError("out of memory, or so")


def trainer(folder: Path, *callbacks: Any, **arguments: Any) -> Trainer:
    model = GPT2LMHeadModel(GPT2Config(vocab_size=30, n_positions=8, n_embd=8, n_layer=2, n_head=2))
    known = {
        "output_dir": str(folder / "out"),
        "max_steps": 6,
        "per_device_train_batch_size": 4,
        "logging_steps": 2,
        "eval_strategy": "steps",
        "eval_steps": 3,
        "save_strategy": "no",
        "report_to": [],
        "use_cpu": True,
        "disable_tqdm": True,
        "seed": 7,
    }
    chosen = TrainingArguments(**{**known, **arguments})
    return Trainer(model=model, args=chosen, train_dataset=Words(), eval_dataset=Words(), callbacks=list(callbacks))


def test_a_training_is_a_run_of_its_own(tmp_path: Path, only: One, curve: Any) -> None:
    best = {"metric_for_best_model": "loss", "greater_is_better": False}
    trained = trainer(tmp_path, LabtopCallback(tags=["tiny"]), run_name="first", learning_rate=1e-3, **best)
    trained.train()
    run = only()
    assert (run.run.id, run.run.status, run.run.tags) == ("first", Status.FINISHED, ("tiny",))
    assert (run.run.step, run.run.total_steps, run.seed) == (6, 6, 7)
    assert run.params["learning_rate"].value == 1e-3
    assert run.params["model.n_layer"].value == 2
    logged = [each for each in trained.state.log_history if "loss" in each]
    assert curve("first", "train/loss") == [(each["step"], pytest.approx(each["loss"])) for each in logged]
    assert [step for step, _ in curve("first", "train/loss")] == [2, 4, 6]
    assert [step for step, _ in curve("first", "eval/loss")] == [3, 6]
    assert run.metrics["eval/loss"].goal == "min"


def test_an_active_run_is_used_and_left_open(tmp_path: Path, only: One) -> None:
    with labtop.init(name="mine", params={"learning_rate": 0.5}) as run:
        trainer(tmp_path, LabtopCallback()).train()
        run.log({"probe": 1.0}, step=7)
    detail = only()
    assert (detail.run.id, detail.run.status, detail.run.total_steps) == ("mine", Status.FINISHED, 6)
    assert detail.params["learning_rate"].value == 0.5
    assert detail.params["max_steps"].value == 6
    assert {"train/loss", "eval/loss", "probe"} <= detail.metrics.keys()


def test_an_evaluation_after_the_training_belongs_to_it(tmp_path: Path, only: One, curve: Any) -> None:
    trained = trainer(tmp_path, LabtopCallback(name="then"), eval_strategy="no")
    trained.train()
    result = trained.evaluate()
    assert only().run.status is Status.FINISHED
    assert curve("then", "eval/loss") == [(6, pytest.approx(result["eval_loss"]))]


def test_an_evaluation_alone_is_a_run(tmp_path: Path, only: One) -> None:
    trainer(tmp_path, LabtopCallback()).evaluate()
    detail = only()
    assert detail.run.status is Status.FINISHED
    assert "eval/loss" in detail.metrics


def test_another_process_than_the_first_logs_nothing(tmp_path: Path, runs: Path) -> None:
    made = trainer(tmp_path, callback := LabtopCallback())
    made.state.is_world_process_zero = False
    callback.on_train_begin(made.args, made.state, made.control)
    callback.on_log(made.args, made.state, made.control, logs={"loss": 1.0})
    assert not runs.exists()


def test_a_training_that_raises_has_failed(fails: Any, only: One) -> None:
    fails(
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\n"
        "import test_huggingface as tests\n"
        "tests.trainer(Path(), tests.LabtopCallback(), tests.Fails()).train()\n"
    )
    detail = only()
    assert (detail.run.status, detail.run.error) == (Status.FAILED, "RuntimeError: out of memory, or so")
    assert "on_step_end" in (detail.traceback or "")


def test_a_training_whose_error_was_caught_has_failed_when_the_next_begins(tmp_path: Path, read: Any) -> None:
    with pytest.raises(RuntimeError):
        trainer(tmp_path, LabtopCallback(name="one"), Fails()).train()
    trainer(tmp_path, LabtopCallback(name="two")).train()
    runs = read()
    assert {name: each.run.status for name, each in runs.items()} == {"one": Status.FAILED, "two": Status.FINISHED}
    assert runs["one"].run.error == "the training was left before its end"
    assert runs["two"].metrics["train/loss"].count == 3


def test_the_example_of_the_docs(tmp_path: Path, only: One, documented: Any) -> None:
    made = trainer(tmp_path)
    documented("Hugging Face Trainer", Trainer=Trainer, model=made.model, args=made.args, train=Words(), val=Words())
    assert (only().run.status, only().run.step) == (Status.FINISHED, 6)
