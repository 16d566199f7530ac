"""`labtop note` and `labtop hide` on real files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from labtop.cli import main

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def ana(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_USER", "ana")


def _noted(base: Path) -> list[dict[str, Any]]:
    """What was appended, without its time."""
    lines = (base / ".labtop" / "annotations.jsonl").read_text(encoding="utf-8").splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "time"} for line in lines]


def _type(monkeypatch: pytest.MonkeyPatch, typed: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed)))


def test_words_become_one_note(capsys: Captured, runs: Path) -> None:
    assert main(["note", "-d", str(runs), "hig", "looks", "good, so far"]) == 0
    assert capsys.readouterr() == ("noted of high: looks good, so far\n", "")
    assert _noted(runs) == [{"event": "note", "run": "high", "by": "ana", "text": "looks good, so far"}]


@pytest.mark.parametrize("words", [["@best:val_loss", "--", "-5%", "worse"], ["--", "high", "-5% worse"]])
def test_a_text_may_begin_with_a_dash(runs: Path, words: list[str]) -> None:
    assert main(["note", "-d", str(runs), *words]) == 0
    assert [(line["run"], line["text"]) for line in _noted(runs)] == [("high", "-5% worse")]


def test_a_dash_is_standard_input(capsys: Captured, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _type(monkeypatch, b"first\n\x1b[31msecond\xff\n")
    assert main(["note", "-d", str(runs), "high", "-"]) == 0
    assert capsys.readouterr().out == "noted of high: first second\ufffd\n"
    assert _noted(runs)[0]["text"] == "first\nsecond\ufffd"


def test_a_long_note_is_kept_whole_and_shown_in_part(capsys: Captured, runs: Path) -> None:
    assert main(["note", "-d", str(runs), "high", "x" * 1000]) == 0
    assert len(capsys.readouterr().out) < 120
    assert _noted(runs)[0]["text"] == "x" * 1000


@pytest.mark.parametrize("typed", [b" \n", b"x" * (64 * 1024 + 1), b"x" * 1_000_000])
def test_a_note_that_says_nothing_or_too_much_is_refused(
    capsys: Captured, runs: Path, monkeypatch: pytest.MonkeyPatch, typed: bytes
) -> None:
    _type(monkeypatch, typed)
    assert main(["note", "-d", str(runs), "high", "-"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "too long" in err or "empty" in err
    assert not (runs / ".labtop").exists()


@pytest.mark.parametrize("words", [("nothing", "text"), ("o", "text"), ("@best:nothing", "text")])
def test_a_run_that_is_not_there_or_not_one_is_status_3(capsys: Captured, runs: Path, words: tuple[str, ...]) -> None:
    assert main(["note", "-d", str(runs), *words]) == 3
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert not (runs / ".labtop").exists()


def test_programs_get_the_id_the_event_and_the_file(capsys: Captured, runs: Path) -> None:
    path = str(runs / ".labtop" / "annotations.jsonl")
    assert main(["note", "-d", str(runs), "high", "x", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"run": "high", "event": "note", "path": path}
    assert main(["note", "-d", str(runs), "high", "x", "--format", "csv"]) == 0
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [["run", "event", "path"], ["high", "note", path]]


def test_where_it_cannot_be_written_it_says_in_which_file_and_why(capsys: Captured, runs: Path, home: Path) -> None:
    (runs / ".labtop").write_text("mine")
    assert main(["note", "-d", str(runs), "high", "x"]) == 0
    out, err = capsys.readouterr()
    (file,) = home.rglob("annotations/*.jsonl")
    assert (out, err) == (f"noted of high: x (in {file}, for the directory cannot be written: Not a directory)\n", "")
    assert json.loads(file.read_text())["run"] == "high"
    assert (runs / ".labtop").read_text() == "mine"


def test_where_nothing_can_be_written_it_is_status_2(
    capsys: Captured, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (runs / ".labtop").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(runs / ".labtop"))
    assert main(["note", "-d", str(runs), "high", "x"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("labtop: nothing is noted: ")


def test_of_a_file_the_note_stands_in_its_folder(runs: Path) -> None:
    assert main(["note", "-d", str(runs / "high" / "events.jsonl"), "@1", "x"]) == 0
    assert [line["text"] for line in _noted(runs / "high")] == ["x"]


def test_a_run_is_hidden_and_shown_again(capsys: Captured, runs: Path) -> None:
    assert main(["hide", "-d", str(runs), "high"]) == 0
    assert main(["hide", "-d", str(runs), "high", "--undo"]) == 0
    assert capsys.readouterr().out == "hidden: high\nshown again: high\n"
    common = {"event": "hide", "run": "high", "by": "ana"}
    assert _noted(runs) == [{**common, "hidden": True}, {**common, "hidden": False}]
