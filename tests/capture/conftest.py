"""A repository of git for a training, and git that knows who commits."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Git = Callable[..., str]


@pytest.fixture
def git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Git:
    """`git(root, *words)`, of nobody's settings."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\nname = a\nemail = a@b\n[init]\ndefaultBranch = main\n")
    for name, value in (("HOME", str(home)), ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", f"{home}/.gitconfig")):
        monkeypatch.setenv(name, value)

    def ask(root: Path, *words: str) -> str:
        asked = subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True)
        return asked.stdout.strip()

    return ask


@pytest.fixture
def repo(git: Git, tmp_path: Path) -> Path:
    """A repository with one commit of train.py."""
    root = tmp_path / "repo"
    (root / "src").mkdir(parents=True)
    git(root, "init", "-q")
    (root / "train.py").write_text("lr = 1\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root
