"""`main`: which command, its arguments, and how it ends."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from labtop import __version__
from labtop.cli import output
from labtop.cli.commands import COMMANDS, UI, Command, Module, split
from labtop.cli.errors import USAGE, CommandError

INTERRUPTED: Final = 130
CRASHED: Final = 1


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Raise what ends the program with this message and where to look further."""
        _, colon, extra = message.partition("unrecognized arguments: ")
        command = next((word for word in extra.split() if word in COMMANDS), None) if colon else None
        place = next((word for word in extra.split() if Path(word).exists()), None) if colon else None
        if command:
            hint = f"the command comes first: labtop {command}"
        else:
            hint = f"-d {place} names the directory" if place else f"see {self.prog} --help"
        raise CommandError(f"{message} ({hint})", USAGE)

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """As argparse has it, but for `--where=--`: there it takes the value for what ends the options."""
        if action.option_strings and action.nargs is None and arg_strings == ["--"]:
            return "--"
        return super()._get_values(action, arg_strings)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program on `argv` (default: the process's own) and return its exit status.

    Raises nothing, unless LABTOP_DEBUG is set: then what nobody foresaw.
    """
    output.prepare()
    # The screen, reading and storing take turns: none of them should wait five thousandths of a second for its own.
    sys.setswitchinterval(0.0005)
    command, words = split(sys.argv[1:] if argv is None else argv)
    try:
        return _run(command, words)
    except KeyboardInterrupt:
        output.silence(sys.stdout)
        return INTERRUPTED
    except CommandError as failure:
        output.say(str(failure), failure.below)
        return failure.status
    except Exception as error:
        if os.environ.get("LABTOP_DEBUG"):
            raise
        return _fault(command, error)


def _run(command: Command, words: Sequence[str]) -> int:
    module = command.load()
    try:
        status = module.run(_parser(command, module).parse_args(words))
    except SystemExit as stop:  # --help and --version
        status = stop.code if isinstance(stop.code, int) else 0
    output.flush()
    return status


def _fault(command: Command, error: Exception) -> int:
    if isinstance(error, OSError) and error.strerror:
        output.say(f"{error.filename}: {error.strerror}" if error.filename else f"cannot write: {error.strerror}")
        output.silence(sys.stdout)
        return USAGE
    from labtop.cli import crash

    output.say(crash.describe(error))
    return CRASHED if command is UI else USAGE


def _parser(command: Command, module: Module) -> Parser:
    parser = Parser(
        prog=f"labtop {command.name}".rstrip(),
        description=command.summary,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        conflict_handler="resolve",  # a command may give an option of all a meaning of its own
    )
    if command is UI:
        _describe_program(parser)
    every = parser.add_argument_group("options of every command")
    every.add_argument(
        "-d",
        "--dir",
        metavar="DIR",
        help="the run directory, or one log file (default: $LABTOP_DIR, else ./runs where it exists, else this folder)",
    )
    every.add_argument("--poll", action="store_true", help="look at the files again and again; rely on no file events")
    every.add_argument("--index", metavar="PATH", help="keep the index in this file, not in the user's cache folder")
    module.add_arguments(parser)
    return parser


def _describe_program(parser: Parser) -> None:
    parser.usage = "labtop [DIR | FILE] [options]\n       labtop COMMAND [options]"
    parser.description = "The lab notebook and top for experiments. Without a command: the terminal UI."
    listed = "\n".join(f"  {each.name:<9} {each.summary}" for each in COMMANDS.values())
    parser.epilog = f"commands (labtop COMMAND --help says more):\n{listed}\n\nA folder of such a name: labtop ./demo"
    parser.add_argument("--version", action="version", version=f"labtop {__version__}")
