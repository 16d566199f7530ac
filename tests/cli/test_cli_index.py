"""`--index`: where the index is kept, and what is said where it cannot be kept there."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtop.cli import main

Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("words", [("ls",), ("ls", "--json"), ("show", "low"), ("doctor",), ("tail", "--no-follow")])
def test_a_named_index_that_cannot_be_used_is_said_in_one_line(
    capsys: Captured, runs: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    blocked = tmp_path / "file" / "index.duckdb"
    blocked.parent.touch()
    assert main([*words, "-d", str(runs), "--index", str(blocked)]) == 0
    out, err = capsys.readouterr()
    assert "low" in out
    assert err == f"labtop: no index at {blocked.parent} (File exists): working from memory\n"


def test_a_named_index_that_can_is_used_without_a_word(capsys: Captured, runs: Path, tmp_path: Path) -> None:
    index = tmp_path / "new" / "index.duckdb"
    assert main(["ls", "-d", str(runs), "--index", str(index)]) == 0
    assert capsys.readouterr().err == ""
    assert index.is_file()


def test_the_usual_index_is_no_ones_business(
    capsys: Captured, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert main(["ls", "-d", str(runs)]) == 0
    assert capsys.readouterr().err == ""
