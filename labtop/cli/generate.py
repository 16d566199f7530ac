"""`labtop generate`: a synthetic run directory, for benchmarks and tests."""

from __future__ import annotations

import argparse
import errno
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from labtop.cli import output
from labtop.cli.errors import CommandError
from labtop.synthetic.plan import Plan

_PATIENCE_S: Final = 1.0
_TICK_S: Final = 0.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop generate`."""
    parser.add_argument("place", nargs="?", metavar="DIR", help="where to write: a new or an empty folder")
    parser.add_argument("-d", "--dir", metavar="DIR", help="the same")
    parser.add_argument("--runs", metavar="R", type=_count, required=True, help="how many runs")
    parser.add_argument("--steps", metavar="S", type=_count, required=True, help="lines of each run")
    parser.add_argument("--metrics", metavar="M", type=_count, required=True, help="values of each line")
    parser.add_argument("--files", metavar="F", type=_count, help="runs share so many files (default: a folder a run)")
    parser.add_argument(
        "--rate", metavar="LINES_PER_S", type=_rate, help="append live to all runs in turn, so many lines a second"
    )
    parser.add_argument("--seed", metavar="N", type=_seed, default=0, help="other noise (default: 0)")
    parser.epilog = "The same arguments give the same bytes; with --rate, but for the times."


def run(args: argparse.Namespace) -> int:
    """Write the runs, and say what was written."""
    from labtop.synthetic.write import write, write_live

    if args.files is not None and args.files > args.runs:
        raise CommandError(f"--files {args.files} for {args.runs} runs: give at most one file a run")
    plan = Plan(args.runs, args.steps, args.metrics, args.files, args.seed)
    directory = _directory(_named(args))
    try:
        if args.rate is None:
            _follow(write(directory, plan), plan.runs * plan.steps)
        else:
            _follow(write_live(directory, plan, args.rate), plan.runs * plan.steps)
    except OSError as error:
        raise CommandError(f"cannot write below {directory}: {error.strerror}{_hint(error)}") from error
    output.write(f"{args.runs:,} runs, {plan.runs * plan.steps:,} lines in {directory}\n")
    return 0


def _named(args: argparse.Namespace) -> str:
    """The folder that one of the argument and the option names."""
    named: list[str] = [place for place in (args.place, args.dir) if place is not None]
    if len(named) == 2:
        raise CommandError(f"two directories, {named[0]} and {named[1]}: name one")
    if not named:
        raise CommandError("where to write? Name a new or an empty folder: labtop generate DIR")
    return named[0]


def _directory(place: str) -> Path:
    """The folder, made where it is not there. One that holds anything is refused: it may be somebody's."""
    directory = Path(place)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if any(directory.iterdir()):
            raise CommandError(f"{directory} is not empty: name a new folder, or remove this one")
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot write to {place}: {getattr(error, 'strerror', None) or error}") from error
    return directory


def _hint(error: OSError) -> str:
    return "; with --files the runs share fewer files" if error.errno == errno.EMFILE else ""


def _follow(lines: Iterator[int], total: int) -> None:
    """Have all lines written, and tell a terminal how many there are, once that takes longer than a second."""
    told = time.monotonic() + _PATIENCE_S
    drawn = False
    for written in lines:
        if time.monotonic() >= told and sys.stderr.isatty():
            sys.stderr.write(f"\rwriting {written:,} of {total:,} lines\x1b[K")
            sys.stderr.flush()
            told, drawn = time.monotonic() + _TICK_S, True
    if drawn:
        sys.stderr.write("\r\x1b[K")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of 1 or more")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 0 or more")
    return int(text)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 < rate < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of lines a second")
    return rate
