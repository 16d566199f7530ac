"""`labtop run`: a command, recorded as a run."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from time import localtime, strftime
from typing import Any, Final

from labtop.cli import output
from labtop.cli.errors import CommandError
from labtop.recording.captured import parts_wanted

_NOT_FOUND: Final = 127
_NOT_EXECUTABLE: Final = 126
_SCRIPTS: Final = (".py", ".sh", ".bash", ".R", ".jl", ".lua", ".pl", ".rb", ".js", ".ipynb")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop run`."""
    parser.usage = "labtop run [options] [--] CMD .."
    where = "the directory that runs are written to (default: $LABTOP_DIR, else ./runs; made where it is not there)"
    parser.add_argument("-d", "--dir", metavar="DIR", help=where)
    parser.add_argument("-n", "--name", help="the run's name (default: of the script, with the time)")
    parser.add_argument(
        "-p", "--param", metavar="K=V", action="append", type=_param, default=[], help="a parameter; V is JSON or text"
    )
    parser.add_argument("--id", help="the run of this id, resumed where it is there already")
    parser.add_argument("--tag", metavar="T", action="append", default=[], help="a tag")
    parser.add_argument("--no-capture", action="store_true", help="no git, packages, hardware, environment")
    parser.add_argument("command", metavar="CMD ..", nargs=argparse.REMAINDER, help="the command with its arguments")
    parser.epilog = (
        "Lines of the output are the run's log; a line that is a JSON object with a number is metrics.\n"
        "The exit status is that of the command."
    )


def run(args: argparse.Namespace) -> int:
    """Run the command; its exit status."""
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not command:
        raise CommandError("which command? labtop run -- python train.py")
    _check(command[0])
    _open_streams()
    from labtop.recording.beginning import init
    from labtop.recording.place import DIRECTORY, RUN_ID
    from labtop.running.recorded import Trouble, recorded

    record = init(
        args.dir,
        id=args.id,
        name=args.name or (None if args.id else _name(command)),
        params=dict(args.param),
        tags=args.tag,
        capture=False if args.no_capture else _capture(command[0]),
        hooks=False,
    )
    record.describe(command=command)
    environment = {**os.environ, DIRECTORY: str(record.root), RUN_ID: record.id}
    try:
        return recorded(record, command, environment)
    except Trouble as error:
        raise CommandError(str(error), error.status) from error
    finally:
        output.silence(sys.stdout)  # nothing of labtop's own is left to write; its reader may have gone


def _open_streams() -> None:
    """A stream that is closed is the null device: a file that is opened later must not be taken for it."""
    for stream in range(3):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _check(program: str) -> None:
    """Refuse what cannot be run before there is a run of it."""
    if shutil.which(program):
        return
    if os.sep not in program:
        raise CommandError(f"{program}: command not found", _NOT_FOUND)
    if not Path(program).exists():
        raise CommandError(f"{program}: no such file", _NOT_FOUND)
    raise CommandError(
        f"{program}: {'is a directory' if Path(program).is_dir() else 'not executable'}", _NOT_EXECUTABLE
    )


def _capture(program: str) -> frozenset[str]:
    """What is found out: interpreter and packages only of a program of labtop's own environment, as its Python is.

    Those of any other are not known here.
    """
    wanted = parts_wanted(None)
    found = shutil.which(program)
    is_own = found is not None and Path(found).absolute().parent == Path(sys.executable).absolute().parent
    return wanted if is_own else wanted - {"packages"}


def _name(command: list[str]) -> str:
    """What the command runs and when; the ranks of one job, which share a run, leave the time to that."""
    from labtop.capture.launcher import world_size

    return _script(command) + ("" if world_size() > 1 else strftime("-%Y%m%d-%H%M%S", localtime()))


def _script(command: list[str]) -> str:
    """What the command runs, in a word: its script or module, else the program."""
    for word, before in zip(command[1:], command, strict=False):
        if before == "-m":
            return word.rpartition(".")[2]
        if word.endswith(_SCRIPTS):
            return Path(word).stem
    return Path(command[0]).stem


def _param(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is no parameter: give NAME=VALUE")
    try:
        return key.strip(), json.loads(value)
    except ValueError:
        return key.strip(), value
