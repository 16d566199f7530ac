"""`labtop why`: how much of a metric each parameter explains."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Final

from labtop.cli import columns as keys
from labtop.cli import formats, output, values
from labtop.cli.errors import NOT_THERE, CommandError
from labtop.cli.reading import explain_emptiness, opened
from labtop.cli.tables import Cell, Table, cell
from labtop.cli.text import clean
from labtop.store.answers.to_json import why_json
from labtop.store.model import Influence, Why, WhyQuery

HEADS: Final = ("name", "explained", "rank", "runs", "values", "note")
_MOST_UNKNOWN: Final = 20
METRIC_HELP = "a metric, its last value; or best(M), last(M), min(M), max(M), mean(M), first(M), count(M)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop why`."""
    parser.add_argument("metric", metavar="METRIC", help=METRIC_HELP)
    parser.add_argument(
        "--where", metavar="FILTER", default="", help="only runs that pass, see labtop ls --help (default: all)"
    )
    formats.add_arguments(parser)
    parser.epilog = (
        "Explained is a share from 0 to 1 of the differences between runs; it shows what goes together, not what\n"
        "causes what. Exit status: 0, or 3 where there is no such metric or no run that has it."
    )


def run(args: argparse.Namespace) -> int:
    """Print the parameters, the strongest first."""
    with opened(args) as store:
        names = keys.Names(store)
        if not names.outline.runs:
            explain_emptiness(store)
            return NOT_THERE
        found = store.why(WhyQuery(keys.metric_of(args.metric, names), where=args.where))
    if not found.runs:
        which = f"no run that passes {args.where!r}" if args.where else "no run"
        raise CommandError(f"{which} has a finite value of {keys.heading(found.metric)}", NOT_THERE)
    _say(found)
    shown = _short(found) if args.format == "table" else found
    tables = [as_table(shown)] if found.influences or args.format != "table" else []
    formats.write(args.format, tables, lambda: why_json(found))
    if left := len(found.influences) - len(shown.influences):
        output.say(f"of {left} more parameters nothing can be said; --format csv lists them")
    return 0


def as_table(found: Why) -> Table:
    """A row a parameter."""
    return Table(HEADS, tuple(map(_row, found.influences)))


def _short(found: Why) -> Why:
    """Of those that nothing can be said of the first few: there may be thousands."""
    known = [each for each in found.influences if each.explained is not None]
    return replace(found, influences=(*known, *found.influences[len(known) :][:_MOST_UNKNOWN]))


def _row(influence: Influence) -> tuple[Cell, ...]:
    return (
        Cell(clean(influence.key), influence.key),
        _share(influence.explained, ""),
        _share(influence.rank, "+"),
        cell(influence.runs),
        cell(influence.values),
        Cell(clean(influence.note), influence.note),
    )


def _share(value: float | None, sign: str) -> Cell:
    return Cell(values.LACKS, None, right=True) if value is None else Cell(f"{value:{sign}.2f}", value, right=True)


def _say(found: Why) -> None:
    """What does not stand in the table, on standard error."""
    metric = keys.heading(found.metric)
    if found.lost:
        output.say(f"{found.lost} of {found.runs + found.lost} runs do not count: their {metric} is NaN or infinite")
    if found.unfinished:
        some = f"{found.unfinished} of {found.runs} runs"
        output.say(f"{some} go on still or failed: --where 'status = finished' leaves them out")
    if not found.influences:
        output.say(f"nothing explains {metric}: the {found.runs} runs that have it differ in no parameter")
