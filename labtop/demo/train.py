"""The process of one training: `python -m labtop.demo.train --out DIR --name NAME --lr 0.01 ...`.

All it does for whoever watches is to append lines to `DIR/NAME/events.jsonl`.
"""

from __future__ import annotations

import argparse
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType

from labtop.demo.facts import run_event
from labtop.demo.log import EventLog
from labtop.demo.recipe import STEPS_PER_S, add_arguments, from_arguments
from labtop.demo.session import Pace, Session, Stopped
from labtop.demo.training import Training

FAILED = 1
TERMINATED = 128 + signal.SIGTERM


def main(argv: list[str]) -> int:
    """Train as the options say. The exit status is 0, FAILED after an exception, TERMINATED when it was stopped."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    args = _parser().parse_args(argv)
    recipe = from_arguments(args)
    log = EventLog(args.out / recipe.name)
    try:
        training = Training(recipe)
        log.write("run", **run_event(recipe, args.out, training.train, training.val))
        Session(recipe, training, log, Pace(args.rate, args.parent)).run()
    except Stopped as why:
        log.write("end", status="killed", exit_code=TERMINATED, error=str(why))
        return TERMINATED
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        log.write("end", status="failed", exit_code=FAILED, error=text, traceback=traceback.format_exc())
        return FAILED
    log.write("end", status="finished", exit_code=0)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m labtop.demo.train", description="One small training, logged.")
    parser.add_argument("--out", type=Path, required=True, help="the run directory")
    parser.add_argument("--rate", type=float, default=STEPS_PER_S, help="steps a second; 0: as fast as it can")
    parser.add_argument("--parent", type=int, help="stop when this process is no longer the parent")
    add_arguments(parser)
    return parser


def _stop(number: int, frame: FrameType | None) -> None:
    """Leave the training at once; a second signal finds nothing left to stop."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Stopped(f"stopped by {signal.Signals(number).name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
