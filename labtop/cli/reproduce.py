"""`labtop reproduce`: a shell script that brings a run back into an empty folder."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Final

from labtop.cli import formats, output
from labtop.cli.errors import CommandError
from labtop.cli.reading import opened
from labtop.cli.reproducing.recipe import BEGINS, Recipe, recipe_json, recipe_of, script
from labtop.cli.show import RUN_HELP

COMPLETE: Final = 0
INCOMPLETE: Final = 1
_STANDARD_OUTPUT: Final = Path("-")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop reproduce`."""
    add = parser.add_argument
    add("run", metavar="RUN", help=RUN_HELP)
    what = "write the script to this file, over an earlier one only (default: standard output)"
    add("-o", "--output", metavar="FILE", type=Path, default=_STANDARD_OUTPUT, help=what)
    what = "leave {} out of the script"
    add("--no-code", dest="without", action="append_const", const="code", default=[], help=what.format("the clone"))
    for step, words in (
        ("env", "the environment: the caller's Python is used"),
        ("data", "the data"),
        ("run", "the run"),
    ):
        add(f"--no-{step}", dest="without", action="append_const", const=step, help=what.format(words))
    add("--json", action="store_true", help="the steps as data, in place of the script")
    parser.epilog = "Exit status: 0 when the record is complete, 1 when it lacks something, 3 no such run."


def run(args: argparse.Namespace) -> int:
    """Print the script; what the record lacks is said, a line each."""
    if args.json and args.output != _STANDARD_OUTPUT:
        raise CommandError("--json goes to standard output: leave out -o")
    if args.output != _STANDARD_OUTPUT:
        _refuse_what_is_no_script(args.output)
    with opened(args) as store:
        recipe = recipe_of(store.detail(store.find(args.run)), frozenset(args.without))
    _put(formats.as_json(recipe_json(recipe)) if args.json else script(recipe), args.output)
    _tell(recipe)
    return INCOMPLETE if recipe.lacks else COMPLETE


def _tell(recipe: Recipe) -> None:
    for lack in recipe.lacks:
        output.say(f"incomplete: {lack}")
    for remark in recipe.remarks:
        output.say(remark)


def _put(text: str, path: Path) -> None:
    if path == _STANDARD_OUTPUT:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # a patch has its letters whatever the terminal shows
        output.write(text)
        return
    from labtop.tui.export.write import placed

    try:
        written = placed(text.encode(), path.resolve(), over=True)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error
    output.write(f"{path if written == path.resolve() else written}\n")


def _refuse_what_is_no_script(path: Path) -> None:
    """Only an earlier one, or an empty file, gives way."""
    try:
        if not path.is_symlink() and not path.exists():
            return
        if not path.is_file():
            raise CommandError(f"{path} is no regular file: name another")
        with path.open("rb") as file:
            head = file.read(len(BEGINS))
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error
    if head and head != BEGINS.encode():
        raise CommandError(f"{path} is there and is no script of labtop: name another file, or remove it")
