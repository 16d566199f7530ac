"""The machine, its cards, packages and seeds; of systems that are not here, their files are laid out."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labtop.capture import at_once, seeds, slowly
from labtop.capture.container import container
from labtop.capture.gpus import gpus
from labtop.capture.machine import hardware, system
from labtop.capture.packages import packages


def lay(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_nothing_but_the_process_is_told_where_nothing_is_wanted() -> None:
    found = at_once(frozenset(), Path.cwd())
    assert found.keys() <= {"host", "pid", "pid_started"}
    assert (found["host"], found["pid"]) == (socket.gethostname(), os.getpid())
    assert slowly(frozenset(), Path.cwd(), found) == {}


def test_a_processor_and_the_limits_of_a_control_group(tmp_path: Path) -> None:
    root = lay(
        tmp_path,
        {
            "proc/cpuinfo": "processor\t: 0\nmodel name\t: A  Fine CPU @ 3 GHz\n",
            "proc/self/cgroup": "0::/jobs/mine\n",
            "sys/fs/cgroup/jobs/mine/memory.max": "max\n",
            "sys/fs/cgroup/jobs/memory.max": "1000000\n",
            "sys/fs/cgroup/jobs/mine/cpu.max": "50000 100000\n",
            "etc/os-release": 'NAME="X"\nPRETTY_NAME="A System 1"\n',
        },
    )
    assert hardware(root) == {"cpu": "A Fine CPU @ 3 GHz", "cores": 1, "memory": 1000000}
    assert system(root).endswith(", A System 1")


def test_control_groups_of_the_first_version(tmp_path: Path) -> None:
    root = lay(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/docker/x\n3:cpu,cpuacct:/docker/x\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "2000000\n",
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        },
    )
    found = hardware(root)
    assert found["memory"] == 2000000
    assert found["cores"] >= 1
    assert hardware(tmp_path / "nothing")["memory"] > found["memory"]


def test_containers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KUBERNETES_SERVICE_HOST", "container", "APPTAINER_CONTAINER", "SINGULARITY_CONTAINER"):
        monkeypatch.delenv(name, raising=False)
    assert container(tmp_path) is None
    assert container(lay(tmp_path / "a", {"proc/self/cgroup": "0::/kubepods.slice/pod1\n"})) == "kubernetes"
    assert container(lay(tmp_path / "b", {"run/.containerenv": 'engine="p"\nimage="host/a:1"\n'})) == "podman host/a:1"
    monkeypatch.setenv("APPTAINER_CONTAINER", "/images/a.sif")
    assert container(tmp_path) == "apptainer /images/a.sif"


def test_cards_of_both_makers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    root = lay(
        tmp_path,
        {
            "proc/driver/nvidia/version": "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue\n",
            "proc/driver/nvidia/gpus/0000:01:00.0/information": "Model: \t\t NVIDIA A100\nIRQ: 1\n",
            "sys/class/drm/card1/device/vendor": "0x1002\n",
            "sys/class/drm/card1/device/mem_info_vram_total": "68702699520\n",
            "sys/class/drm/card1/device/product_name": "Instinct MI210\n",
            "sys/class/drm/card1-DP-1/device/vendor": "0x1002\n",
            "sys/class/drm/card0/device/vendor": "0x1a03\n",
        },
    )
    amd = {"name": "Instinct MI210", "memory": 68702699520}
    assert gpus(root) == [{"name": "NVIDIA A100", "driver": "550.54.15"}, amd]
    script = """#!/bin/sh
case "$1" in --query*) echo "NVIDIA H100 80GB HBM3, 81559, 535.1"; echo "Odd, [N/A], 535.1";;
*) echo "| NVIDIA-SMI 535.1   Driver Version: 535.1   CUDA Version: 12.2     |";; esac
"""
    lay(tmp_path, {"bin/nvidia-smi": script})
    (tmp_path / "bin/nvidia-smi").chmod(0o755)
    h100 = {"name": "NVIDIA H100 80GB HBM3", "memory": 81559 << 20, "driver": "535.1"}
    assert gpus(root) == [h100, {"name": "Odd", "driver": "535.1"}, amd]
    first = at_once(frozenset({"hardware", "environment"}), tmp_path)
    second = slowly(frozenset({"hardware", "environment"}), tmp_path, first)
    assert second["env"] == {**first["env"], "cuda": "12.2"}
    assert second["hardware"]["gpus"][0] == h100
    assert first["hardware"].items() <= second["hardware"].items()


def test_packages_are_those_that_can_be_imported(tmp_path: Path) -> None:
    found = packages()
    named = {
        str(each.metadata["Name"]).lower().replace("_", "-").replace(".", "-"): each.version for each in distributions()
    }
    assert {name: version.partition(" ")[0] for name, version in found.items()} == dict(sorted(named.items()))
    lay(tmp_path, {"one/Old_Name-1.0.dist-info/METADATA": "", "two/old.name-2.0.dist-info/METADATA": ""})
    lay(tmp_path, {"two/egg.egg-info/PKG-INFO": "Metadata-Version: 1\nVersion: 3.1\n\n"})
    places = [str(tmp_path / name) for name in ("one", "two", "lacking")]
    assert packages(places) == {"egg": "3.1", "old-name": "1.0"}


def test_packages_that_no_index_has_say_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "my net").mkdir()
    here = (tmp_path / "my net").as_uri()
    for name, known in {
        "conda": '{"url": "file:///croot/conda_1/work", "dir_info": {}}',
        "conda_wheel": '{"url": "file:///croot/conda-1.0-py3-none-any.whl", "archive_info": {}}',
        "far": '{"url": "https://me:hunter22@example.org/far-1.0.zip", "archive_info": {"hash": "sha256=1"}}',
        "folder": f'{{"url": "{here}", "dir_info": {{}}}}',
        "net": '{"url": "file:///home/ana/net", "dir_info": {"editable": true}}',
        "tool": '{"url": "https://git.example.org/tool", "vcs_info": {"vcs": "git", "commit_id": "4b825dc"}}',
        "torn": "{",
        "wheel": '{"url": "file:///tmp/wheel-1.0-py3-none-any.whl", "archive_info": {}}',
    }.items():
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "direct_url.json").write_text(known)
        (folder / "INSTALLER").write_text("conda" if "conda" in name else "pip\n")

    assert packages([str(tmp_path)]) == {
        "conda": "1.0",
        "conda-wheel": "1.0",
        "far": "1.0 @ https://example.org/far-1.0.zip",
        "folder": "1.0 (from a folder)",
        "net": "1.0 (editable)",
        "tool": "1.0 @ git+https://git.example.org/tool@4b825dc",
        "torn": "1.0",
        "wheel": "1.0 (from a file)",
    }


@pytest.fixture
def states() -> Any:
    kept = random.getstate(), np.random.get_state()
    yield
    random.setstate(kept[0])
    np.random.set_state(kept[1])


@pytest.mark.usefixtures("states")
@pytest.mark.parametrize("seed", [0, 42, 2**32 - 1])
def test_seeds_of_what_is_loaded(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    assert seeds() == {"numpy": seed, "random": seed}
    random.random()
    np.random.random(1000)
    assert seeds() == {}


def test_nothing_is_loaded_for_a_seed() -> None:
    code = (
        "import sys; from labtop.capture import seeds; print(seeds(), {'numpy', 'random', 'torch'} & set(sys.modules))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == "{} set()\n"


def test_torch_says_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    # The last two nobody set: what torch begins with, and what it draws from the system's entropy.
    for seed, found in ((7, 7), (2**32 - 1, 2**32 - 1), (67280421310721, None), (14869284715203486597, None)):
        monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(initial_seed=lambda seed=seed: seed))
        assert seeds().get("torch") == found


def test_what_is_found_at_once_starts_no_program_and_loads_little() -> None:
    code = """
import os, sys
from pathlib import Path
import labtop.capture
at_import = set(sys.modules)
labtop.capture.at_once(frozenset({"git", "packages", "hardware", "environment", "seeds"}), Path.cwd())
slow = {"subprocess", "typing", "socket", "platform", "importlib.metadata", "dataclasses", "inspect"}
print(slow & at_import, slow & set(sys.modules))
"""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    words = [sys.executable, "-S", "-c", code]  # without what editable packages load
    said = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == "set() set()\n"
