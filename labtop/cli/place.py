"""Which directory: what the user named, else $LABTOP_DIR, else ./runs, else the current folder."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from labtop.cli.commands import COMMANDS
from labtop.cli.errors import NOT_THERE, CommandError, nearest


def resolve(args: argparse.Namespace) -> Path:
    """The directory or file to open, known to be there and readable; else raises `CommandError`.

    `args.place` is the UI's argument, `args.dir` the option of every command.
    """
    named = getattr(args, "place", None)
    if named is not None and args.dir is not None:
        raise CommandError(f"two directories, {named} and {args.dir}: name one")
    given = named if named is not None else args.dir
    if given is not None:
        return _readable(Path(given), hint=_hint(given, is_word=named is not None))
    variable = os.environ.get("LABTOP_DIR")
    if variable:
        return _readable(Path(os.path.expanduser(variable)), hint=", which $LABTOP_DIR names")  # noqa: PTH111, which raises where there is no home
    runs = Path("runs")
    return _readable(runs if runs.is_dir() else Path(), hint="")


def _readable(path: Path, *, hint: str) -> Path:
    try:
        is_dir, is_file = path.is_dir(), path.is_file()
        there = path.exists()
        path.absolute()
    except FileNotFoundError as error:
        raise CommandError(
            "the current folder is gone: go to another, or name one by its whole path", NOT_THERE
        ) from error
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot look at {path}: {getattr(error, 'strerror', None) or error}") from error
    if not there:
        raise CommandError(f"no such directory or file: {path}{hint}", NOT_THERE)
    if not is_dir and not is_file:
        raise CommandError(f"{path} is neither a directory nor a file: name a run directory or a log file")
    if not os.access(path, os.R_OK | os.X_OK if is_dir else os.R_OK):
        raise CommandError(f"no permission to read {path}: ask for read{' and search' if is_dir else ''} permission")
    return path


def _hint(given: str, *, is_word: bool) -> str:
    """The nearest commands and neighbours of a name that is not there."""
    parent = Path(given).parent
    try:
        beside = [str(each) for each in parent.iterdir() if not each.name.startswith(".")]
    except (OSError, ValueError):
        beside = []
    commands = [f"labtop {name}" for name in COMMANDS if is_word and nearest(given, [name])]
    return f"; a command is meant? {commands[0]}" if commands else nearest(given, beside)
