"""`labtop note`: a note on a run."""

from __future__ import annotations

import argparse
import sys

from labtop.cli import noting
from labtop.cli.errors import CommandError
from labtop.cli.show import RUN_HELP
from labtop.store.annotating.said import LONGEST_TEXT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop note`."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument("text", metavar="TEXT", nargs="+", help="the note, in one word or several; - is standard input")
    noting.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Append the note and say so."""
    text = _standard_input() if args.text == ["-"] else " ".join(args.text)
    return noting.note(args, "note", {"text": text}, "noted of", text)


def _standard_input() -> str:
    """The text on standard input; of more than a note can hold only so much that it is refused."""
    if sys.stdin is None:
        raise CommandError("standard input is closed: give the text as an argument")
    return sys.stdin.buffer.read(4 * LONGEST_TEXT).decode("utf-8", "replace")
