"""`labtop hide`: a run that nobody wants to see, and one that somebody does again."""

from __future__ import annotations

import argparse

from labtop.cli import noting
from labtop.cli.show import RUN_HELP


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop hide`."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument("--undo", action="store_true", help="show it again")
    noting.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Append that the run is hidden, or is not, and say so."""
    return noting.note(args, "hide", {"hidden": not args.undo}, "shown again:" if args.undo else "hidden:", "")
