"""How the program starts, refuses and ends, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from labtop import __version__
from labtop.cli import main
from labtop.cli.commands import COMMANDS, UI, split

HEAVY = "duckdb textual numpy rich labtop.store labtop.tui"


def _loaded_by(code: str) -> set[str]:
    """Which of the heavy packages are loaded after the code ran in a fresh interpreter."""
    return _loaded_one_after_the_other([code])[0]


def _loaded_one_after_the_other(codes: list[str]) -> list[set[str]]:
    """The same after each code, in one interpreter: what one has loaded is there after the next too."""
    tell = f"print('loaded:', *[name for name in {HEAVY.split()!r} if name in sys.modules])"
    ask = "\n".join(["import sys", *(f"{code}\n{tell}" for code in codes)])
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, timeout=60)
    told = [line.split()[1:] for line in answer.stdout.splitlines() if line.startswith("loaded:")]
    return [set(names) for names in told]


def test_importing_labtop_loads_nothing_heavy() -> None:
    assert _loaded_by("import labtop") == set()
    assert _loaded_by("import labtop.cli") == set()


def test_the_heavy_ones_are_recognised_where_they_are_loaded() -> None:
    assert "numpy" in _loaded_by("import labtop.store.model")


def test_no_command_loads_the_screen() -> None:
    names = [name for name in COMMANDS if name != "demo"]
    load = "from labtop.cli.commands import COMMANDS; COMMANDS[{!r}].load()"
    loaded = _loaded_one_after_the_other([load.format(name) for name in names])
    assert [name for name, there in zip(names, loaded, strict=True) if {"labtop.tui", "textual"} & there] == []


def test_what_needs_no_store_loads_none() -> None:
    words = [["--version"], ["--help"], ["nowhere"], ["--bogus"]]
    loaded = _loaded_one_after_the_other([f"from labtop.cli import main; main({each!r})" for each in words])
    assert loaded == [set()] * 4


def test_version_and_help_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"labtop {__version__}\n"
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in ("demo", "ls", "show", "diff"))


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: labtop {name}")
    assert all(option in shown for option in ("--dir", "--poll", "--index"))


def test_a_first_word_that_names_a_command_is_the_command() -> None:
    assert split(["ls", "--json"]) == (COMMANDS["ls"], ["--json"])
    assert split(["-d", "runs", "--poll", "show", "x"]) == (COMMANDS["show"], ["-d", "runs", "--poll", "x"])
    assert split(["runs", "ls"]) == (UI, ["runs", "ls"])
    assert split(["./ls"]) == (UI, ["./ls"])
    assert split(["--", "ls"]) == (UI, ["--", "ls"])
    assert split(["--dir"]) == (UI, ["--dir"])
    assert split([]) == (UI, [])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--bogus"], "unrecognized arguments: --bogus"),
        (["ls", "--format", "xml"], "invalid choice: 'xml'"),
        (["ls", "--limit", "-1"], "'-1' is no number of runs"),
        (["ls", "--limit", "few"], "'few' is no number of runs"),
        (["show"], "required: RUN"),
        (["runs", "ls"], "the command comes first: labtop ls"),
        (["ls", "-d", "nowhere"], "no such directory or file: nowhere"),
        (["\x1b[31mred\nline"], "no such directory or file: red line"),
    ],
)
def test_an_error_is_one_line_that_says_what_is_wrong(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == (3 if "no such" in says else 2)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("labtop: ")
    assert shown.err.count("\n") == 1
    assert says in shown.err


def _start(words: list[str], stdout: int | IO[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "labtop", *words]
    return subprocess.Popen(command, text=True, stdout=stdout, stderr=subprocess.PIPE)


@pytest.mark.parametrize("words", [["ls"], ["ls", "--json"], ["--help"]])
def test_a_reader_that_has_gone_is_no_error(words: list[str], runs: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with _start([*words, "-d", str(runs)], stdout=write) as process:
        os.close(write)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")


def test_a_closed_pipe_leaves_the_answer_of_diff(runs: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with _start(["diff", "low", "high", "-d", str(runs)], stdout=write) as process:
        os.close(write)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
def test_a_full_disk_is_one_line(runs: Path) -> None:
    with Path("/dev/full").open("w") as full, _start(["ls", "-d", str(runs)], stdout=full) as process:
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (2, "labtop: cannot write: No space left on device\n")


def test_ctrl_c_is_silent_and_leaves_at_once(tmp_path: Path) -> None:
    """More output than a pipe holds: nobody reads on after the first byte, so the program waits until interrupted."""
    (tmp_path / "log.jsonl").write_text(json.dumps({"step": 1, **{f"metric_{at}": at for at in range(2000)}}) + "\n")
    with _start(["ls", "--json", "-d", str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.read(1) == "["
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        assert process.stderr
        assert (process.returncode, process.stderr.read()) == (130, "")
