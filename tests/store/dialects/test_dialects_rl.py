"""What is read out of logs of reinforcement learning, of sweeps and of simulations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labtop.store.model import RunDetail, Series, Status

Of = Callable[[str, str], RunDetail]
Curve = Callable[[str, str, str], Series]
Check = Callable[..., None]

TRIAL = "PPO/PPO_CartPole-v1_7f3a2_0000{0}_{0}_lr={1}_2022-05-05_10-11-12/7f3a2_0000{0}"

LOGS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "W&B legacy, history, events and summary": (
        "wandb_legacy",
        "wandb/run-20191002_101530-q1w2e3r4",
        {
            "metrics": {
                "reward": (5, 21.0, 24.0, 2),
                "episode": (5, 5.0),
                "system.gpu.0.gpu": (8, 47.0),
                "best_reward": (1, 24.0, 24.0, 4),
            },
            "curves": {"reward": ([0, 1, 2, 3, 4], [3.0, 9.0, 24.0, 12.0, 21.0])},
            "params": {"lr": 0.1, "env": "CartPole-v1", "hidden": [64, 64]},
            "duration_s": 40,
            "absent": ["frames", "graph", "_step"],
        },
    ),
    "W&B legacy, files in the folder of the run itself": (
        "wandb_legacy",
        "wandb/run-20190404_081500-z9y8x7w6",
        {
            "metrics": {"loss": (3, 0.625, 0.5, 1)},
            "curves": {"loss": ([0, 1, 2], [0.75, 0.5, 0.625])},
            "params": {"batch_size": 32},
            "name": "run-20190404_081500-z9y8x7w6",
            "step": 2,
        },
    ),
    "Ray Tune, result.json, params.json and progress.csv": (
        "ray",
        TRIAL.format(0, "0.001"),
        {
            "metrics": {
                "episode_reward_mean": (3, 35.25, 35.25, 3),
                "episode_len_mean": (3, 61.5),
                "info/learner/default_policy/total_loss": (3, 6.5, 6.5, 3),
                "timesteps_total": (3, 12000.0),
                "perf/cpu_util_percent": (3, 50.0),
            },
            "curves": {"info/learner/default_policy/total_loss": ([1, 2, 3], [9.5, 8.0, 6.5])},
            "params": {"lr": 0.001, "model.fcnet_hiddens": [64, 64], "num_workers": 2, "env": "CartPole-v1"},
            "attributes": {"hostname": "node-a", "node_ip": "10.0.0.5", "pid": "77"},
            "name": "7f3a2_00000",
            "step": 3,
            "duration_s": 60,
            "absent": ["hist_stats", "config", "training_iteration"],
        },
    ),
    "Ray Tune, the other trial": (
        "ray",
        TRIAL.format(1, "0.01"),
        {"metrics": {"episode_reward_mean": (2, 12.5, 19.0, 1)}, "params": {"lr": 0.01}, "name": "7f3a2_00001"},
    ),
    "RLlib, progress.csv alone": (
        "rllib_csv",
        "PPO_CartPole-v1_5d1e7_00000_0_2022-06-01_09-00-00/5d1e7_00000",
        {
            "metrics": {
                "episode_reward_mean": (3, 39.5, 44.0, 2),
                "info/learner/default_policy/total_loss": (3, 6.25, 6.0, 2),
                "timesteps_total": (3, 12000.0),
            },
            "curves": {"episode_reward_mean": ([1, 2, 3], [18.5, 44.0, 39.5])},
            "attributes": {"hostname": "node-a", "node_ip": "10.0.0.5", "pid": "77"},
            "duration_s": 60,
            "absent": ["training_iteration"],
        },
    ),
    "Stable-Baselines3, progress.json and progress.csv": (
        "stable_baselines3",
        "ppo",
        {
            "metrics": {
                "rollout/ep_rew_mean": (4, 46.0, 46.0, 8192),
                "train/loss": (3, 12.25, 6.75, 4096),
                "rollout/success_rate": (4, 0.75),
            },
            "curves": {
                "rollout/ep_rew_mean": ([2048, 4096, 6144, 8192], [21.25, 26.5, 35.5, 46.0]),
                "rollout/success_rate": ([2048, 4096, 6144, 8192], [0.0, 0.25, 0.5, 0.75]),
            },
            "step": 8192,
            "duration_s": 9,
        },
    ),
    "Stable-Baselines3, progress.csv alone, blanks where a key came later": (
        "stable_baselines3",
        "a2c_csv_only",
        {
            "metrics": {"rollout/ep_rew_mean": (4, 46.0, 46.0, 8192), "train/loss": (3, 12.25, 6.75, 4096)},
            "curves": {"train/loss": ([4096, 6144, 8192], [6.75, 14.5, 12.25])},
            "step": 8192,
            "duration_s": 9,
            "absent": ["time/total_timesteps"],
        },
    ),
    "Stable-Baselines3, monitor.csv": (
        "stable_baselines3",
        "a2c_csv_only/monitor",
        {
            "metrics": {"r": (3, 33.0), "l": (3, 33.0), "t": (3, 0.7)},
            "curves": {"r": ([1, 2, 3], [21.0, 18.0, 33.0])},
        },
    ),
    "OpenAI baselines, progress.json and progress.csv": (
        "baselines",
        "ddpg",
        {
            "metrics": {"rollout/return": (2, -195.5, -195.5, 4000), "train/loss_critic": (2, 0.13, 0.13, 4000)},
            "curves": {"rollout/return": ([2000, 4000], [-275.25, -195.5])},
            "name": "ddpg",
        },
    ),
    "OpenAI baselines, monitor of an environment": (
        "baselines",
        "ddpg/log/0.monitor",
        {
            "metrics": {"r": (4, -201.75), "l": (4, 1000.0)},
            "curves": {"r": ([1, 2, 3, 4], [-288.5, -262.25, -190.0, -201.75])},
        },
    ),
    "dreamer, many lines at a step": (
        "dreamer",
        "walker",
        {
            "metrics": {
                "train_return": (5, 55.0, 61.0, 2000),
                "eval_return": (1, 58.5, 58.5, 2000),
                "model_loss": (1, 12.5, 12.5, 1500),
            },
            "curves": {"train_return": ([0, 0, 0, 2000, 2500], [35.75, 43.5, 34.25, 61.0, 55.0])},
            "step": 2500,
        },
    ),
    "diffusion_policy, two attempts in one file": (
        "diffusion_policy",
        "2023.01.16/20.20.06_train_pusht",
        {
            "metrics": {"train_loss": (7, 0.25, 0.25, 2), "test/mean_score": (3, 0.625, 0.625, 1)},
            "curves": {
                "train_loss": ([0, 1, 2, 3, 0, 1, 2], [1.184, 0.75, 0.5, 0.375, 1.125, 0.625, 0.25]),
                "test/mean_score": ([1, 3, 1], [0.25, 0.5, 0.625]),
            },
            "params": {"optimizer.lr": 0.0001, "optimizer.betas": [0.95, 0.999], "training.seed": 42, "horizon": 16},
            "attempts": 2,
        },
    ),
    "MACE, many lines an epoch": (
        "mace",
        "results/water_run-123_train",
        {
            "metrics": {
                "opt/loss": (9, 1.125, 1.0, 2),
                "eval/loss": (4, 1.625, 1.5, 1),
                "eval/rmse_f": (4, 0.203125, 0.1875, 1),
            },
            "curves": {"opt/loss": ([0, 0, 0, 1, 1, 1, 2, 2, 2], [4.0, 3.0, 2.5, 2.0, 1.75, 1.5, 1.25, 1.0, 1.125])},
            "step": 2,
        },
    ),
    "wise-ft, a line of a sweep": (
        "wise_ft",
        "sweep/results-2",
        {
            "metrics": {"ImageNet:top1": (1, 0.73), "ImageNetV2:top1": (1, 0.64)},
            "params": {"lr": 1e-05, "alpha": 0.25, "wd": 0.1, "model": "ViT-B/32", "freeze_encoder": False},
            "name": "results-2",
            "status": Status.FINISHED,
        },
    ),
    "wise-ft, its last line": (
        "wise_ft",
        "sweep/results-5",
        {
            "metrics": {"ImageNet:top1": (1, 0.76)},
            "params": {"lr": 3e-05, "alpha": 1.0},
            "status": Status.FINISHED,
        },
    ),
}


@pytest.mark.parametrize(("tool", "run", "expected"), LOGS.values(), ids=LOGS)
def test_a_log_is_read_as_its_tool_meant_it(check: Check, tool: str, run: str, expected: dict[str, Any]) -> None:
    check(tool, run, **expected)


def test_events_without_a_step_do_not_move_the_run_on(of: Of) -> None:
    assert of("wandb_legacy", "wandb/run-20191002_101530-q1w2e3r4").run.step == 4


def test_what_wandb_writes_for_itself_is_no_parameter(of: Of) -> None:
    params = of("wandb_legacy", "wandb/run-20191002_101530-q1w2e3r4").params
    assert not [key for key in params if key.startswith(("_wandb", "wandb_version"))]


def test_what_wandb_measures_of_the_machine_is_no_parameter(of: Of) -> None:
    found = of("wandb_legacy", "wandb/run-20191002_101530-q1w2e3r4")
    assert "system.cpu" in found.metrics
    assert not [key for key in found.params if key.startswith("system.")]


def test_a_reward_that_is_not_a_number_yet_is_counted(of: Of) -> None:
    assert of("ray", TRIAL.format(0, "0.001")).metrics["episode_reward_mean"].nan == 1


def test_the_seed_of_a_hydra_config_is_found(of: Of) -> None:
    assert of("diffusion_policy", "2023.01.16/20.20.06_train_pusht").seed == 42


def test_an_evaluation_before_the_first_epoch_comes_first(curve: Curve) -> None:
    evaluated = curve("mace", "results/water_run-123_train", "eval/loss")
    assert evaluated.value.tolist() == [9.5, 2.75, 1.5, 1.625]
    assert evaluated.x.tolist() == [0, 0, 1, 2]


def test_settings_of_a_sweep_are_no_results(of: Of) -> None:
    found = of("wise_ft", "sweep/results-1")
    assert "ImageNet:top1" not in found.params
    assert found.metrics["ImageNet:top1"].last == 0.68
