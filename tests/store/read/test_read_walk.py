import os
from pathlib import Path

import pytest

from labtop.store.read.walk import walk


def make(root: Path, *paths: str) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('{"step": 1}\n')


def found(root: Path) -> list[str]:
    return [str(each.relative) for each in walk(root)]


def test_candidates_by_name(tmp_path: Path) -> None:
    logs = ["a.jsonl", "b.NDJSON", "c.json", "d.log", "e.csv", "log.txt", "mylog_1.txt", "x.json.txt", "m_train.txt"]
    configs = ["config.yaml", "args.yml"]
    make(tmp_path, *logs, *configs, "notes.txt", "model.pt", "hydra.yaml", "README.md", "jsonl")
    assert sorted(found(tmp_path)) == sorted(logs + configs)


def test_what_each_is(tmp_path: Path) -> None:
    make(tmp_path, "a/b/metrics.jsonl")
    (each,) = walk(tmp_path)
    assert each.path == tmp_path / "a/b/metrics.jsonl"
    assert str(each.relative) == "a/b/metrics.jsonl"
    assert each.stat.st_size == 12


def test_folders_passed_over(tmp_path: Path) -> None:
    make(tmp_path, *(f"{folder}/a.jsonl" for folder in (".git", "node_modules", "__pycache__", ".venv")))
    make(tmp_path, ".hydra/config.yaml", ".labtop/events.jsonl", ".labtop/annotations.jsonl", "b/annotations.jsonl")
    assert found(tmp_path) == [".hydra/config.yaml", ".labtop/events.jsonl"]


def test_eight_folders_deep(tmp_path: Path) -> None:
    make(tmp_path, "1/2/3/4/5/6/7/8/a.jsonl", "1/2/3/4/5/6/7/8/9/b.jsonl")
    assert found(tmp_path) == ["1/2/3/4/5/6/7/8/a.jsonl"]


def test_the_order_is_fixed(tmp_path: Path) -> None:
    make(tmp_path, "b/x.jsonl", "a/z.jsonl", "a/y.jsonl", "a/c/x.jsonl", "c.jsonl")
    assert found(tmp_path) == ["c.jsonl", "a/y.jsonl", "a/z.jsonl", "a/c/x.jsonl", "b/x.jsonl"]


def test_an_empty_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").touch()
    assert found(tmp_path) == ["a.jsonl"]


def test_a_link_into_the_tree_adds_nothing(tmp_path: Path) -> None:
    make(tmp_path, "runs/z/a.jsonl")
    (tmp_path / "latest").symlink_to("runs/z")
    (tmp_path / "runs/a.jsonl").symlink_to("z/a.jsonl")
    os.link(tmp_path / "runs/z/a.jsonl", tmp_path / "runs/z/b.jsonl")
    assert found(tmp_path) == ["runs/z/a.jsonl"]


def test_links_out_of_the_tree_are_followed_once(tmp_path: Path) -> None:
    make(tmp_path, "elsewhere/a/m.jsonl", "single.jsonl", "root/own.jsonl")
    root = tmp_path / "root"
    (root / "one").symlink_to(tmp_path / "elsewhere")
    (root / "two").symlink_to(tmp_path / "elsewhere")
    (root / "file.jsonl").symlink_to(tmp_path / "single.jsonl")
    (tmp_path / "elsewhere/back").symlink_to(root)
    assert found(root) == ["own.jsonl", "file.jsonl", "one/a/m.jsonl"]


def test_loops_and_links_above_the_root_end(tmp_path: Path) -> None:
    make(tmp_path, "outside.jsonl", "root/a.jsonl")
    root = tmp_path / "root"
    (root / "up").symlink_to("..")
    (root / "self").symlink_to("self")
    (root / "dead.jsonl").symlink_to("nowhere")
    assert found(root) == ["a.jsonl"]


def test_only_files_are_candidates(tmp_path: Path) -> None:
    make(tmp_path, "folder.jsonl/a.jsonl")
    os.mkfifo(tmp_path / "pipe.jsonl")
    assert found(tmp_path) == ["folder.jsonl/a.jsonl"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_an_unreadable_folder_is_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "shut/a.jsonl", "open/b.jsonl")
    (tmp_path / "shut").chmod(0)
    try:
        assert found(tmp_path) == ["open/b.jsonl"]
    finally:
        (tmp_path / "shut").chmod(0o700)


def test_a_root_that_is_a_file_or_nothing(tmp_path: Path) -> None:
    make(tmp_path, "odd.name", "other.jsonl")
    assert found(tmp_path / "odd.name") == ["odd.name"]
    assert found(tmp_path / "missing") == []
