"""The code of two runs: git on their commits where a repository is at hand, and saved patches."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from labtop import quiet_git
from labtop.store.answers.code_diff import Code, code_diff
from labtop.store.read import repository


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with two commits, `one` and `two`, whose configuration would run a program."""
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q")
    for name in ("one", "two"):
        (root / "train.py").write_text(f"name = {name!r}\n")
        (root / ".gitattributes").write_text("*.py diff=own\n")
        git(root, "add", ".")
        git(root, "commit", "-qm", name)
        git(root, "tag", name)
    for key in ("diff.own.textconv", "diff.own.command", "diff.external", "core.fsmonitor"):
        git(root, "config", key, f"touch {tmp_path}/ran; cat")
    return root


def git(root: Path, *words: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "-c", "core.fsmonitor=false")
    return subprocess.run(
        ["git", "-C", str(root), *who, *words], check=True, capture_output=True, text=True
    ).stdout.strip()


def of(commit: str, patch: str = "", *, dirty: bool = False) -> Code:
    return Code(f"run of {commit[:4]}", commit, patch, dirty)


def test_git_tells_what_changed_and_runs_nothing_that_is_configured(repo: Path) -> None:
    one, two = (git(repo, "rev-parse", name) for name in ("one", "two"))
    below = repo / "runs" / "deep"
    below.mkdir(parents=True)
    found = code_diff(of(one), of(two), [below])
    assert [part.title for part in found.parts] == [f"commit {one[:12]} to {two[:12]}"]
    assert "-name = 'one'\n+name = 'two'\n" in found.parts[0].diff
    assert not (repo.parent / "ran").exists()


def test_what_is_not_there_is_said(repo: Path, tmp_path: Path) -> None:
    one, lost = git(repo, "rev-parse", "one"), "ab" * 20
    remarks = {
        (one, one): "the same commit",
        (one, lost): f"does not have the commit {lost[:12]}",
        (one, "--output=/tmp/x"): "is no commit",
        (one, ""): "run of  did not record a commit",
    }
    for (first, second), words in remarks.items():
        part = code_diff(of(first), of(second), [repo]).parts[0]
        assert words in part.remark
        assert not part.diff
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert "no repository is at hand" in code_diff(of(one), of(lost), [elsewhere]).parts[0].remark


def test_nothing_is_fetched_whatever_the_repository_says(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in {
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::sh -c touch% {tmp_path}/fetched",
        "protocol.ext.allow": "always",
        "core.repositoryFormatVersion": "1",
    }.items():
        git(repo, "config", key, value)
    monkeypatch.delitem(quiet_git._ENVIRONMENT, "GIT_NO_LAZY_FETCH")  # as where git does not know it
    found = code_diff(of(git(repo, "rev-parse", "one")), of("ab" * 20), [repo])
    assert "does not have the commit" in found.parts[0].remark
    assert not (tmp_path / "fetched").exists()


def test_what_hooks_set_names_no_other_repository(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (git(repo, "rev-parse", name) for name in ("one", "two"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other"))
    assert code_diff(of(one), of(two), [repo]).parts[0].diff


def test_a_repository_that_git_refuses_is_not_said_to_lack_a_commit(repo: Path) -> None:
    one, two = (git(repo, "rev-parse", name) for name in ("one", "two"))
    (repo / ".git" / "HEAD").write_text("nonsense")
    assert "git cannot read" in code_diff(of(one), of(two), [repo]).parts[0].remark


def test_patches_are_shown_once_where_they_are_the_same(repo: Path) -> None:
    one = git(repo, "rev-parse", "one")
    titles = [part.title for part in code_diff(of(one, "+a\n"), of(one, "+a\n"), [repo]).parts[1:]]
    assert titles == ["patch of both"]
    parts = code_diff(of(one, "+a\n"), of(one, dirty=True), [repo]).parts[1:]
    assert [(part.diff, part.remark) for part in parts] == [("+a\n", ""), ("", "changes were not saved: it ran dirty")]


def test_a_diff_without_end_is_cut(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "LARGEST", 40)
    one, two = (git(repo, "rev-parse", name) for name in ("one", "two"))
    found = code_diff(of(one), of(two), [repo]).parts[0].diff
    assert len(found) < 100
    assert found.endswith("(only the first 0 MB)\n")


def test_no_git_is_said(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (git(repo, "rev-parse", name) for name in ("one", "two"))
    monkeypatch.setenv("PATH", "/nowhere")
    assert code_diff(of(one), of(two), [repo]).parts[0].remark == "git is not installed"
