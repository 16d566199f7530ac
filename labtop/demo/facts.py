"""What a run says of itself before it starts: where, by whom, from which code, on which data."""

from __future__ import annotations

import getpass
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np

import labtop
from labtop.demo.data import ARMS, TURNS, Data
from labtop.demo.recipe import Recipe


def run_event(recipe: Recipe, out: Path, train: Data, val: Data) -> dict[str, object]:
    """The fields of the `run` event of a training that writes below `out`. The command repeats it, at leisure."""
    version = f"{ARMS} arms, {TURNS:g} turns, noise {recipe.noise:g}"
    return {
        "name": recipe.name,
        "params": recipe.params(),
        "seed": recipe.seed,
        "total_steps": recipe.steps,
        "tags": [tag for tag in recipe.tags.split(",") if tag],
        **({"group": recipe.group} if recipe.group else {}),
        "data": [
            {"name": name, "version": version, "digest": data.digest()}
            for name, data in (("spirals-train", train), ("spirals-val", val))
        ],
        "env": {
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
            "packages": {"labtop": labtop.__version__, "numpy": np.__version__},
        },
        **_git(),
        "command": [Path(sys.executable).name, "-m", "labtop.demo.train", "--out", str(out), *recipe.arguments()],
        "user": _user(),
        "host": platform.node(),
        "pid": os.getpid(),
    }


def _user() -> str | None:
    """The name of the user; None where the system knows none for this number, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


def _git() -> dict[str, dict[str, object]]:
    """Commit, branch and whether this package is changed; nothing where it is not part of a git checkout."""
    folder = Path(__file__).parent
    # Without optional locks: a training that is stopped while git refreshes the index would leave the index locked.
    git = ["git", "--no-optional-locks", "-C", str(folder)]
    try:
        subprocess.run([*git, "ls-files", "--error-unmatch", Path(__file__).name], check=True, capture_output=True)
        status = [*git, "status", "--porcelain=v2", "--branch", "--untracked-files=no", "--", "."]
        lines = subprocess.run(status, check=True, capture_output=True, text=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return {}
    head = dict(line.removeprefix("# branch.").split(" ", 1) for line in lines if line.startswith("# "))
    dirty = any(not line.startswith("#") for line in lines)
    return {"git": {"commit": head.get("oid"), "branch": head.get("head"), "dirty": dirty}}
