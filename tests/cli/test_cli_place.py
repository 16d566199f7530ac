"""Which directory is opened, and what is said of one that cannot be."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest

from labtop.cli.errors import NOT_THERE, USAGE, CommandError
from labtop.cli.place import resolve


def _args(place: str | None = None, named: str | None = None) -> argparse.Namespace:
    return argparse.Namespace(place=place, dir=named)


def test_the_argument_and_the_option_name_the_directory(tmp_path: Path) -> None:
    assert resolve(_args(place=str(tmp_path))) == tmp_path
    assert resolve(_args(named=str(tmp_path))) == tmp_path


def test_both_at_once_are_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="name one") as caught:
        resolve(_args(str(tmp_path), str(tmp_path)))
    assert caught.value.status == USAGE


def test_else_the_environment_else_runs_else_here(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve(_args()) == Path()
    (home / "runs").mkdir()
    assert resolve(_args()) == Path("runs")
    monkeypatch.setenv("LABTOP_DIR", str(tmp_path))
    assert resolve(_args()) == tmp_path
    monkeypatch.setenv("LABTOP_DIR", "~/runs")
    assert resolve(_args()) == home / "runs"


def test_what_is_not_there_offers_the_nearest(home: Path) -> None:
    (home / "sweeps").mkdir()
    with pytest.raises(CommandError, match="no such directory or file: sweep; near: sweeps") as caught:
        resolve(_args("sweep"))
    assert caught.value.status == NOT_THERE


def test_a_mistyped_command_is_recognised() -> None:
    with pytest.raises(CommandError, match="labtop show"):
        resolve(_args("showw"))


def test_a_variable_that_leads_nowhere_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_DIR", "/nowhere/at/all")
    with pytest.raises(CommandError, match=r"\$LABTOP_DIR"):
        resolve(_args())


def test_a_file_is_a_place_and_a_pipe_is_none(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.touch()
    assert resolve(_args(str(log))) == log
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CommandError, match="neither a directory nor a file"):
        resolve(_args(str(tmp_path / "pipe")))


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_directory_without_permission_says_so(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    with pytest.raises(CommandError, match="no permission to read") as caught:
        resolve(_args(str(closed)))
    assert caught.value.status == USAGE


@pytest.mark.parametrize("named", [None, ".", "runs"])
def test_a_current_folder_that_is_gone_is_named(home: Path, tmp_path: Path, named: str | None) -> None:
    home.rmdir()
    with pytest.raises(CommandError, match="the current folder is gone: go to another") as caught:
        resolve(_args(named=named))
    assert caught.value.status == NOT_THERE
    assert resolve(_args(named=str(tmp_path))) == tmp_path


def test_names_that_no_system_takes_are_an_error_not_a_crash() -> None:
    for name in ("x" * 5000, "a\0b"):
        with pytest.raises(CommandError):
            resolve(_args(name))
