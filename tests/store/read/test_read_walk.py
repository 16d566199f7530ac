from pathlib import Path

import pytest

from labtop.store.read.walk import Entry, is_candidate, is_entered, list_folder

LOGS = ["a.jsonl", "b.NDJSON", "c.json", "d.log", "e.csv", "log.txt", "mylog_1.txt", "x.json.txt", "m_train.txt"]


@pytest.mark.parametrize("turned", ["", ".1", ".12", ".gz", ".1.gz", ".GZ"])
def test_logs_also_rotated_and_packed(turned: str) -> None:
    for name in LOGS:
        assert is_candidate(name + turned), name + turned


def test_configs_only_under_their_own_name() -> None:
    assert is_candidate("config.yaml")
    assert is_candidate("args.yml")
    assert not any(is_candidate(f"config.json{turned}") for turned in (".1", ".gz", ".1.gz"))


@pytest.mark.parametrize(
    "name",
    [
        *("notes.txt", "model.pt", "hydra.yaml", "README.md", "jsonl", "image.0001.png", "core.1234", "weights.gz"),
        *("a.jsonl.bak", "a.jsonl.12345", "a.jsonl.", ".1", ".gz", "1.gz", "annotations.jsonl", "annotations.jsonl.1"),
    ],
)
def test_no_candidates(name: str) -> None:
    assert not is_candidate(name)


def test_annotations_only_in_the_folder_for_them() -> None:
    assert is_candidate("annotations.jsonl", "runs/.labtop")
    assert not is_candidate("annotations.jsonl", "runs")
    assert not is_candidate("annotations.jsonl.1", ".labtop")


def test_hidden_folders_and_those_of_tools_are_passed_over() -> None:
    assert [name for name in ("a", ".git", ".hydra", ".labtop", "node_modules", "__pycache__") if is_entered(name)] == [
        "a",
        ".hydra",
        ".labtop",
    ]


def test_a_folder_is_listed_by_name_without_what_does_not_matter(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.log", "core.17", "image.png"):
        (tmp_path / name).touch()
    for name in ("runs", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "latest").symlink_to("runs")
    listed = list_folder(str(tmp_path))
    assert [(entry.name, entry.kind) for entry in listed] == [
        ("a.log", "file"),
        ("b.jsonl", "file"),
        ("latest", "link"),
        ("runs", "folder"),
    ]
    assert listed[0] == Entry("a.log", "file", (tmp_path / "a.log").stat().st_ino)


def test_a_packed_file_waits_until_the_one_that_it_is_made_from_is_gone(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.jsonl.1", "a.jsonl.1.gz", "a.jsonl.2.gz"):
        (tmp_path / name).touch()
    assert [entry.name for entry in list_folder(str(tmp_path))] == ["a.jsonl", "a.jsonl.1", "a.jsonl.2.gz"]
    (tmp_path / "a.jsonl.1").unlink()
    assert [entry.name for entry in list_folder(str(tmp_path))] == ["a.jsonl", "a.jsonl.1.gz", "a.jsonl.2.gz"]


def test_a_folder_that_is_not_there_cannot_be_listed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list_folder(str(tmp_path / "missing"))
