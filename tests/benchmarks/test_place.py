"""Run directories of benchmarks: made once, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.place import Place
from labtop.synthetic.plan import Plan

_PLAN = Plan(runs=2, steps=3, metrics=1)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, tmp_path / "kept")


def test_a_run_directory_is_made_once(place: Place) -> None:
    first = place.made(_PLAN)
    logs = sorted(first.rglob("*.jsonl"))
    assert [log.read_text().count("\n") for log in logs] == [3, 3]
    logs[0].write_text("")
    assert place.made(_PLAN) == first
    assert logs[0].read_text() == ""


def test_what_was_interrupted_is_made_anew(place: Place) -> None:
    half = place.kept / "runs-2x3x1.part"
    half.mkdir(parents=True)
    (half / "old.jsonl").write_text("{}")
    assert not list(place.made(_PLAN).rglob("old.jsonl"))
    assert not half.exists()


def test_a_warm_index_is_in_the_kept_folder(place: Place) -> None:
    directory, index = place.warm(_PLAN)
    assert directory.is_dir()
    assert index.is_file()
    assert index.parent == place.kept


def test_scratch_is_gone_afterwards(place: Place) -> None:
    with place.scratch() as folder:
        (folder / "something").touch()
    assert not folder.exists()
