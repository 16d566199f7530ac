"""`labtop promote`: a run's model to a stage, with a reason and an approver."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from labtop.cli import formats, output
from labtop.cli.errors import CommandError
from labtop.cli.reading import opened
from labtop.cli.show import RUN_HELP
from labtop.cli.tables import Table, cell
from labtop.cli.text import clean
from labtop.store.answers.models_json import promoted_json
from labtop.store.model import STAGES, Promoted, Promotion, Refused

if TYPE_CHECKING:
    from labtop.store import Store

REFUSED: Final = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop promote`."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument("model", metavar="MODEL", help="the name of the model; a new one begins a model")
    parser.add_argument("stage", metavar="STAGE", choices=STAGES, help=", ".join(STAGES))
    parser.add_argument("--why", metavar="W", required=True, help="the reason")
    parser.add_argument("--approved-by", metavar="N", required=True, help="who approved it")
    parser.add_argument("--artifact", metavar="NAME", help="the file that is the model, where the run has several")
    parser.add_argument("--version", metavar="V", help="a version that the run is already, where it is several")
    parser.add_argument("--force", action="store_true", help="whatever speaks against it, which is noted")
    formats.add_arguments(parser)
    parser.epilog = "Exit status: 0 when it is promoted, 1 when it is refused, 3 when the run is not there."


def run(args: argparse.Namespace) -> int:
    """Promote, and say what became of it; a refusal ends the command with status 1."""

    def ask(store: Store) -> Promoted:
        run = store.find(args.run)
        said = args.model, args.stage, args.why, args.approved_by, args.force, args.artifact, args.version
        return store.promote(Promotion(run, *said))

    return change(args, ask)


def change(args: argparse.Namespace, ask: Callable[[Store], Promoted]) -> int:
    """Have a stage changed and print what was done."""
    with opened(args) as store:
        try:
            done = ask(store)
        except Refused as refused:
            raise CommandError(f"{refused}{_hint(refused)}", REFUSED) from refused
    document = promoted_json(done)
    if args.format == "table":
        output.write(f"{clean(done.told)}\n")
    else:
        row = tuple(cell(", ".join(map(str, each)) if isinstance(each, list) else each) for each in document.values())
        formats.write(args.format, [Table(tuple(document), (row,))], lambda: document)
    return 0


def _hint(refused: Refused) -> str:
    """What to do about it on a command line."""
    if refused.overruled:
        return "; --force promotes it all the same, and notes this"
    return {None: "", "artifact": " with --artifact NAME", "version": " with --version V"}[refused.unnamed]
