"""`labtop rollback`: production of a model back to the version before."""

from __future__ import annotations

import argparse

from labtop.cli import formats
from labtop.cli.models import MODEL_HELP
from labtop.cli.promote import change


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop rollback`."""
    parser.add_argument("model", metavar="MODEL", help=MODEL_HELP)
    parser.add_argument("--why", metavar="W", default="", help="the reason")
    formats.add_arguments(parser)
    parser.epilog = "Exit status: 0 when it is done, 1 when it is refused, 3 when there is no such model."


def run(args: argparse.Namespace) -> int:
    """Roll back, and say from what to what."""
    return change(args, lambda store: store.rollback(args.model, args.why))
