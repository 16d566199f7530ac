"""What is told of the code: with git and by the files of its repository alone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labtop.capture import at_once, slowly
from labtop.capture import git as git_of_capture

Git = Callable[..., str]
GIT = frozenset({"git"})


def told(folder: Path) -> dict[str, Any]:
    """What both events together say of git."""
    first = at_once(GIT, folder)
    found: dict[str, Any] = slowly(GIT, folder, first).get("git", {})
    for name, value in first.get("git", {}).items():
        assert found[name] == value
    return found


def applied(root: Path, git: Git, commit: str, diff: str, place: Path) -> Path:
    """A new work tree of the commit, with the diff."""
    git(root, "worktree", "add", "-q", "--detach", str(place), commit)
    subprocess.run(["git", "-C", str(place), "apply", "--index"], input=diff.encode(), check=True)
    return place


def test_the_files_alone_tell_the_commit(repo: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = git(repo, "rev-parse", "HEAD")
    known = {"commit": commit, "branch": "main", "root": str(repo)}
    monkeypatch.setenv("PATH", "")
    assert at_once(GIT, repo)["git"] == {**known, "prefix": ""}
    assert at_once(GIT, repo / "src")["git"] == {**known, "prefix": "src/"}
    assert "git" not in at_once(GIT, repo.parent)
    assert slowly(GIT, repo, at_once(GIT, repo))["git"] == {**known, "prefix": "", "remarks": ["git is not installed"]}


def test_packed_refs_detached_heads_and_other_work_trees(repo: Path, git: Git, tmp_path: Path) -> None:
    commit = git(repo, "rev-parse", "HEAD")
    git(repo, "worktree", "add", "-q", "-b", "deep/branch", str(tmp_path / "other"))
    git(repo, "pack-refs", "--all")
    assert not (repo / ".git/refs/heads/main").exists()
    assert told(repo)["commit"] == commit
    other = told(tmp_path / "other")
    assert (other["commit"], other["branch"], other["root"]) == (commit, "deep/branch", str(tmp_path / "other"))
    git(repo, "checkout", "-q", "--detach")
    detached = told(repo)
    assert detached["commit"] == commit
    assert "branch" not in detached
    assert detached["dirty"] is False


def test_a_submodule_is_a_repository_of_its_own(repo: Path, git: Git, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repo), "part")
    assert told(outer / "part")["commit"] == git(repo, "rev-parse", "HEAD")


def test_before_the_first_commit(git: Git, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "new")
    (tmp_path / "new/train.py").touch()
    found = told(tmp_path / "new")
    assert (found["branch"], found["untracked"], "commit" in found) == ("main", ["train.py"], False)
    assert any("there is no commit yet" in remark for remark in found["remarks"])


def test_a_diff_makes_the_same_files_again(repo: Path, git: Git, tmp_path: Path) -> None:
    (repo / "src/größe name.py").write_text("x = 1\r\n")
    (repo / "table.bin").write_bytes(bytes(range(256)))
    git(repo, "add", ".")
    (repo / "train.py").write_text("lr = 2\nname = 'ä'")  # without an end of line
    (repo / "table.bin").write_bytes(bytes(range(255, -1, -1)))
    (repo / "notes.txt").touch()
    found = told(repo)
    assert found["dirty"] is True
    assert found["untracked"] == ["notes.txt"]
    assert "remarks" not in found
    place = applied(repo, git, found["commit"], found["diff"], tmp_path / "again")
    for name in ("src/größe name.py", "table.bin", "train.py"):
        assert (place / name).read_bytes() == (repo / name).read_bytes()


def test_a_file_that_was_only_touched_is_no_change(repo: Path) -> None:
    before = (repo / ".git/index").read_bytes()
    os.utime(repo / "train.py", (1, 1))
    found = told(repo)
    assert (found["dirty"], "diff" in found) == (False, False)
    assert (repo / ".git/index").read_bytes() == before  # git would have written it


def test_what_is_too_large_or_no_text_is_named_and_the_rest_kept(repo: Path, git: Git, tmp_path: Path) -> None:
    for name in ("big.csv", "old.txt"):
        (repo / name).touch()
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "second")
    (repo / "big.csv").write_text("1234567\n" * 200_000)
    (repo / "old.txt").write_bytes("größe\n".encode("latin-1"))
    (repo / "train.py").write_text("lr = 3\n")
    found = told(repo)
    assert len(found["diff"]) < 1000
    assert [remark.partition(" is not in the diff")[0] for remark in found["remarks"]] == ["old.txt", "big.csv"]
    place = applied(repo, git, found["commit"], found["diff"], tmp_path / "again")
    assert (place / "train.py").read_text() == "lr = 3\n"


def test_nothing_that_is_configured_runs(repo: Path, git: Git, tmp_path: Path) -> None:
    (repo / ".gitattributes").write_text("*.py diff=own\n*.dat filter=own\n*.bin filter=long\n")
    for name in ("a.dat", "b.bin", "c.py"):
        (repo / name).write_text("one\n")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "second")
    run = f"touch {tmp_path}/ran; cat"
    for key in (
        *("diff.own.textconv", "diff.own.command", "diff.external", "core.fsmonitor", "core.pager"),
        *("filter.own.clean", "filter.own.smudge", "filter.long.process"),
    ):
        git(repo, "config", key, run)
    for key in ("filter.own.required", "filter.long.required"):
        git(repo, "config", key, "true")
    hook = repo / ".git/hooks/post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    for name in ("a.dat", "b.bin", "c.py"):
        (repo / name).write_text("two\n")
    found = told(repo)
    assert not (tmp_path / "ran").exists()
    assert found["dirty"] is True
    assert "+two" in found["diff"]
    assert "a.dat" not in found["diff"]
    assert "a filter keeps what is compared" in found["remarks"][0]
    git(repo, "config", "filter.x=y.clean", run)
    assert "cannot be kept from running" in told(repo)["remarks"][0]
    assert not (tmp_path / "ran").exists()


def test_only_some_of_many_untracked_files_are_named(repo: Path) -> None:
    for number in range(120):
        (repo / f"{number:03}.txt").touch()
    found = told(repo)
    assert len(found["untracked"]) == 100
    assert found["remarks"] == ["only 100 of the untracked files are named"]


def test_a_repository_that_git_refuses(repo: Path) -> None:
    (repo / ".git/config").write_text("[core]\nrepositoryformatversion = 99\n")
    found = told(repo)
    assert found["commit"]
    assert "dirty" not in found
    assert "git cannot read" in found["remarks"][0]


def test_a_git_that_hangs_is_stopped(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    monkeypatch.setattr(git_of_capture, "_PATIENCE_S", 0.1)
    found = told(repo)
    assert found["commit"]
    assert found["remarks"] == [f"git takes longer than 0 s in {repo}"]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://me:hunter22hunter@host.org/a/b.git", "https://host.org/a/b.git"),
        ("https://ghp_0123456789abcdefghijABCDEFGHIJ@github.com/a/b", "https://github.com/a/b"),
        ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        ("ssh://git:pw@host.org:22/a/b", "ssh://git@host.org:22/a/b"),
        ("/srv/git/a.git", "/srv/git/a.git"),
    ],
)
def test_a_remote_names_nobody(repo: Path, git: Git, url: str, kept: str) -> None:
    git(repo, "remote", "add", "other", "https://elsewhere.org/x")
    git(repo, "remote", "add", "origin", url)
    assert told(repo)["remote"] == kept


def test_new_files_of_code_are_in_the_patch(repo: Path, git: Git, tmp_path: Path) -> None:
    (repo / ".gitignore").write_text("ignored.py\n")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "second")
    (repo / "train.py").write_text("lr = 2\n")
    new = {
        "new one.py": "x = 1\r\nend = 'ä\N{LINE SEPARATOR}'",
        'src/gr"öße.py': "\n\n-y\n",
        "src2/__init__.py": "",
        "src2/deep/conf.yaml": "lr: 1\n",
        "run/__init__.py": "a = 1\n",
        "run.sh": "#!/bin/sh\n",
    }
    left = {
        **{"notes.txt": "a\n", "secrets.yaml": "a: 1\n", "large.py": "#" * 300_000, "odd.py": "ä", "more/x.csv": "1\n"},
        **{
            "more/bin.py": "\0",
            "outputs/1/config.yaml": "lr: 1\n",
            "env2/pyvenv.cfg": "",
            "env2/lib/six.py": "a = 1\n",
        },
    }
    for name, text in (new | left | {"ignored.py": "a = 1\n", "more/y.py": "y = 1\n"}).items():
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_bytes(text.encode("latin-1" if name == "odd.py" else "utf-8"))
    (repo / "run.sh").chmod(0o755)
    (repo / "link.py").symlink_to("/etc/passwd")
    (repo / "src2/__pycache__").mkdir()
    (repo / "src2/__pycache__/__init__.pyc").touch()
    found = told(repo)
    place = applied(repo, git, found["commit"], found["diff"], tmp_path / "again")
    for name in (*new, "more/y.py", "train.py"):
        assert (place / name).read_bytes() == (repo / name).read_bytes()
    assert os.access(place / "run.sh", os.X_OK)
    assert not any((place / name).exists() for name in (*left, "ignored.py", "link.py"))
    assert found["untracked"] == [
        *("env2/", "large.py", "link.py", "more/", "notes.txt", "odd.py", "outputs/", "secrets.yaml", "more/bin.py")
    ]
    assert "remarks" not in found


def test_new_code_alone_makes_a_tree_dirty_and_its_secrets_are_masked(
    repo: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        (repo / f"a{number:02}.py").touch()
    (repo / "work").write_text("#!/usr/bin/env python3\nprint()\n" + "#" * 300_000)
    (repo / "src/z.py").write_text("api_key = 'planted0039abc'\nlr = 3\n")
    monkeypatch.setattr("sys.orig_argv", ["python", "../work", "z.py"])
    found = slowly(GIT, repo / "src", at_once(GIT, repo / "src"))["git"]
    assert found["dirty"] is True
    assert found["remarks"] == ["secrets in src/z.py are masked"]
    assert found["untracked"] == [f"a{number:02}.py" for number in range(48, 60)]
    place = applied(repo, git, found["commit"], found["diff"], tmp_path / "again")
    assert (place / "src/z.py").read_text() == "api_key = '***'\nlr = 3\n"
    assert (place / "work").read_bytes() == (repo / "work").read_bytes()
