"""Which runs each tool's folder holds, which files are none, and how answers follow files that change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from labtop.store import Store
from labtop.store.model import RunDetail, TableQuery

Opened = Callable[[str], Store]
Copied = Callable[[str], Path]
Fresh = Callable[[Path], Store]

_RAY = "PPO/PPO_CartPole-v1_7f3a2_0000{0}_{0}_lr={1}_2022-05-05_10-11-12/7f3a2_0000{0}"

RUNS: dict[str, set[str]] = {
    "llamafactory": {"sft", "two_writers"},
    "hf_trainer": {"alone", "three_saves"},
    "ms_swift": {"v0-20250301-101500", "v1-20240101-080000"},
    "detectron2": {"mask_rcnn"},
    "detr": {"coco"},
    "mae": {"pretrain", "finetune"},
    "mmcv": {"segmenter/20220101_120000", "detector/20220202_090000", "detector/None"},
    "mmengine": {"cascade/20230303_101112", "twin/20230404_121314"},
    "fairseq": {"lm"},
    "wandb_legacy": {"wandb/run-20191002_101530-q1w2e3r4", "wandb/run-20190404_081500-z9y8x7w6"},
    "ray": {_RAY.format(0, "0.001"), _RAY.format(1, "0.01")},
    "rllib_csv": {"PPO_CartPole-v1_5d1e7_00000_0_2022-06-01_09-00-00/5d1e7_00000"},
    "stable_baselines3": {"ppo", "a2c_csv_only", "a2c_csv_only/monitor"},
    "baselines": {"ddpg", "ddpg/log/0.monitor"},
    "dreamer": {"walker"},
    "tinker_cookbook": {"rl_basic"},
    "diffusion_policy": {"2023.01.16/20.20.06_train_pusht"},
    "openpi": {"pi0_droid"},
    "home_made": {"study", "study/logs/model-v2_bs-128_lr-0.001", "study/logs/model-v3_bs-64_lr-0.003"},
    "mace": {"results/water_run-123_train"},
    "verl": {"gsm8k/qwen_grpo"},
    "nemo_automodel": {"llama_sft"},
    "open_clip": {"logs/vitb32"},
    "wise_ft": {f"sweep/results#{line}" for line in range(1, 6)},
    "lightning": {"lightning_logs/version_0", "lightning_logs/version_1"},
    "ultralytics": {"runs/detect/train"},
    "keras": {"mnist"},
    "no_logs": set(),
}


@pytest.mark.parametrize(("tool", "runs"), RUNS.items(), ids=RUNS)
def test_a_folder_holds_these_runs(opened: Opened, tool: str, runs: set[str]) -> None:
    store = opened(tool)
    assert {run.id for run in store.table(TableQuery()).rows} == runs
    assert store.activity.rejected == 0


def _only(store: Store, run: str) -> RunDetail:
    store.catch_up()
    return {detail.run.id: detail for detail in store.details()}[run]


def test_every_folder_is_spoken_of(request: pytest.FixtureRequest) -> None:
    logs = request.config.rootpath / "tests/data/dialects"
    assert {folder.name for folder in logs.iterdir()} == set(RUNS)


def test_a_csv_rewritten_with_another_column_is_read_anew(copied: Copied, fresh: Fresh) -> None:
    root = copied("lightning")
    store = fresh(root)
    assert _only(store, "lightning_logs/version_0").metrics["train_loss"].count == 4
    (root / "lightning_logs/version_0/metrics.csv").write_text(
        "epoch,step,train_loss,val_acc,val_loss\n0,9,0.588,,\n0,19,0.485,,\n0,19,,,0.512\n1,29,0.441,,\n"
        "1,39,0.375,,\n1,39,,0.75,0.4375\n2,49,0.25,,\n"
    )
    metrics = _only(store, "lightning_logs/version_0").metrics
    assert {name: (each.count, each.last) for name, each in metrics.items() if name != "epoch"} == {
        "train_loss": (5, 0.25),
        "val_acc": (1, 0.75),
        "val_loss": (2, 0.4375),
    }


def test_a_row_is_read_once_it_is_whole(copied: Copied, fresh: Fresh) -> None:
    root = copied("keras")
    log = root / "mnist/training.csv"
    store = fresh(root)
    assert _only(store, "mnist").metrics["loss"].last == 0.375
    with log.open("a", newline="") as file:
        file.write("4,0.9375,0.3")
    assert _only(store, "mnist").metrics["loss"].count == 4
    with log.open("a", newline="") as file:
        file.write("125,NA,NA\r\n")
    loss = _only(store, "mnist").metrics["loss"]
    assert (loss.count, loss.last, loss.step) == (5, 0.3125, 4)


def test_a_newer_checkpoint_takes_the_place_of_the_others(copied: Copied, fresh: Fresh) -> None:
    root = copied("hf_trainer")
    newest = root / "three_saves/checkpoint-1500"
    aside = newest.rename(root.parent / "aside")
    store = fresh(root)
    loss = _only(store, "three_saves").metrics["loss"]
    assert (loss.count, loss.last, loss.step) == (4, 3.25, 1000)
    aside.rename(newest)
    loss = _only(store, "three_saves").metrics["loss"]
    assert (loss.count, loss.last, loss.step) == (6, 3.125, 1500)


def test_of_checkpoints_that_are_deleted_the_newest_left_counts(copied: Copied, fresh: Fresh) -> None:
    root = copied("hf_trainer")
    store = fresh(root)
    assert _only(store, "three_saves").metrics["loss"].count == 6
    (root / "three_saves/checkpoint-1500/trainer_state.json").unlink()
    assert _only(store, "three_saves").metrics["loss"].count == 4


@pytest.mark.parametrize("json_first", [True, False])
def test_lines_win_over_a_table_of_the_same_run(copied: Copied, fresh: Fresh, json_first: bool) -> None:
    root = copied("stable_baselines3")
    late = root / ("ppo/progress.csv" if json_first else "ppo/progress.json")
    aside = late.rename(root.parent / "aside")
    store = fresh(root)
    assert _only(store, "ppo").metrics["rollout/ep_rew_mean"].count == 4
    assert ("rollout/success_rate" in _only(store, "ppo").metrics) is not json_first
    aside.rename(late)
    metrics = _only(store, "ppo").metrics
    assert (metrics["rollout/ep_rew_mean"].count, metrics["rollout/success_rate"].count) == (4, 4)


def test_what_only_the_other_format_has_stays_when_lines_vanish(copied: Copied, fresh: Fresh) -> None:
    root = copied("llamafactory")
    store = fresh(root)
    metrics = _only(store, "sft").metrics
    assert (metrics["loss"].count, metrics["grad_norm"].count, metrics["lr"].count) == (8, 8, 8)
    (root / "sft/trainer_log.jsonl").unlink()
    metrics = _only(store, "sft").metrics
    assert (metrics["loss"].count, metrics["grad_norm"].count, "lr" in metrics) == (8, 8, False)
