"""`labtop run` between pipes: what passes through, and what is recorded."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from labtop.running.objects import OWN_EVENTS
from labtop.store.read.own_events import FIELDS
from tests.running.conftest import LABTOP, Recorded

Run = Callable[..., subprocess.CompletedProcess[bytes]]
Begin = Callable[..., subprocess.Popen[bytes]]


def test_bytes_pass_unchanged_and_apart_and_the_exit_status_is_the_commands(run: Run, recorded: Recorded) -> None:
    out = b"\x1b[31mred\x1b[0m a\0b \xff caf\xc3\xa9\r\n" + b"x" * 10_000_000 + b"\nno newline"
    code = "import sys; data = sys.stdin.buffer.read(); sys.stdout.buffer.write(data); print('odd', file=sys.stderr)"
    done = run(sys.executable, "-c", f"{code}; sys.exit(3)", given=out)
    assert (done.stdout, done.stderr, done.returncode) == (out, b"odd\n", 3)
    assert sorted(recorded.text) == ["no newline", "odd", "red ab � café", f"{'x' * 4000} ... (10,000,000 characters)"]
    assert recorded.end == {"status": "failed", "exit_code": 3, "error": "odd"}


def test_half_characters_and_half_lines_are_put_together(run: Run, recorded: Recorded) -> None:
    code = (
        "import os, sys\n"
        "for part in (b'caf\\xc3', b'\\xa9 one', b'\\ntwo \\x1b[3', b'1mred\\x1b[0', b'm\\n{\"a\"', b': 1}\\n'):\n"
        "    os.write(1, part); sys.stdin.buffer.read(1)"
    )
    assert run(sys.executable, "-c", code, given=b"......").returncode == 0
    assert recorded.text == ["café one", "two red"]
    assert any(event.get("a") == 1 for event in recorded.events)


def test_standard_input_is_left_to_those_who_read_it(tmp_path: Path, environment: dict[str, str], run: Run) -> None:
    assert run("cat", given=b"x\n").stdout == b"x\n"
    line = f"printf 'a\\nb\\n' | ({' '.join(LABTOP)} run --no-capture -- true; cat)"
    assert subprocess.run(["sh", "-c", line], capture_output=True, cwd=tmp_path, env=environment).stdout == b"a\nb\n"


def test_objects_with_numbers_are_metrics_and_events_are_written_as_they_are(run: Run, recorded: Recorded) -> None:
    lines = [
        '{"step": 1, "loss": 0.5}',
        ' {"time": 12.5, "loss": NaN} ',
        '{"ts": 1790000000, "nested": {"acc": [1]}}',
        '{"event": "tag", "add": ["best"], "time": 1790000001}',
        '{"event": "end", "status": "failed", "exit_code": 9}',
        '{"event": "saved", "path": "x"}',
        '{"ok": true}',
        '{"cut": 1',
        "[1, 2]",
    ]
    run("printf", "%s\n", *lines)
    written = (recorded.folder / "events.jsonl").read_text().splitlines()
    assert recorded.text == [line.strip() for line in lines[4:]]
    first, second, third = (line for line in written if "loss" in line or "nested" in line if "event" not in line)
    assert first.startswith('{"time":1')
    assert first.endswith(',"step": 1, "loss": 0.5}')
    assert second.startswith('{"_timestamp":1')
    assert second.endswith(',"time": 12.5, "loss": NaN}')
    assert third == lines[2]
    assert {"event": "tag", "time": 1790000001, "add": ["best"]} in recorded.events
    assert recorded.end == {"status": "finished", "exit_code": 0}


def test_the_events_that_are_picked_are_those_of_the_format() -> None:
    assert set(FIELDS) - {"end"} == OWN_EVENTS


def test_a_script_that_logs_by_itself_joins_the_run(run: Run, recorded: Recorded, tmp_path: Path) -> None:
    code = "import labtop, os; os.chdir('/'); run = labtop.init(); run.log({'loss': 0.25}); print(run.id)"
    assert run(sys.executable, "-c", code).stdout == b"it\n"
    (beside,) = recorded.folder.glob("events-*.jsonl")
    assert '"loss":0.25' in beside.read_text()
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["it"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(("handler", "status"), [("signal.SIG_DFL", None), ("lambda *_: exit(0)", 0)])
def test_a_signal_is_passed_on_and_named(
    begin: Begin, recorded: Recorded, number: signal.Signals, handler: str, status: int | None
) -> None:
    code = f"import signal; signal.signal({number.value}, {handler}); print('ready'); signal.pause()"
    process = begin(sys.executable, "-c", code)
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(number)
    assert process.wait(20) == (128 + number if status is None else status)
    assert recorded.end == {"status": "killed", "exit_code": process.returncode, "error": number.name}


def test_a_signal_also_ends_it_when_its_reader_has_stalled(begin: Begin, recorded: Recorded) -> None:
    process = begin("yes")
    assert process.stdout
    process.stdout.read(1 << 20)
    process.terminate()
    assert process.wait(20) == 128 + signal.SIGTERM
    assert recorded.end["error"] == "SIGTERM"


def test_what_was_logged_before_a_kill_is_in_the_file(begin: Begin, recorded: Recorded) -> None:
    process = begin("sh", "-c", "echo one; yes")
    assert process.stdout
    process.stdout.read(1 << 20)
    process.kill()
    process.wait()
    assert recorded.text[:1] == ["one"]


def test_output_that_nobody_reads_ends_the_command(tmp_path: Path, environment: dict[str, str]) -> None:
    line = f"set -o pipefail; {' '.join(LABTOP)} run -n it --no-capture -- yes | head -n 1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, cwd=tmp_path, env=environment, timeout=30)
    assert (done.stdout, done.stderr, done.returncode) == (b"y\n", b"", 128 + signal.SIGPIPE)
    assert Recorded(tmp_path / "runs/it").end["error"] == "SIGPIPE"


def test_a_full_disk_is_told(tmp_path: Path, environment: dict[str, str]) -> None:
    with Path("/dev/full").open("wb") as full:
        words = [*LABTOP, "run", "--no-capture", "--", "yes"]
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, env=environment)
    assert done.stderr == b"labtop: the output cannot be written: No space left on device\n"
    assert done.returncode == 128 + signal.SIGPIPE


def test_a_process_that_is_left_behind_is_not_waited_for(run: Run, recorded: Recorded) -> None:
    began = time.monotonic()
    assert run("sh", "-c", "sleep 60 & echo done").stdout == b"done\n"
    assert time.monotonic() - began < 30
    assert recorded.end == {"status": "finished", "exit_code": 0}


def test_much_output_is_bounded_and_its_last_lines_kept(run: Run, recorded: Recorded) -> None:
    done = run("seq", "300000")
    assert done.stdout.count(b"\n") == 300_000
    text = recorded.text
    assert text[0] == "1"
    assert text[-50:] == [str(number) for number in range(299_951, 300_001)]
    assert len(text) < 5000
    left_out = [int(line.split()[1].replace(",", "")) for line in text if line.startswith("...")]
    assert sum(left_out) + len(text) - len(left_out) == 300_000


def test_a_progress_bar_is_logged_as_its_last_state(run: Run, recorded: Recorded) -> None:
    code = "for i in range(5001): print(f'{i / 50:.0f}%\\r', end='')\nprint('\\n100%\\nsaved')"
    run(sys.executable, "-c", code)
    assert recorded.text[-3:] == ["100%", "100%", "saved"]
    assert len(recorded.text) < 10


def test_bars_that_are_drawn_again_together_are_logged_once_a_second(run: Run, recorded: Recorded) -> None:
    code = "print('a 0\\nb 0')\nfor i in range(80): print(f'\\x1b[2A\\x1b[Ka {i}\\n\\x1b[Kb {i}')\nprint('saved')"
    run(sys.executable, "-c", code)
    assert recorded.text[:2] == ["a 0", "b 0"]
    assert recorded.text[-1] == "saved"
    assert len(recorded.text) < 20


def test_a_failure_is_told_with_its_traceback(run: Run, recorded: Recorded) -> None:
    code = "try:\n  1 / 0\nexcept ZeroDivisionError:\n  raise ValueError('bad\\nrate') from None"
    run("sh", "-c", f'echo before; {sys.executable} -c "$0"; status=$?; echo "rank 0 failed" >&2; exit $status', code)
    end = recorded.end
    assert (end["status"], end["exit_code"], end["error"]) == ("failed", 1, "ValueError: bad")
    assert end["traceback"].startswith("Traceback (most recent call last):\n")
    assert end["traceback"].endswith("\nrate\nrank 0 failed")


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("exit 4", {"status": "failed", "exit_code": 4, "error": "exit status 4"}),
        ("kill -SEGV $$", {"status": "failed", "exit_code": 139, "error": "SIGSEGV"}),
        ("kill -KILL $$", {"status": "killed", "exit_code": 137, "error": "SIGKILL"}),
        ("sh -c 'kill -TERM $$'; exit $?", {"status": "killed", "exit_code": 143, "error": "SIGTERM"}),
    ],
)
def test_an_end_without_words_is_named(run: Run, recorded: Recorded, code: str, end: dict[str, object]) -> None:
    assert run("sh", "-c", code).returncode == end["exit_code"]
    assert recorded.end == end


def test_what_cannot_be_run_is_one_line_and_no_run(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    for command, status, said in (
        ("no-such-command", 127, "labtop: no-such-command: command not found\n"),
        ("./nowhere", 127, "labtop: ./nowhere: no such file\n"),
        ("./plain", 126, "labtop: ./plain: not executable\n"),
        ("/", 126, "labtop: /: is a directory\n"),
    ):
        done = run(command)
        assert (done.returncode, done.stdout, done.stderr.decode()) == (status, b"", said)
    assert not (tmp_path / "runs").exists()


def test_a_script_without_a_first_line_is_run_as_a_shell_does(run: Run, tmp_path: Path, recorded: Recorded) -> None:
    (tmp_path / "go").write_text("echo $0 $1\n")
    (tmp_path / "go").chmod(0o755)
    assert run("./go", "on").stdout == b"./go on\n"
    (tmp_path / "go").write_text("#!/no/such/shell\n")
    assert run("./go").returncode == 127


def test_options_name_the_run_and_words_behind_the_command_are_its_own(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    options = ["-d", "logs/here", "-p", "lr=3e-4", "-p", "model=a b", "--tag", "x", "--tag", "y", "--no-capture"]
    command = ["sh", "-c", 'echo "$LABTOP_RUN_ID $LABTOP_DIR $@"', "train.sh", "-p", "a=1", "--", "-d", "ls"]
    done = subprocess.run(
        [*LABTOP, "run", *options, *command], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    (folder,) = (tmp_path / "logs/here").iterdir()
    assert folder.name.startswith("train-2")
    assert done.stdout == f"{folder.name} {tmp_path / 'logs/here'} -p a=1 -- -d ls\n"
    events = Recorded(folder).events
    assert (events[0]["params"], events[0]["tags"]) == ({"lr": 0.0003, "model": "a b"}, ["x", "y"])
    assert [event["command"] for event in events if "command" in event][-1] == command


def test_secrets_are_passed_through_but_not_recorded(run: Run, recorded: Recorded, environment: dict[str, str]) -> None:
    environment["SERVICE_API_KEY"] = secret = "k9-Zq4v7Lw2x"
    code = f'echo "key $SERVICE_API_KEY"; echo "no access with {secret}" >&2; exit 1'
    done = run("sh", "-c", code, "--api-key", secret)
    assert (done.stdout, done.stderr) == (f"key {secret}\n".encode(), f"no access with {secret}\n".encode())
    assert secret not in (recorded.folder / "events.jsonl").read_text()
    assert recorded.text == ["key ***", "no access with ***"]
    assert recorded.end["error"] == "no access with ***"


def test_starting_loads_no_library(tmp_path: Path, environment: dict[str, str]) -> None:
    words = [sys.executable, "-X", "importtime", "-m", "labtop", "run", "--", "true"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, env=environment, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "labtop.running.pump" in loaded
    assert not {"duckdb", "numpy", "textual", "orjson", "labtop.store", "labtop.tui", "dataclasses"} & loaded
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]
