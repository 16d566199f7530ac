"""What is read out of the logs of tools that train language models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labtop.store import Store
from labtop.store.model import RunDetail, Series, Status

Opened = Callable[[str], Store]
Of = Callable[[str, str], RunDetail]
Curve = Callable[[str, str, str], Series]
Check = Callable[..., None]

LOGS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "LLaMA-Factory, with the trainer_state.json of the same run": (
        "llamafactory",
        "sft",
        {
            "metrics": {
                "loss": (8, 1.71, 1.7, 30),
                "lr": (8, 1e-07),
                "eval_loss": (2, 1.75, 1.75, 40),
                "percentage": (11, 100.0),
                "grad_norm": (8, 1.4),
                "learning_rate": (8, 1e-07),
                "eval_runtime": (2, 1200.5),
                "train_loss": (1, 1.89, 1.89, 40),
            },
            "curves": {
                "eval_loss": ([20, 40], [1.9, 1.75]),
                "grad_norm": ([5, 10, 15, 20, 25, 30, 35, 40], [3.2, 2.5, 2.1, 1.9, 1.6, 1.5, 1.45, 1.4]),
            },
            "params": {"r": 8, "lora_alpha": 16, "target_modules": ["q_proj", "v_proj"]},
            "name": "sft",
            "step": 40,
            "total_steps": 40,
            "status": Status.FINISHED,
            "duration_s": 9 * 86400 + 22 * 3600 - (32 * 60 + 48),
            "absent": ["elapsed_time", "remaining_time", "log_history"],
        },
    ),
    "LLaMA-Factory, two processes that append at once": (
        "llamafactory",
        "two_writers",
        {
            "metrics": {"loss": (8, 2.7, 2.5, 25)},
            "curves": {"loss": ([5, 10, 10, 15, 15, 20, 20, 25], [3.4, 3.0, 3.1, 2.8, 2.9, 2.6, 2.7, 2.5])},
            "total_steps": 100,
        },
    ),
    "Hugging Face Trainer, a trainer_state.json alone": (
        "hf_trainer",
        "alone",
        {
            "metrics": {
                "loss": (4, 2.6, 2.5, 15),
                "grad_norm": (4, 1.0),
                "eval_loss": (2, 2.7, 2.7, 20),
                "eval_accuracy": (2, 0.47, 0.47, 20),
                "train_runtime": (1, 99.1),
                "epoch": (7, 1.0),
            },
            "curves": {"loss": ([5, 10, 15, 20], [3.2, 2.8, 2.5, 2.6]), "eval_loss": ([10, 20], [2.9, 2.7])},
            "step": 20,
            "total_steps": 20,
            "status": Status.FINISHED,
            "absent": ["log_history"],
        },
    ),
    "Hugging Face Trainer, of three checkpoints the newest": (
        "hf_trainer",
        "three_saves",
        {
            "metrics": {"loss": (6, 3.125, 3.0, 1250), "eval_loss": (3, 3.3, 3.3, 1500)},
            "curves": {"loss": ([250, 500, 750, 1000, 1250, 1500], [5.0, 4.0, 3.5, 3.25, 3.0, 3.125])},
            "params": {"hidden_size": 64, "model_type": "gpt2"},
            "name": "three_saves",
            "step": 1500,
            "total_steps": 2000,
            "status": Status.ENDED,
        },
    ),
    "ms-swift, each line twice and the whole history in the last": (
        "ms_swift",
        "v0-20250301-101500",
        {
            "metrics": {
                "loss": (6, 2.25, 2.25, 10),
                "eval_loss": (4, 2.2, 2.2, 12),
                "eval_token_acc": (4, 0.58, 0.58, 12),
                "train_speed(iter/s)": (6, 0.125),
                "train_runtime": (1, 3725.0),
            },
            "curves": {"loss": ([1, 1, 5, 5, 10, 10], [5.045, 5.045, 3.5, 3.5, 2.25, 2.25])},
            "params": {"lora_rank": 8, "learning_rate": 0.0001, "model": "tiny/Tiny-0.5B", "dataset": ["chat-500"]},
            "step": 12,
            "total_steps": 12,
            "status": Status.FINISHED,
            "duration_s": 3725 - 70,
            "absent": ["log_history", "global_step", "elapsed_time", "remaining_time"],
        },
    ),
    "ms-swift, as it was": (
        "ms_swift",
        "v1-20240101-080000",
        {
            "metrics": {"loss": (3, 2.5, 2.5, 10), "acc": (3, 0.45, 0.45, 10)},
            "curves": {"acc": ([1, 5, 10], [0.25, 0.4, 0.45])},
        },
    ),
    "fairseq, objects behind text, numbers as text": (
        "fairseq",
        "lm",
        {
            "metrics": {
                "loss": (4, 9.25, 9.25, 400),
                "update": (4, 2.0),
                "valid_loss": (2, 9.0, 9.0, 400),
                "valid_best_loss": (1, 9.0, 9.0, 400),
                "train_loss": (2, 9.625, 9.625, 400),
                "gnorm": (4, 1.5),
            },
            "curves": {
                "loss": ([100, 200, 300, 400], [15.2, 12.5, 10.0, 9.25]),
                "valid_loss": ([200, 400], [11.5, 9.0]),
                "train_loss": ([200, 400], [13.85, 9.625]),
            },
            "step": 400,
            "duration_s": 211 - 52,
            "absent": ["num_updates", "valid_num_updates", "train_num_updates"],
        },
    ),
    "tinker-cookbook, four files": (
        "tinker_cookbook",
        "rl_basic",
        {
            "metrics": {
                "env/all/reward/total": (3, 0.6, 0.625, 1),
                "test/env/all/reward/total": (2, 0.55, 0.55, 2),
                "time/total": (3, 377.0),
            },
            "curves": {"test/env/all/reward/total": ([0, 2], [0.45, 0.55])},
            "params": {"model_name": "tiny/Tiny-8B", "learning_rate": 4e-05, "dataset_builder.batch_size": 64},
            "name": "rl_basic",
            "step": 2,
            "absent": ["spans"],
        },
    ),
    "openpi": (
        "openpi",
        "pi0_droid",
        {
            "metrics": {"loss": (3, 0.03125, 0.03125, 200), "param_norm": (3, 1380.5)},
            "curves": {"loss": ([0, 100, 200], [0.0549, 0.04, 0.03125])},
        },
    ),
    "home-made, parameters in the name of the folder only": (
        "home_made",
        "study/logs/model-v2_bs-128_lr-0.001",
        {
            "metrics": {"train_loss": (3, 4.75, 4.75, 2), "val_acc": (3, 10.5, 11.0, 1)},
            "params": {"model": "v2", "bs": 128, "lr": 0.001},
            "name": "model-v2_bs-128_lr-0.001",
            "duration_s": 240,
        },
    ),
    "home-made, a pooled log above them": (
        "home_made",
        "study",
        {"metrics": {"train_loss": (2, 5.0, 5.0, 1), "val_acc": (2, 9.5, 9.5, 1)}, "name": "study"},
    ),
    "verl, values one level down": (
        "verl",
        "gsm8k/qwen_grpo",
        {
            "metrics": {
                "actor/loss": (4, 0.2, 0.2, 4),
                "critic/score/mean": (4, 0.25, 0.3, 3),
                "val-core/gsm8k/acc/mean@1": (2, 0.5, 0.5, 4),
            },
            "curves": {"val-core/gsm8k/acc/mean@1": ([2, 4], [0.35, 0.5])},
            "absent": ["data"],
        },
    ),
    "NeMo Automodel, two files": (
        "nemo_automodel",
        "llama_sft",
        {
            "metrics": {"loss": (4, 1.75, 1.7, 3), "val_loss": (2, 1.8, 1.8, 4)},
            "curves": {"val_loss": ([2, 4], [2.0, 1.8])},
            "step": 4,
            "duration_s": 3,
        },
    ),
}


@pytest.mark.parametrize(("tool", "run", "expected"), LOGS.values(), ids=LOGS)
def test_a_log_is_read_as_its_tool_meant_it(check: Check, tool: str, run: str, expected: dict[str, Any]) -> None:
    check(tool, run, **expected)


def test_a_nan_in_a_document_is_counted(of: Of) -> None:
    assert of("hf_trainer", "alone").metrics["grad_norm"].nan == 1


def test_text_between_the_objects_is_skipped_and_not_rejected(opened: Opened) -> None:
    assert opened("fairseq").activity.rejected == 0


def test_what_only_a_name_says_is_marked(of: Of) -> None:
    params = of("home_made", "study/logs/model-v3_bs-64_lr-0.003").params
    assert {key: (params[key].value, params[key].source) for key in ("model", "bs", "lr")} == {
        "model": ("v3", "name"),
        "bs": (64, "name"),
        "lr": (0.003, "name"),
    }


def test_a_log_with_elapsed_time_only_has_no_clock_and_once_done_nothing_left(of: Of) -> None:
    run = of("llamafactory", "sft").run
    assert run.estimated
    assert run.eta_s is None
