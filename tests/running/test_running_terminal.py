"""`labtop run` on a terminal: the command has one of its own, and this one is as it was afterwards."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

import pytest

from benchmarks.terminal import Terminal
from tests.running.conftest import RUN, Recorded

Open = Callable[..., Terminal]


def _raw(terminal: Terminal) -> bool:
    """Whether labtop has taken the terminal: it does so after the command was started."""
    return terminal.settings() != terminal.before


def test_the_command_sees_a_terminal_and_its_bytes_pass_unchanged(open_terminal: Open, recorded: Recorded) -> None:
    shown = "print([os.isatty(file) for file in range(3)])"
    code = f"import os; {shown}; os.write(2, b'\\x1b[1;31m1%\\r2%\\x1b[0m\\t\\xe2\\x98\\x83\\n')"
    terminal = open_terminal(*RUN, sys.executable, "-c", code)
    assert terminal.wait_end() == 0
    assert terminal.raw == "[True, True, True]\r\n\x1b[1;31m1%\r2%\x1b[0m\t☃\r\n".encode()
    assert terminal.settings() == terminal.before
    assert recorded.text == ["[True, True, True]", "2%\t☃"]


def test_what_is_typed_reaches_the_command(open_terminal: Open, recorded: Recorded) -> None:
    terminal = open_terminal(*RUN, sys.executable, "-c", "print(input('name? ').upper())")
    terminal.wait_for("name?")
    terminal.wait_for(lambda: _raw(terminal))
    terminal.type("bob\r")
    terminal.wait_for("BOB")
    assert terminal.wait_end() == 0
    assert terminal.text().split() == ["name?", "bob", "BOB"]


def test_the_size_of_the_window_is_passed_on(open_terminal: Open) -> None:
    code = (
        "import os, signal\n"
        "show = lambda *_: print(*os.get_terminal_size())\n"
        "signal.signal(signal.SIGWINCH, show); show(); input()"
    )
    terminal = open_terminal(*RUN, sys.executable, "-c", code)
    terminal.wait_for("80 24")
    terminal.wait_for(lambda: _raw(terminal))
    terminal.resize(100, 30)
    terminal.wait_for("100 30")
    terminal.type("\r")
    assert terminal.wait_end() == 0


def test_ctrl_c_ends_the_command_not_labtop(open_terminal: Open, recorded: Recorded) -> None:
    code = "import time\ntry: print('ready'); time.sleep(60)\nexcept KeyboardInterrupt: print('saved'); raise"
    terminal = open_terminal(*RUN, sys.executable, "-c", code)
    terminal.wait_for("ready")
    terminal.wait_for(lambda: _raw(terminal))
    terminal.type("\x03")
    assert terminal.wait_end() == 128 + signal.SIGINT
    assert terminal.settings() == terminal.before
    assert any(text.endswith("saved") for text in recorded.text)
    assert recorded.end == {"status": "killed", "exit_code": 130, "error": "SIGINT"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(
    open_terminal: Open, recorded: Recorded, number: signal.Signals
) -> None:
    terminal = open_terminal(*RUN, "sh", "-c", "echo ready; sleep 60")
    terminal.wait_for("ready")
    terminal.wait_for(lambda: _raw(terminal))
    os.kill(terminal.process.pid, number)
    assert terminal.wait_end() == 128 + number
    assert terminal.settings() == terminal.before
    assert recorded.end["error"] == number.name


def test_ctrl_z_gives_the_shell_back_and_fg_the_command(open_terminal: Open, recorded: Recorded) -> None:
    terminal = open_terminal("bash", "--norc", "-i")
    terminal.type("PS1='ready''> '\n")
    terminal.wait_for("ready>")
    terminal.type(f"{' '.join(RUN)} cat\n")
    terminal.wait_for(lambda: _raw(terminal) and (recorded.folder / "events.jsonl").exists())
    terminal.type("one\r")
    terminal.wait_for(lambda: terminal.raw.count(b"one\r\n") == 2)
    terminal.type("\x1a")
    terminal.wait_for("Stopped")
    terminal.type("fg\n")
    terminal.wait_for(lambda: _raw(terminal) and b"fg\r\n" in terminal.raw)
    terminal.type("two\r")
    terminal.wait_for(lambda: terminal.raw.count(b"two\r\n") == 2)
    terminal.type("\x04")
    terminal.wait_for(lambda: terminal.raw.count(b"ready> ") == 3)
    terminal.type("exit $?\n")
    assert terminal.wait_end() == 0
    assert recorded.text == ["one", "one", "two", "two"]


def test_streams_that_are_no_terminal_stay_apart(open_terminal: Open, recorded: Recorded) -> None:
    code = "import os, sys; print(os.isatty(1)); print(os.isatty(2), os.isatty(0), file=sys.stderr)"
    shell = f"{' '.join(RUN)} {sys.executable} -c '{code}' > out; cat -A out"
    terminal = open_terminal("bash", "-c", shell)
    terminal.wait_for("False$")
    assert terminal.wait_end() == 0
    assert terminal.raw == b"True True\r\nFalse$\r\n"


def test_keys_reach_a_command_in_a_pipeline_once(open_terminal: Open, recorded: Recorded) -> None:
    code = (
        "import signal; caught = []\n"
        "signal.signal(signal.SIGINT, lambda *_: (caught.append(1), print('caught')))\n"
        "print('ready'); input(); print('times', len(caught))"
    )
    terminal = open_terminal("bash", "-c", f'{" ".join(RUN)} {sys.executable} -c "$0" | (trap "" INT; cat)', code)
    terminal.wait_for("ready")
    terminal.type("\x03")
    terminal.wait_for("caught")
    terminal.type("go\r")
    terminal.wait_for("times 1")
    assert terminal.wait_end() == 0
    assert recorded.end == {"status": "finished", "exit_code": 0}


def test_what_is_drawn_on_the_other_screen_is_not_logged(open_terminal: Open, recorded: Recorded) -> None:
    code = r"printf 'before\n\033[?10'; printf '49hdrawn\nhere\n\033[?1049l'; echo after"
    terminal = open_terminal(*RUN, "sh", "-c", code)
    assert terminal.wait_end() == 0
    assert b"drawn" in terminal.raw
    assert recorded.text == ["before", "after"]


def test_a_terminal_that_goes_away_ends_the_command(
    open_terminal: Open, recorded: Recorded, environment: dict[str, str]
) -> None:
    terminal = open_terminal(*RUN, "sh", "-c", "echo ready; sleep 60")
    terminal.wait_for("ready")
    terminal.wait_for(lambda: _raw(terminal))
    os.close(terminal._slave)
    os.close(terminal._master)
    try:
        assert terminal.process.wait(30) == 128 + signal.SIGHUP
    finally:
        terminal._master, terminal._slave = os.openpty()
    assert recorded.end["error"] == "SIGHUP"
