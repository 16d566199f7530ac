"""A user without a home, as in a container: no index, settings or session, and what is said of it is one line."""

from __future__ import annotations

import json
import pwd
from pathlib import Path
from queue import SimpleQueue

import pytest

from labtop.cli import crash, main
from labtop.store.read.settings_files import user_file
from labtop.tui.session.files import default_path, load
from labtop.tui.session.saver import Saver
from labtop.tui.session.session import Session
from labtop.tui.settings.files import load as load_settings
from labtop.tui.settings.settings import Settings
from labtop.tui.widgets.header import short_path

_NO_HOME = "~ (no home is known: set HOME)"


@pytest.fixture(autouse=True)
def homeless(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the environment nor the list of users knows of a home."""

    def unknown(number: int) -> pwd.struct_passwd:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


@pytest.mark.parametrize(
    "words", [("ls",), ("show", "low"), ("doctor",), ("plot", "val_loss"), ("tail", "--no-follow")]
)
def test_runs_are_read_into_memory(capsys: pytest.CaptureFixture[str], runs: Path, words: tuple[str, ...]) -> None:
    assert main([*words, "-d", str(runs)]) == 0
    out, err = capsys.readouterr()
    assert "low" in out
    assert err == ""


def test_where_the_index_is_said_to_be(capsys: pytest.CaptureFixture[str], runs: Path) -> None:
    assert main(["doctor", "-d", str(runs), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["index"]["path"] is None


def test_a_note_stands_in_the_directory_or_nowhere(capsys: pytest.CaptureFixture[str], runs: Path) -> None:
    assert main(["note", "-d", str(runs), "low", "one"]) == 0
    assert capsys.readouterr() == ("noted of low: one\n", "")
    (runs / ".labtop" / "annotations.jsonl").unlink()
    (runs / ".labtop" / "annotations.jsonl").mkdir()
    assert main(["note", "-d", str(runs), "low", "two"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert f"nor {_NO_HOME}" in err


def test_settings_and_sessions_are_those_of_nobody(runs: Path) -> None:
    assert load_settings(runs, user_file()) == (Settings(), ())
    told: SimpleQueue[str] = SimpleQueue()
    session = load(path := default_path(runs), told.put)
    assert (session, told.empty()) == (Session(), True)
    Saver(path, told.put, lambda _, do: do(), session).changed(Session(filter_text="lr > 1"))
    assert told.get(timeout=60) == f"what is set here cannot be saved: {_NO_HOME}"
    assert short_path(runs) == str(runs)


def test_a_directory_below_a_home_is_not_there(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABTOP_DIR", "~/runs")
    assert main(["ls"]) == 3
    assert capsys.readouterr().err == "labtop: no such directory or file: ~/runs, which $LABTOP_DIR names\n"


def test_a_fault_is_told_all_the_same() -> None:
    assert crash.describe(ValueError("odd")) == "a fault of labtop: ValueError: odd (LABTOP_DEBUG=1 shows where)"
