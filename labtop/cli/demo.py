"""`labtop demo`: four small real trainings in the background, and the screen on them."""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from pathlib import Path

from labtop.cli import output
from labtop.cli.errors import CommandError
from labtop.demo.outcome import outcome
from labtop.demo.trainings import Trainings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop demo`."""
    where = "where the trainings write (default: a new temporary folder)"
    parser.add_argument("place", nargs="?", metavar="DIR", help=where)
    parser.add_argument("-d", "--dir", metavar="DIR", help="the same")
    parser.add_argument("--headless", action="store_true", help="no screen: train until all have ended")
    parser.add_argument(
        "--speed", type=_speed, default=1.0, metavar="X", help="this many times as fast; 0: at full speed"
    )


def run(args: argparse.Namespace) -> int:
    """Train, and watch unless `--headless`; the trainings end with the screen, or with ctrl+C."""
    if not args.headless and not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise CommandError("the screen needs a terminal; labtop demo --headless trains without one")
    directory = _directory(args)
    with Trainings(speed=args.speed) as trainings:
        trainings.start(directory)
        if args.headless:
            return _train(trainings, directory)
        from labtop.cli.ui import open_ui

        status = open_ui(directory, index=_index(args, directory), poll=args.poll)
    output.write(f"The trainings of the demo have ended; their logs stay in {directory}\n")
    return status


def _train(trainings: Trainings, directory: Path) -> int:
    count = len(trainings.started)
    output.write(f"{count} trainings write to {directory} (labtop {directory} watches them, ctrl+C stops them)\n")
    for started in trainings.started:
        started.process.wait()
        output.write(f"{_line(directory, started.recipe.name)}\n")
    return 0


def _line(directory: Path, name: str) -> str:
    """How the training ended, in one line."""
    try:
        end = outcome(directory / name / "events.jsonl")
    except OSError as error:
        return f"{name:<14}  wrote no log: {error.strerror}"
    best = "" if math.isnan(end.best) else f"  best val/acc {end.best:.3f} at step {end.best_step:,}"
    return f"{name:<14}  {end.status:<8}  step {end.step:>6,}{best}{end.error and f'  {end.error}'}"


def _directory(args: argparse.Namespace) -> Path:
    """The folder to write to, made when it is not there."""
    if args.place is not None and args.dir is not None:
        raise CommandError(f"two directories, {args.place} and {args.dir}: name one")
    named = args.place if args.place is not None else args.dir
    try:
        directory = Path(tempfile.mkdtemp(prefix="labtop-demo-")) / "runs" if named is None else Path(named)
        directory.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=directory).close()
    except OSError as error:
        raise CommandError(
            f"cannot write to {named or tempfile.gettempdir()}: {error.strerror}; name another folder"
        ) from error
    return directory


def _index(args: argparse.Namespace, directory: Path) -> Path | None:
    """The index: of a temporary folder beside it, so that nothing of a demo stays in the cache."""
    if args.index:
        return Path(args.index)
    return None if args.place or args.dir else directory.with_name("index.duckdb")


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 <= speed < math.inf:
        raise argparse.ArgumentTypeError(
            f"{text} is no speed: 1 is the usual pace, 10 ten times that, 0 as fast as it goes"
        )
    return speed
