"""`labtop decide`: what is to become of a run, and why."""

from __future__ import annotations

import argparse

from labtop.cli import noting
from labtop.cli.show import RUN_HELP
from labtop.store.model import VERDICTS, Json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop decide`."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument("verdict", metavar="VERDICT", choices=VERDICTS, help=", ".join(VERDICTS))
    parser.add_argument("--why", metavar="W", required=True, help="the reason")
    parser.add_argument("--hypothesis", metavar="H", help="what the run was to show, said anew")
    noting.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Append the decision, after the hypothesis where one is given, and say so."""
    events: dict[str, dict[str, Json]] = {} if args.hypothesis is None else {"hypothesis": {"text": args.hypothesis}}
    events["decision"] = {"verdict": args.verdict, "why": args.why}
    return noting.note_all(args, events, "decided of", f"{args.verdict}, {args.why}")
