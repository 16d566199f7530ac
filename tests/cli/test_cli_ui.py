"""Starting the screen: what refuses it, and what a crash leaves behind. On a real pseudo-terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path

import pytest

from labtop.cli import main

BROKEN = """
import sys
from textual.app import App
from labtop.cli.ui import run_app

class Broken(App):
    def on_mount(self):
        raise ValueError("no good\\x1b[31m at all")

sys.exit(run_app(Broken()))
"""


HOMELESS = """
import pwd, sys
from labtop.cli import main

pwd.getpwuid = {}.__getitem__  # it knows nobody, and says so by a KeyError as well
sys.exit(main(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Session:
    """How a program on a pseudo-terminal ended, what it wrote, and whether it left the terminal as it was."""

    status: int
    text: str
    restored: bool


def _on_terminal(*words: str, until: bytes = b"", keys: bytes = b"", term: str = "xterm-256color") -> Session:
    """Run Python on a terminal of its own until it ends; once `until` was written, type `keys`."""
    ours, its = pty.openpty()
    before = termios.tcgetattr(ours)
    environment = {**os.environ, "TERM": term}
    command = [sys.executable, *words]
    with subprocess.Popen(
        command, stdin=its, stdout=its, stderr=its, env=environment, start_new_session=True
    ) as process:
        os.close(its)
        try:
            written = _dialogue(ours, until, keys)
            status = process.wait(timeout=60)
        finally:
            process.kill()
    restored = termios.tcgetattr(ours) == before
    os.close(ours)
    return Session(status, written.decode(errors="replace"), restored)


def _dialogue(terminal: int, until: bytes, keys: bytes) -> bytes:
    written = b""
    while some := _read(terminal):
        written += some
        if keys and until in written:
            os.write(terminal, keys)
            keys = b""
    return written


def _read(terminal: int) -> bytes:
    """What was written next; nothing when the program has ended, for which Linux has an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_the_screen_opens_on_a_terminal_and_leaves_it_as_it_was(runs: Path) -> None:
    session = _on_terminal("-m", "labtop", str(runs), until=b"high", keys=b"q")
    assert (session.status, session.restored) == (0, True)
    assert "\x1b[?1049l" in session.text


def test_a_file_is_opened_as_its_run(runs: Path) -> None:
    session = _on_terminal("-m", "labtop", str(runs / "high" / "events.jsonl"), until=b"val_loss", keys=b"q")
    assert (session.status, session.restored) == (0, True)


def test_a_user_without_a_home_has_the_screen_too(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.delenv(name)
    session = _on_terminal("-c", HOMELESS, str(runs), until=b"high", keys=b"q")
    assert (session.status, session.restored) == (0, True)
    assert "no index at ~ (no home is known: set HOME): working from memory" in session.text


def test_a_crash_is_one_line_and_a_file(home: Path) -> None:
    session = _on_terminal("-c", BROKEN)
    said = session.text.rpartition("\x1b")[2].partition("labtop: ")[2].rstrip("\r\n")
    assert (session.status, session.restored) == (1, True)
    assert said.startswith("a fault of labtop: the screen stopped, ValueError: no good at all; please report it with ")
    assert "\n" not in said
    log = Path(said.rpartition(" ")[2])
    assert log.is_relative_to(home)
    assert "on_mount" in log.read_text()


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_be_drawn_on_is_refused(runs: Path, term: str) -> None:
    session = _on_terminal("-m", "labtop", str(runs), term=term)
    assert session.status == 2
    assert (
        session.text == f"labtop: this terminal cannot be drawn on (TERM={term}); labtop ls prints the runs as text\r\n"
    )


def test_no_terminal_is_refused(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(runs)]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert "labtop ls" in shown.err


def test_a_missing_directory_is_said_before_the_terminal_is_touched() -> None:
    session = _on_terminal("-m", "labtop", "nowhere")
    assert (session.status, session.text) == (3, "labtop: no such directory or file: nowhere\r\n")


def test_a_table_is_cut_to_the_terminal_and_coloured_unless_unwanted(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LINES", "20")
    words = ("-m", "labtop", "ls", "-d", str(runs))
    coloured = _on_terminal(*words).text
    assert "\x1b[2mname" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    plain = _on_terminal(*words).text
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= 40
    assert "columns" in plain.splitlines()[-1]
