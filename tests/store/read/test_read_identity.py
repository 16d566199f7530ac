from pathlib import PurePosixPath as Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtop.store.read.identity import config_folders, file_identity, line_identity

ROOT = "sweep"


@pytest.mark.parametrize(
    ("path", "run"),
    [
        ("a/events.jsonl", "a"),
        ("a/metrics.jsonl", "a"),
        ("a/b/progress.csv", "a/b"),
        ("a/log.txt", "a"),
        ("a/logs.json.txt", "a"),
        ("a/Metrics.JSONL", "a"),
        ("a/train_log.jsonl.gz", "a"),
        ("a/metrics.jsonl.1", "a"),
        ("a/metrics.jsonl.12.gz", "a"),
        ("a/checkpoint-500/trainer_state.json", "a"),
        ("a/vis_data/scalars.json", "a"),
        ("a/logs/wandb/metrics.jsonl", "a"),
        ("wandb/run-2023-x1/files/wandb-summary.json", "wandb/run-2023-x1"),
        ("a/checkpoints/results.jsonl", "a"),
        ("logs/exp_1/metrics.jsonl", "logs/exp_1"),
        ("logs/metrics.jsonl", ROOT),
        ("metrics.jsonl", ROOT),
    ],
)
def test_a_generic_name_stands_for_its_folder(path: str, run: str) -> None:
    assert file_identity(Path(path), ROOT) == run


@pytest.mark.parametrize(
    "name",
    [
        "events-gpu01.cluster.example-4711",
        "events-4711",
        "metrics_rank0",
        "metrics-rank-3",
        "metrics.0",
        "log.rank1",
        "stdout.node17",
        "system-gpu3",
        "train_log_local_rank2",
        "metrics-node3-4711",
    ],
)
def test_rank_host_and_pid_are_of_the_same_run(name: str) -> None:
    assert file_identity(Path(f"a/logs/{name}.jsonl"), ROOT) == "a"


@pytest.mark.parametrize(
    "name",
    ["metrics_v2", "metrics (1)", "metrics(1)", "metrics_old", "log_20260101", "metrics-baseline", "metrics-lr-128"],
)
def test_a_version_is_another_run(name: str) -> None:
    assert file_identity(Path(f"a/{name}.jsonl"), ROOT) == f"a/{name}"


@pytest.mark.parametrize(
    ("path", "run"),
    [
        ("a/b1-lr1e-2.jsonl", "a/b1-lr1e-2"),
        ("a/lr0.01.jsonl", "a/lr0.01"),
        ("a/lr0.01.jsonl.2", "a/lr0.01"),
        ("a/20260101_120000.log.json", "a/20260101_120000"),
        ("results/mace_train.txt", "results/mace_train"),
        ("logs/final.jsonl", "logs/final"),
        ("a/.jsonl", "a/.jsonl"),
        ("a/ev\x07il\udcff.jsonl", "a/evil?"),
        ("a/ctl\x1b[31mred\x1b]0;title\x07 \x9b1mname\x1bM.jsonl", "a/ctlred name"),
    ],
)
def test_any_other_name_stands_for_itself(path: str, run: str) -> None:
    assert file_identity(Path(path), ROOT) == run


def test_what_a_line_says() -> None:
    path = Path("seed1/logs/log.jsonl")
    assert line_identity(path, "run_name", "ppo", ROOT) == "seed1/logs/ppo"
    assert line_identity(path, "trial_id", "a1b2", ROOT) == "seed1/logs/a1b2"
    assert line_identity(path, "run", "ppo", ROOT) == "ppo"
    assert line_identity(path, "run", "baseline/ppo", ROOT) == "baseline/ppo"
    assert line_identity(Path("log.jsonl"), "run_id", "ppo", ROOT) == "ppo"


@pytest.mark.parametrize(
    "value", ["../../etc/ppo", "/etc/ppo", "etc//ppo", "./etc/./ppo/", "..\\etc\\ppo", " etc /\x1b[31mppo\n"]
)
def test_no_value_leads_out(value: str) -> None:
    assert line_identity(Path("a/log.jsonl"), "run_name", value, ROOT) == "a/etc/ppo"
    assert line_identity(Path("a/log.jsonl"), "run", value, ROOT) == "etc/ppo"


@pytest.mark.parametrize("value", ["", "..", "/", "../..", " ", "\0"])
def test_a_value_that_names_nothing_leaves_the_file(value: str) -> None:
    assert line_identity(Path("a/log.jsonl"), "run", value, ROOT) == "a"


@given(st.text(max_size=30) | st.text(alphabet="./\\a ", max_size=30))
def test_an_id_is_always_a_clean_path(value: str) -> None:
    run = line_identity(Path("a/log.jsonl"), "run_id", value, ROOT)
    assert run.startswith("a")
    assert not {"", ".", ".."} & set(run.split("/"))
    assert not any(ord(letter) < 32 for letter in run)


def test_configs_are_looked_for_up_to_the_folder_of_the_run() -> None:
    def folders(path: str) -> list[str]:
        return [str(folder) for folder in config_folders(Path(path))]

    assert folders("a/files/logs/metrics.jsonl") == [
        "a/files/logs",
        "a/files/logs/.hydra",
        "a/files",
        "a/files/.hydra",
        "a",
        "a/.hydra",
    ]
    assert folders("a/logs/lr1.jsonl") == ["a/logs", "a/logs/.hydra"]
    assert folders("logs/metrics.jsonl") == ["logs", "logs/.hydra", ".", ".hydra"]
    assert folders("metrics.jsonl") == [".", ".hydra"]
