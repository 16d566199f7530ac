"""The program on a real pseudo-terminal: start, live data, resize, and every way to leave."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal

Open = Callable[..., Terminal]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


def _log(runs: Path, run: str, *lines: str) -> None:
    folder = runs / run
    folder.mkdir(exist_ok=True)
    with (folder / "events.jsonl").open("a") as log:
        log.writelines(f"{line}\n" for line in lines)


def _restored(terminal: Terminal) -> None:
    """The terminal is as it was: its settings, the normal screen, a cursor, no mouse reports."""
    assert terminal.settings() == terminal.before
    for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?1003h", b"\x1b[?1003l")):
        assert terminal.raw.rfind(off) > terminal.raw.rfind(on), off
    assert b"Traceback" not in terminal.raw


def test_a_run_appears_grows_and_the_terminal_is_left_as_it_was(
    installed: Path, open_terminal: Open, runs: Path
) -> None:
    terminal = open_terminal(str(installed / "labtop"), "runs")
    terminal.wait_for(">> ")
    assert "echo" in terminal.text()
    assert "runs/first.jsonl" in terminal.text()
    _log(runs, "first", '{"step": 1, "loss": 0.52}')
    terminal.wait_for("first")
    terminal.wait_for("0.52")
    _log(runs, "first", '{"step": 2, "loss": 0.4321}')
    terminal.wait_for("0.4321")
    for columns, rows in ((80, 24), (40, 12), (250, 70), (140, 45)):
        terminal.resize(columns, rows)
        terminal.wait_for("first")
    terminal.wait_for("quit")
    terminal.type("q")
    assert terminal.wait_end() == 0
    _restored(terminal)
    said = terminal.raw[terminal.raw.rfind(b"\x1b[?1049l") :]
    assert b"leak" not in said
    assert b"rror" not in said


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(
    installed: Path, open_terminal: Open, runs: Path, sent: signal.Signals
) -> None:
    _log(runs, "first", '{"step": 1, "loss": 0.52}')
    terminal = open_terminal(str(installed / "labtop"), "runs")
    terminal.wait_for("0.52")
    os.kill(terminal.process.pid, sent)
    assert terminal.wait_end() == 128 + sent
    _restored(terminal)


def test_ctrl_z_gives_the_shell_back_and_fg_the_screen(installed: Path, open_terminal: Open, runs: Path) -> None:
    _log(runs, "first", '{"step": 1, "loss": 0.52}')
    terminal = open_terminal("bash", "--norc", "-i", PS1="ready> ")
    terminal.wait_for("ready>")
    terminal.type(f"{installed / 'labtop'} runs\n")
    terminal.wait_for("0.52")
    terminal.type("\x1a")
    terminal.wait_for("Stopped")
    _log(runs, "first", '{"step": 2, "loss": 0.4321}')
    terminal.type("fg\n")
    terminal.wait_for("0.4321")
    terminal.type("q")
    terminal.wait_for(lambda: b"ready>" in terminal.raw[terminal.raw.rfind(b"\x1b[?1049h") :])
    terminal.type("exit\n")
    terminal.wait_end()
    _restored(terminal)


def test_names_that_hold_markup_or_escape_codes_are_shown_as_text(
    installed: Path, open_terminal: Open, runs: Path
) -> None:
    _log(runs, "plain", '{"event": "run", "name": "[/bold] [red]x"}', '{"step": 1, "loss": 0.52}')
    _log(runs, "evil", '{"event": "run", "name": "\\u001b]0;owned\\u0007\\u001b[2Jevil"}', '{"step": 1, "loss": 0.61}')
    terminal = open_terminal(str(installed / "labtop"), "runs")
    terminal.wait_for("[/bold] [red]x")
    terminal.wait_for("evil")
    assert b"owned\x07" not in terminal.raw
    terminal.type("q")
    assert terminal.wait_end() == 0


@pytest.mark.parametrize(
    ("term", "arguments", "status", "said"),
    [
        ("dumb", ["runs"], 2, "labtop ls"),
        ("xterm-256color", ["nowhere"], 3, "nowhere"),
    ],
)
def test_what_cannot_be_shown_is_one_line_and_a_status(
    installed: Path, open_terminal: Open, runs: Path, term: str, arguments: list[str], status: int, said: str
) -> None:
    terminal = open_terminal(str(installed / "labtop"), *arguments, TERM=term)
    assert terminal.wait_end() == status
    lines = [line for line in terminal.text().split("\n") if line.strip()]
    assert said in " ".join(lines)
    assert b"\x1b[?1049h" not in terminal.raw
    assert b"Traceback" not in terminal.raw


def test_without_a_terminal_it_says_so(installed: Path, runs: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [str(installed / "labtop"), str(runs)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "terminal" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("signals", [(), (signal.SIGHUP, signal.SIGCONT)], ids=["without a signal", "hung up"])
def test_a_terminal_that_goes_away_ends_it(
    installed: Path, runs: Path, environment: dict[str, str], signals: tuple[signal.Signals, ...]
) -> None:
    master, slave = os.openpty()
    # In a session of its own the terminal is not its controlling one: no SIGHUP will come.
    process = subprocess.Popen(
        [str(installed / "labtop"), str(runs)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        start_new_session=True,
    )
    os.close(slave)
    seen = b""
    while b"1049h" not in seen:
        seen += os.read(master, 65536)
    os.close(master)
    for each in signals:
        os.kill(process.pid, each)
    try:
        assert process.wait(9) != 0
    finally:
        process.kill()
        process.wait()


def test_a_terminal_that_changes_its_size_and_back_at_once_is_drawn_whole(
    installed: Path, open_terminal: Open, runs: Path
) -> None:
    _log(runs, "first", '{"step": 1, "loss": 0.52}')
    terminal = open_terminal(str(installed / "labtop"), "runs")
    terminal.wait_for("q quit")
    for _ in range(5):
        terminal.resize(20, 5)
        terminal.resize(140, 45)
        terminal.wait_for("q quit")
        terminal.wait_for("first")
        terminal.wait_for("─ loss ─")
    terminal.type("q")
    assert terminal.wait_end() == 0


@pytest.mark.parametrize("columns", [100, 140])
def test_a_terminal_without_utf8_gets_plain_ascii(
    installed: Path, open_terminal: Open, runs: Path, columns: int
) -> None:
    for place in (1, 2):
        _log(
            runs,
            f"a-quite-long-name-of-a-run-{place}-of-a-sweep",
            f'{{"step": 1, "train": {{"loss": {place}}}, "lr": NaN}}',
            f'{{"step": 2, "train": {{"loss": {place}.5}}, "only{place}": 1, "text": "{"long " * 30}"}}',
        )
    terminal = open_terminal(str(installed / "labtop"), "runs", LC_ALL="C", columns=columns, rows=24)
    for keys, seen in (
        ("", "2.5000"),
        ("a", "2 marked"),
        ("2", "fewer"),
        ("3", "relative"),
        ("x", "everything"),
        ("1", "Enter open"),
        (":", "Command"),
        ("filter\r", "runs /"),
        ("\r", "Enter open"),
        ("\r", "Esc back"),
        ("?", "Esc leaves"),
    ):
        terminal.type(keys)
        terminal.wait_for(seen)
        strange = {letter for letter in terminal.text() if not letter.isascii()} - set(" ▁▂▃▄▅▆▇█▌▐▊▎▏▕")
        assert not strange, (keys, terminal.text())
    terminal.type("q")
    terminal.wait_for("quit")
    terminal.type("q")
    assert terminal.wait_end() == 0
