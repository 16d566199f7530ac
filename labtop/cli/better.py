"""`labtop better`: is one group of runs better than another?"""

from __future__ import annotations

import argparse
from typing import Final

from labtop.cli import columns as keys
from labtop.cli import formats, output, values
from labtop.cli.errors import NOT_THERE, CommandError
from labtop.cli.reading import explain_emptiness, opened
from labtop.cli.tables import Cell, Table, cell
from labtop.cli.text import clean
from labtop.cli.why import METRIC_HELP
from labtop.store import Store
from labtop.store.answers.to_json import better_json
from labtop.store.model import Better, BetterQuery, Judgement, Sample, TableQuery

BETTER: Final = 0
NOT_BETTER: Final = 1
_NO_GOAL: Final = ", and no goal says which is better"
_WORDS: Final[dict[Judgement, str]] = {
    "better": "better",
    "worse": "worse",
    "higher": f"higher{_NO_GOAL}",
    "lower": f"lower{_NO_GOAL}",
    "no evidence": "no evidence of a difference",
    "too few": "too few runs to tell",
}
_FIELDS: Final = ("runs", "mean", "std", "lost", "lacking", "unfinished")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop better`."""
    parser.add_argument("metric", metavar="METRIC", help=METRIC_HELP)
    parser.add_argument("runs", metavar="FILTER", help="the runs that may be better, see labtop ls --help")
    parser.add_argument("against", metavar="FILTER", help="the runs that they are compared with")
    formats.add_arguments(parser)
    parser.epilog = (
        "Exit status: 0 when the first runs are better, 1 when they are worse or nothing can be told, 2 for a filter\n"
        "that cannot be used or a run that passes both, 3 where there is no such metric or no run passes a filter."
    )


def run(args: argparse.Namespace) -> int:
    """Print the judgement in a sentence; the status tells it too."""
    with opened(args) as store:
        names = keys.Names(store)
        if not names.outline.runs:
            explain_emptiness(store)
            return NOT_THERE
        metric = keys.metric_of(args.metric, names)
        runs, against = (_passing(store, where) for where in (args.runs, args.against))
        (found,) = store.better([BetterQuery(metric, runs, against)])
    if args.format == "table":
        output.write(f"{sentence(found)}\n")
        if found.remark:
            output.write(f"{found.remark}\n")
    else:
        formats.write(args.format, [as_table(found)], lambda: better_json(found))
    return BETTER if found.verdict == "better" else NOT_BETTER


def sentence(found: Better) -> str:
    """Both means, their difference with its interval, and the verdict."""
    parts = [f"{clean(keys.heading(found.metric))}: mean {_mean(found.runs)} against {_mean(found.against)}"]
    if found.difference is not None and found.interval is not None:
        low, high = (values.number(end, 3) for end in found.interval)
        sign = "+" if found.difference >= 0 else ""
        parts.append(f"{sign}{values.number(found.difference, 3)}, 95 % interval {low} to {high}")
    return ": ".join([*parts, _WORDS[found.verdict]])


def as_table(found: Better) -> Table:
    """All of it in one row."""
    low, high = found.interval or (None, None)
    sides = [getattr(side, field) for side in (found.runs, found.against) for field in _FIELDS]
    row = (keys.heading(found.metric), *sides, found.difference, low, high, found.verdict, found.remark)
    heads = ("metric", *_FIELDS, *(f"against_{field}" for field in _FIELDS), "difference", "low", "high")
    cells = (Cell(values.LACKS, None, right=True) if value is None else cell(value) for value in row)
    return Table((*heads, "verdict", "remark"), (tuple(cells),))


def _passing(store: Store, where: str) -> tuple[int, ...]:
    """The runs that `ls --where` lists."""
    table = store.table(TableQuery(where=where, limit=0))
    if not table.matched:
        raise CommandError(f"no run passes {where!r} ({table.total} without it)", NOT_THERE)
    return tuple(table.listed.runs)


def _mean(sample: Sample) -> str:
    """The mean, and of how many runs; those that do not count are named where there are any."""
    others = [f"{count} {what}" for count, what in ((sample.lost, "lost"), (sample.lacking, "without")) if count]
    runs = f"{sample.runs} run{'' if sample.runs == 1 else 's'}"
    mean = values.LACKS if sample.mean is None else values.number(sample.mean)
    return f"{mean} ({', '.join([runs, *others])})"
