"""`labtop tried`: were these parameters tried already?"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Final

from labtop.cli import formats, output, values
from labtop.cli.errors import CommandError
from labtop.cli.ls import STATUS_COLOURS
from labtop.cli.reading import opened
from labtop.cli.tables import Cell, Table, cell
from labtop.store.answers.pins import first_pins
from labtop.store.answers.to_json import plain
from labtop.store.model import Json, MetricInfo, NotThere, Outline, RunDetail

TRIED: Final = 0
NEVER: Final = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop tried`."""
    parser.add_argument(
        "params", metavar="K=V", nargs="+", help="a parameter and its value; the last part of a nested key will do"
    )
    formats.add_arguments(parser)
    parser.epilog = "Exit status: 0 when some run has all these parameters, 1 when none has."


def run(args: argparse.Namespace) -> int:
    """Print the runs that have these parameters, the newest first; the status says whether there are any."""
    wanted = _wanted(args.params)
    with opened(args) as store:
        try:
            numbers = store.tried(wanted)
        except NotThere as unknown:
            output.say(str(unknown))
            numbers = ()
        else:
            if not numbers:
                output.say(f"no run has {' '.join(args.params)}")
        found = store.details(numbers)
    if found or args.format != "table":
        formats.write(args.format, [as_table(found)], lambda: [_document(detail) for detail in found])
    return TRIED if found else NEVER


def as_table(found: Sequence[RunDetail]) -> Table:
    """The runs with their status and the best values of the metrics that the screen would pin first for them."""
    metrics = first_pins(_outline(found))
    rows = tuple(
        (
            cell(detail.run.name),
            Cell(str(detail.run.status), str(detail.run.status), colour=STATUS_COLOURS.get(detail.run.status)),
            *(_best(detail, name) for name in metrics),
        )
        for detail in found
    )
    return Table(("name", "status", *(f"best({name})" for name in metrics)), rows)


def _wanted(words: Sequence[str]) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise CommandError(f"{word!r} is no K=V: name a parameter and its value, such as lr=0.01")
        if wanted.setdefault(key, value) != value:
            raise CommandError(f"{key!r} is given twice: a run has one value of it")
    return wanted


def _outline(found: Sequence[RunDetail]) -> Outline:
    """The metrics of these runs that have a best value."""
    having = Counter(name for detail in found for name, metric in detail.metrics.items() if metric.best is not None)
    goals = {name: metric.goal for detail in found for name, metric in detail.metrics.items()}
    infos = tuple(MetricInfo(name, goals[name], None, runs, True) for name, runs in sorted(having.items()))
    return Outline(len(found), infos, ())


def _best(detail: RunDetail, name: str) -> Cell:
    metric = detail.metrics.get(name)
    return Cell(values.LACKS, right=True) if metric is None or metric.best is None else cell(metric.best)


def _document(detail: RunDetail) -> dict[str, Json]:
    return {
        "id": detail.run.id,
        "name": detail.run.name,
        "status": str(detail.run.status),
        "params": {key: plain(param.value) for key, param in detail.params.items()},
        "best": {name: plain(metric.best) for name, metric in detail.metrics.items() if metric.best is not None},
    }
