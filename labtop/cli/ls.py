"""`labtop ls`: the runs as a table."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from typing import Final

from labtop.cli import columns as keys
from labtop.cli import formats, output, values
from labtop.cli.errors import CommandError
from labtop.cli.reading import explain_emptiness, opened
from labtop.cli.tables import LONGEST, Cell, Colour, Table, cell
from labtop.cli.text import clean, cut
from labtop.store import Store
from labtop.store.answers.to_json import run_json
from labtop.store.model import Column, Json, Run, RunTable, SortKey, Status, TableQuery, short_commit

NEWEST_FIRST: Final = SortKey(Column("run", "started"), descending=True)
STATUS_COLOURS: Final[dict[Status, Colour]] = {
    Status.RUNNING: "green",
    Status.FAILED: "red",
    Status.CRASHED: "red",
    Status.KILLED: "yellow",
    Status.STALE: "yellow",
}
_TIMES: Final = ("started", "updated")
_DIGITS: Final = 18  # of a number of runs: any longer one means all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop ls`."""
    parser.add_argument(
        "--where", metavar="FILTER", default="", help="only runs that pass, such as 'lr < 1e-2 and acc > 0.9' or 'adam'"
    )
    parser.add_argument(
        "--sort",
        metavar="KEY[:desc]",
        action="append",
        default=[],
        help="order; may be given again (default: newest first)",
    )
    parser.add_argument("--columns", metavar="K,..", action="append", help="what to show of each run; not for json")
    parser.add_argument("--limit", metavar="N", type=_count, help="at most so many runs")
    formats.add_arguments(parser)
    parser.epilog = f"KEY is {keys.KEY_HELP}.\nValues that a run lacks come last in either order."


def run(args: argparse.Namespace) -> int:
    """Print the runs; an empty place is no error."""
    with opened(args) as store:
        names = keys.Names(store)
        query = TableQuery(
            columns=keys.default_columns(names.outline) if args.columns is None else chosen(args.columns, names),
            sort=tuple(keys.sort_key_of(text, names) for text in args.sort) or (NEWEST_FIRST,),
            where=args.where,
            limit=args.limit,
        )
        table = store.table(query)
        if not table.total:
            explain_emptiness(store)
        elif not table.matched:
            output.say(f"no run passes {args.where!r} ({table.total} without --where)")
        tables = [as_table(table, time.time())] if table.rows or args.format != "table" else []
        formats.write(args.format, tables, lambda: _document(store, table))
    return 0


def as_table(table: RunTable, now: float) -> Table:
    """The runs as cells, the best value of a metric with a goal starred. `now` is seconds since the epoch."""
    rows = tuple(
        tuple(
            _bounded(_cell(run, column, value, now, best))
            for column, value, best in zip(table.columns, run.cells, table.best, strict=True)
        )
        for run in table.runs
    )
    return Table(keys.headings(table.columns), rows)


def chosen(given: list[str], names: keys.Names) -> tuple[Column, ...]:
    """The columns that `--columns K,..` names, which may be given again. Raises `CommandError`."""
    words = [word.strip() for text in given for word in text.split(",")]
    columns = tuple(keys.column_of(word, names) for word in words if word)
    if not columns:
        raise CommandError("--columns names no column: give some, such as --columns name,status,step")
    return columns


def _document(store: Store, table: RunTable) -> list[dict[str, Json]]:
    return [run_json(detail) for detail in store.details([run.number for run in table.runs])]


def _cell(run: Run, column: Column, value: Json, now: float, best: float | None) -> Cell:
    if column.kind != "run":
        return _starred(value, best) if value is not None else Cell(values.LACKS, None, right=column.kind == "metric")
    if column.key == "status":
        return Cell(str(run.status), str(run.status), colour=STATUS_COLOURS.get(run.status))
    if column.key == "step":
        return Cell(values.progress(run.step, run.total_steps), run.step, right=True)
    if value is None:
        return Cell(values.LACKS)
    if column.key == "hidden":
        return Cell("hidden" if value else "", value)
    if column.key == "git.commit":
        return Cell(clean(short_commit(str(value))), value)
    if column.key in _TIMES and isinstance(value, float):
        return Cell(f"{'~' if run.estimated else ''}{values.ago(value, now)}", value, right=True)
    if column.key in ("duration", "eta") and isinstance(value, float):
        guessed = "~" if run.estimated and column.key == "duration" else ""
        return Cell(guessed + values.span(value), value, right=True)
    if column.key == "steps_per_s" and isinstance(value, float):
        return Cell(f"{'~' if run.estimated else ''}{values.number(value)}", value, right=True)
    return cell(value)


def _bounded(whole: Cell) -> Cell:
    return whole if len(whole.text) <= LONGEST else replace(whole, text=cut(whole.text, LONGEST))


def _starred(value: Json, best: float | None) -> Cell:
    """Room for the star is kept where there is none, so that digits stand below each other."""
    plain = cell(value)
    if not plain.right or best is None:
        return plain
    return Cell(
        f"{plain.text}*" if value == best else f"{plain.text} ",
        value,
        right=True,
        colour="bold" if value == best else None,
    )


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of runs")
    return int(text) if len(text) <= _DIGITS else sys.maxsize
