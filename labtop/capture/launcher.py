"""The job that this process is a part of: which rank it is, of how many, and what all ranks of one launch share."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# Rank and size, as launchers name them; the one that is nearest to the process comes first.
_TORCH: Final = ("RANK", "WORLD_SIZE")
_SRUN: Final = ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS")  # SLURM_NTASKS is also set where srun started nothing
_PAIRS: Final = (
    _TORCH,
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"),
    ("JSM_NAMESPACE_RANK", "JSM_NAMESPACE_SIZE"),
    ("PMI_RANK", "PMI_SIZE"),
    ("PMIX_RANK", "PMIX_SIZE"),
    ("HOROVOD_RANK", "HOROVOD_SIZE"),
    _SRUN,
)
_LOCAL_SIZES: Final = (
    "LOCAL_WORLD_SIZE",
    "OMPI_COMM_WORLD_LOCAL_SIZE",
    "MV2_COMM_WORLD_LOCAL_SIZE",
    "JSM_NAMESPACE_LOCAL_SIZE",
    "MPI_LOCALNRANKS",
    "HOROVOD_LOCAL_SIZE",
)
_NAMESPACES: Final = ("PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid", "OMPI_MCA_orte_ess_jobid", "PALS_APID")
_KEPT: Final = frozenset(
    """RANK LOCAL_RANK WORLD_SIZE LOCAL_WORLD_SIZE GROUP_RANK GROUP_WORLD_SIZE ROLE_RANK ROLE_WORLD_SIZE ROLE_NAME
    NODE_RANK MASTER_ADDR MASTER_PORT TORCHELASTIC_RUN_ID TORCHELASTIC_RESTART_COUNT TORCHELASTIC_MAX_RESTARTS
    PMI_RANK PMI_SIZE PMIX_RANK PMIX_SIZE PMIX_NAMESPACE MPI_LOCALNRANKS MPI_LOCALRANKID PALS_APID PALS_RANKID
    ACCELERATE_MIXED_PRECISION ACCELERATE_USE_FSDP ACCELERATE_USE_DEEPSPEED JAX_PROCESS_ID JAX_NUM_PROCESSES
    JAX_COORDINATOR_ADDRESS""".split()  # noqa: SIM905
)
_FAMILIES: Final = (
    "OMPI_COMM_WORLD_",
    "MV2_COMM_WORLD_",
    "JSM_NAMESPACE_",
    "HOROVOD_RANK",
    "HOROVOD_SIZE",
    "HOROVOD_LOCAL_",
)


def rank() -> int:
    """Which of the job's processes this is; 0 without a launcher."""
    return (_placed() or (0, 1))[0]


def world_size() -> int:
    """How many processes the job has; 1 without a launcher."""
    return (_placed() or (0, 1))[1]


def job_key() -> str | None:
    """A text that is the same in all ranks of one launch, and another in each launch; None where nothing tells."""
    names = _names()
    if names is None:
        return None
    environ = os.environ
    run_id = environ.get("TORCHELASTIC_RUN_ID", "none")
    port = environ.get("MASTER_PORT", "")
    if names == _TORCH and run_id not in ("", "none"):
        # An id may be given again; where all ranks are on this host, their launcher tells one launch from the next.
        is_whole = _number("LOCAL_WORLD_SIZE") == world_size()
        return f"torchelastic {run_id} {port} {_parent() if is_whole else ''}"
    if names == _SRUN:
        return _step()
    if names != _TORCH:
        for name in _NAMESPACES:
            if space := environ.get(name):
                return f"{name} {space}"
    if names == _TORCH and "TORCHELASTIC_RUN_ID" not in environ and (step := _step()):  # a script of ranks under srun
        return f"{step} {port}"
    if any(_number(name) == world_size() for name in _LOCAL_SIZES):
        return _parent()
    return f"{step} {port}" if (step := _step()) else None


def variables() -> dict[str, str]:
    """What launchers say, by an allow-list."""
    return {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_FAMILIES)}


def _names() -> tuple[str, str] | None:
    """The variables of the launcher that started this process."""
    for names in _PAIRS:
        if names == _SRUN and _step() is None:
            continue
        number, size = _number(names[0]), _number(names[1])
        if number is not None and size is not None and 0 <= number < size:
            return names
    return None


def _placed() -> tuple[int, int] | None:
    names = _names()
    return None if names is None else (int(os.environ[names[0]]), int(os.environ[names[1]]))


def _step() -> str | None:
    """The step of srun that this process belongs to; a batch script belongs to none."""
    job, step = os.environ.get("SLURM_JOB_ID"), _number("SLURM_STEP_ID")
    if not job or step is None or step >= 0xFFFFFFF0:
        return None
    again, cluster = os.environ.get("SLURM_RESTART_COUNT", "0"), os.environ.get("SLURM_CLUSTER_NAME", "")
    return f"slurm {cluster} {job}.{step} {again}"


def _parent() -> str | None:
    """The launcher of a job on this host alone: its pid, and its start, for pids are given anew."""
    from labtop.process_times import state_and_start

    _, started = state_and_start(os.getppid())
    return None if started is None else f"{os.uname().nodename} {os.getppid()} {started:.2f}"


def _number(name: str) -> int | None:
    text = os.environ.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else None
