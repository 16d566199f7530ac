"""`labtop diff`: runs side by side."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from typing import Final

from labtop.cli import formats, output, values
from labtop.cli.errors import CommandError
from labtop.cli.reading import opened
from labtop.cli.show import RUN_HELP
from labtop.cli.tables import LONGEST, Cell, Table
from labtop.cli.text import cut
from labtop.store import Store
from labtop.store.answers.comparing.ignoring import Ignored, without
from labtop.store.answers.to_json import delta, diff_json
from labtop.store.model import MISSING, PARTS, CompareRow, Comparison, Metric

SAME: Final = 0
DIFFERENT: Final = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop diff`."""
    parser.add_argument("runs", metavar="RUN", nargs="+", help=RUN_HELP)
    parser.add_argument("--all", action="store_true", help="what is the same, too")
    parser.add_argument(
        "--baseline", metavar="RUN", help="the run that metrics are measured against (default: the first)"
    )
    parser.add_argument(
        "--ignore",
        metavar="KEY",
        action="append",
        default=[],
        help="a key that does not count, with its topic: params.out_dir, env.packages.*",
    )
    parser.add_argument("--code", action="store_true", help="then what git and saved patches say of two runs' code")
    formats.add_arguments(parser)
    parser.epilog = "Exit status: 0 when params, code, data and env are the same, 1 when they differ, 3 no such run."


def run(args: argparse.Namespace) -> int:
    """Print the comparison; the status says whether what went into the runs differs. Metrics come out: no count."""
    if args.code and args.format != "table":
        raise CommandError("--code is text to read: leave it out, or leave out --format")
    with opened(args) as store:
        numbers, baseline = _chosen(store, args.runs, args.baseline)
        comparison = without(store.compare(numbers), Ignored(args.ignore))
        at = numbers.index(baseline)
        shown = [table for table in tables(comparison, at, everything=args.all) if table.rows]
        if not shown and args.format == "table":
            output.say("no difference; --all shows what is the same")
        formats.write(args.format, shown, lambda: diff_json(comparison, baseline, everything=args.all))
        if args.code:
            output.write(_code(store, baseline, numbers))
    return DIFFERENT if differ(comparison) else SAME


def _code(store: Store, baseline: int, numbers: Sequence[int]) -> str:
    """From the baseline to each of the others; lines keep the signs that git gives them."""
    lines: list[str] = []
    for number in numbers:
        for part in store.code_diff(baseline, number).parts if number != baseline else ():
            lines += ["", part.title, *([part.remark] if part.remark else []), *part.diff.splitlines()]
    return "".join(f"{values.indented(line)}\n" for line in lines)


def differ(comparison: Comparison) -> bool:
    """Whether parameters, code, data or environment differ."""
    return any(row.differs for part in PARTS[:-1] for row in getattr(comparison, part))


def tables(comparison: Comparison, baseline: int, *, everything: bool) -> Iterator[Table]:
    """A table a topic, a row a key, a column a run; metrics are measured against the run at index `baseline`."""
    names = [run.name for run in comparison.runs]
    heads = ("name", *(f"{name} (baseline)" if at == baseline else name for at, name in enumerate(names)))
    for title in PARTS[:-1]:
        rows: Sequence[CompareRow] = getattr(comparison, title)
        yield Table(heads, tuple(_row(row) for row in rows if everything or row.differs), title)
    metrics = [row for row in comparison.metrics if everything or row.differs]
    yield Table(heads, tuple(_metric_row(row, baseline) for row in metrics), "metrics")


def _chosen(store: Store, named: Sequence[str], baseline: str | None) -> tuple[list[int], int]:
    """The numbers of the runs, and that of the baseline, which comes first where it was not among them."""
    numbers = list(dict.fromkeys(store.find(text) for text in named))
    against = numbers[0] if baseline is None else store.find(baseline)
    if against not in numbers:
        numbers.insert(0, against)
    if len(numbers) < 2:
        raise CommandError("one run has nothing to differ from: name two or more (see labtop diff --help)")
    return numbers, against


def _row(row: CompareRow) -> tuple[Cell, ...]:
    key = f"{values.shown(row.key)} (from the name)" if row.from_name else values.shown(row.key)
    return Cell(key, row.key), *(_value(value, quoted=row.types_differ) for value in row.values)


def _value(value: object, *, quoted: bool) -> Cell:
    """Where only the type differs, 0.01 and "0.01", the quotes tell."""
    text = cut(values.shown(value), LONGEST)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return Cell(f'"{text}"' if quoted and isinstance(value, str) else text, value, right=is_number)


def _metric_row(row: CompareRow, baseline: int) -> tuple[Cell, ...]:
    """The best value where the metric has a goal, else the last, with its distance from the baseline's."""
    has_goal = any(isinstance(each, Metric) and each.goal for each in row.values)
    name = values.shown(row.key)
    reference = row.values[baseline]
    cells = (_result(each, None if at == baseline else reference) for at, each in enumerate(row.values))
    return Cell(f"best({name})" if has_goal else name, row.key), *cells


def _result(metric: object, reference: object) -> Cell:
    """The figure that is compared, and beside a finite one, or none, that the run did not end so."""
    if not isinstance(metric, Metric):
        return Cell(values.LACKS, MISSING, right=True)
    last = metric.last
    figure = metric.best if metric.goal else last
    ends_otherwise = metric.goal and last is not None and not math.isfinite(last)
    if figure is None:
        return Cell(
            values.LACKS if last is None else values.number(last), MISSING if last is None else last, right=True
        )
    change = delta(metric, reference) if isinstance(reference, Metric) else None
    beside = "" if change is None else f" ({values.signed(change)})"
    end = f", last {values.number(last)}" if last is not None and ends_otherwise else ""
    return Cell(f"{values.number(figure)}{beside}{end}", figure, right=True)
