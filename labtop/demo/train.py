"""The process of one training: `python -m labtop.demo.train --out DIR --name NAME --lr 0.01 ...`.

All it does for whoever watches is to log: to `DIR/NAME/events.jsonl`, with `labtop.init` as any training would.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

import labtop
from labtop.demo.checkout import checkout
from labtop.demo.data import ARMS, TURNS
from labtop.demo.recipe import STEPS_PER_S, Recipe, add_arguments, from_arguments
from labtop.demo.session import Pace, Session, Stopped
from labtop.demo.training import Training
from labtop.demo.trainings import PARENT
from labtop.recording.captured import parts_wanted
from labtop.recording.outcome import Outcome, outcome_of

SIGNALS = (signal.SIGTERM, signal.SIGINT)
TERMINATED = 128 + signal.SIGTERM


def main(argv: list[str]) -> int:
    """Train as the options say. The exit status is 0, 1 after an exception, TERMINATED when it was stopped."""
    args = _parser().parse_args(argv)
    recipe = from_arguments(args)
    _hold_signals()
    for number in SIGNALS:
        signal.signal(number, _stop)
    run = begun(recipe, args.out)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        training = Training(recipe)
        version = f"{ARMS} arms, {TURNS:g} turns, noise {recipe.noise:g}"
        for name, data in (("spirals-train", training.train), ("spirals-val", training.val)):
            run.data(name, data.digest(), version=version)
        Session(recipe, training, run, Pace(args.rate, _parent())).train()
    except Stopped as why:
        # Whoever stops it does not wait for what is still being found out of the machine.
        run.end(Outcome("killed", TERMINATED, str(why)), patience_s=0)
        return TERMINATED
    except Exception as error:
        _hold_signals()
        outcome = outcome_of(error)
    else:
        _hold_signals()
        outcome = Outcome(exit_code=0)
    run.end(outcome)
    return outcome.exit_code or 0


def begun(recipe: Recipe, out: Path) -> labtop.Run:
    """The run, below `out`.

    labtop describes the repository of the folder that it is called in, which need not be that of this code: the
    training goes where its code is, or leaves the repository out where its code is in none.
    """
    out, parts, home = out.absolute(), parts_wanted(None), checkout()
    if home is not None:
        os.chdir(home)
    return labtop.init(
        out,
        id=recipe.name,
        params=recipe.params(),
        seed=recipe.seed,
        total_steps=recipe.steps,
        tags=[tag for tag in recipe.tags.split(",") if tag],
        group=recipe.group or None,
        capture=parts if home is not None else parts - {"git"},
        hooks=False,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m labtop.demo.train", description="One small training, logged.")
    parser.add_argument("--out", type=Path, required=True, help="the run directory")
    parser.add_argument("--rate", type=float, default=STEPS_PER_S, help="steps a second; 0: as fast as it can")
    add_arguments(parser)
    return parser


def _parent() -> int | None:
    """The process without which this one has no reason to go on. Not an option: the command repeats the training."""
    number = os.environ.get(PARENT, "")
    return int(number) if number.isdecimal() else None


def _stop(number: int, frame: FrameType | None) -> None:
    """Leave the training at once; a second signal finds nothing left to stop."""
    _hold_signals()
    raise Stopped(f"stopped by {signal.Signals(number).name}")


def _hold_signals() -> None:
    """Keep those that stop a training until it listens: what begins or ends a log is done to its end."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
