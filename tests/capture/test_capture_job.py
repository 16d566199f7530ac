"""Launchers: which rank a process is, and what the ranks of one launch share."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from labtop.capture import at_once, launcher

TORCH = {"RANK": "3", "WORLD_SIZE": "8", "LOCAL_WORLD_SIZE": "4"}
SRUN = {
    "SLURM_JOB_ID": "7",
    "SLURM_STEP_ID": "0",
    "SLURM_PROCID": "2",
    "SLURM_STEP_NUM_TASKS": "4",
    "SLURM_NTASKS": "4",
}


@pytest.fixture(autouse=True)
def _no_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("SLURM_", "PMI", "OMPI_", "TORCHELASTIC", "MASTER_")) or "RANK" in name or "WORLD" in name:
            monkeypatch.delenv(name)


def started_with(monkeypatch: pytest.MonkeyPatch, **variables: str) -> tuple[int, int, str | None]:
    with monkeypatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        return launcher.rank(), launcher.world_size(), launcher.job_key()


def test_without_a_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = (0, 1, None)
    assert started_with(monkeypatch) == alone
    assert started_with(monkeypatch, RANK="1") == alone
    assert started_with(monkeypatch, RANK="x", WORLD_SIZE="2") == alone
    assert started_with(monkeypatch, RANK="5", WORLD_SIZE="2") == alone
    # A batch script has the variables of the tasks that srun would start.
    assert started_with(monkeypatch, SLURM_JOB_ID="7", SLURM_PROCID="0", SLURM_NTASKS="4") == alone


def test_torchrun_on_many_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    rank, size, key = started_with(monkeypatch, **TORCH, TORCHELASTIC_RUN_ID="abc", MASTER_PORT="29500")
    assert (rank, size) == (3, 8)
    assert key == started_with(monkeypatch, **TORCH | {"RANK": "6"}, TORCHELASTIC_RUN_ID="abc", MASTER_PORT="29500")[2]
    assert key != started_with(monkeypatch, **TORCH, TORCHELASTIC_RUN_ID="abc", MASTER_PORT="29501")[2]
    assert started_with(monkeypatch, **TORCH, TORCHELASTIC_RUN_ID="none", MASTER_PORT="29500")[2] is None


def test_srun(monkeypatch: pytest.MonkeyPatch) -> None:
    rank, size, key = started_with(monkeypatch, **SRUN)
    assert (rank, size) == (2, 4)
    assert key
    assert key == started_with(monkeypatch, **SRUN | {"SLURM_PROCID": "0"})[2]
    others = [{"SLURM_STEP_ID": "1"}, {"SLURM_JOB_ID": "8"}, {"SLURM_RESTART_COUNT": "1"}]
    assert key not in [started_with(monkeypatch, **SRUN | other)[2] for other in others]


def test_mpi(monkeypatch: pytest.MonkeyPatch) -> None:
    mpi = {"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "PMIX_NAMESPACE": "prterun-a-1@1"}
    assert started_with(monkeypatch, **mpi) == (1, 2, "PMIX_NAMESPACE prterun-a-1@1")
    assert launcher.variables() == {}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc says when a launcher was started")
def test_ranks_of_one_host_know_each_other_by_their_launcher() -> None:
    code = "from labtop.capture import launcher; print(launcher.rank(), launcher.job_key())"
    launch = f"""
import os, subprocess, sys
for rank in "01":
    rank = dict(RANK=rank, WORLD_SIZE="2", LOCAL_WORLD_SIZE="2")
    subprocess.run([sys.executable, "-c", {code!r}], env=os.environ | rank)
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    launches = [subprocess.Popen([sys.executable, "-c", launch], env=environment, stdout=-1, text=True) for _ in "ab"]
    said = [launched.communicate()[0].splitlines() for launched in launches]
    keys = [[line.split(" ", 1)[1] for line in lines] for lines in said]
    assert [line[0] for line in said[0]] == ["0", "1"]
    assert keys[0][0] == keys[0][1] != keys[1][0] == keys[1][1]
    assert "None" not in keys[0]


def test_variables_by_an_allow_list(monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    monkeypatch.setenv("NCCL_DEBUG", "INFO")
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    monkeypatch.setenv("SOMETHING_ELSE", "private matters")
    monkeypatch.setenv("SLURM_JWT", "abc")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.setenv("RANK", "0")
    found = at_once(frozenset({"environment"}), Path("/"))
    assert {"NCCL_DEBUG": "INFO", "PYTHONHASHSEED": "0"}.items() <= found["env"]["variables"].items()
    assert (found["slurm"], found["launcher"]) == ({"SLURM_JOB_ID": "7"}, {"RANK": "0"})
    assert "private matters" not in str(found)
