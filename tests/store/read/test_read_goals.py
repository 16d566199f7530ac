import pytest

from labtop.store.read.goals import infer_goal, is_counter
from labtop.store.read.keys import is_id_key, words


@pytest.mark.parametrize(
    "name",
    [
        "loss",
        "train_loss",
        "val/loss",
        "decode.loss_ce",
        "Loss",
        "top5_err",
        "loss_0",
        "eval-perplexity",
        "rmse_e",
        "wer:dev",
    ],
)
def test_less_is_better(name: str) -> None:
    assert infer_goal(name) == "min"


@pytest.mark.parametrize(
    "name",
    [
        "acc",
        "accuracy/top1",
        "acc5",
        "macro_f1",
        "F1",
        "eval/bleu4",
        "rollout/ep_reward",
        "rollout/ep_rew_mean",
        "val/mIoU",
        "mAcc",
        "val/aAcc",
        "coco/bbox_mAP_50",
        "probe_r2",
        "ap50",
    ],
)
def test_more_is_better(name: str) -> None:
    assert infer_goal(name) == "max"


def test_less_wins_where_a_name_says_both() -> None:
    assert infer_goal("loss_at_best_accuracy") == "min"


@pytest.mark.parametrize(
    "name",
    [
        "lr",
        "loss_scale",
        "reward_time",
        "score_count",
        "grad_norm",
        "closs",
        "accumulated",
        "floss",
        "mapping",
        "rewind",
        "macs",
        "r",
        "f",
        "",
        "12",
    ],
)
def test_no_goal(name: str) -> None:
    assert infer_goal(name) is None


COUNTERS = words(
    "step global_step time/total_timesteps epoch current_epoch lr train_lr optim/lr learning_rate base_lr data_time "
    "time/train_step perf/mfu tokens_seen total_tokens_processed count n_parameters num_bg_samples eta_seconds memory "
    "gpu_mem_used wall_time_sec train_runtime samples_per_second train_speed(iter/s) batch_size percentage _timestamp "
    "elapsed_time pid trial_id seed episodes_total"
)
RESULTS = words(
    "loss total_loss train/loss val_acc total_return grad_norm success_rate bits_per_byte entropy kl "
    "test_coco_eval_bbox/0 episode_reward_min mean_q top1"
)


@pytest.mark.parametrize("name", sorted(COUNTERS))
def test_counters(name: str) -> None:
    assert is_counter(name)


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_results_are_no_counters(name: str) -> None:
    assert not is_counter(name)


def test_ids() -> None:
    assert all(map(is_id_key, ["pid", "node_ip", "hostname", "trial_id", "Run_ID", "info/worker_pid", "id"]))
    assert not any(map(is_id_key, ["loss", "valid", "grid", "rapid", "hidden", "ids"]))
