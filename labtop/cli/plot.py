"""`labtop plot`: curves of metrics, on standard output or in a file."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from labtop.cli import columns as keys
from labtop.cli import output
from labtop.cli.errors import NOT_THERE, CommandError, nearest
from labtop.cli.reading import explain_emptiness, opened
from labtop.store.model import Column, Spread, XAxis, XMetric

if TYPE_CHECKING:
    from labtop.cli.charts import Wish
    from labtop.tui.charts.spec import ChartSpec, Look

_WIDTH, _HEIGHT = 80, 20
_WIDTHS: Final = (10, 1000)
_HEIGHTS: Final = (3, 500)
_QUIET: Final = "#808080"  # is seen on dark and on light
_MOST_SMOOTHING: Final = 0.999
_ENDINGS: Final = (".svg", ".png", ".csv", ".txt")
_ALONE: Final = ".csv"  # holds the numbers of one chart
_ALIKE: Final = "config"  # groups runs by all their parameters but seeds
_CELLS: Final = ".txt"  # holds what a terminal shows; to other files
_FINER: Final = 4  # times as many points go


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop plot`."""
    add = parser.add_argument
    add("metrics", metavar="METRIC", nargs="+", help="a chart of each, one under the other")
    add("--runs", metavar="FILTER", help="only runs that pass, see labtop ls --help (default: the first 8)")
    add("--x", metavar="KEY", default="step", help="step, relative, wall (time) or any metric (default: step)")
    add("--log-y", action="store_true", help="logarithmic values")
    add("--log-x", action="store_true", help="logarithmic x axis")
    add("--smooth", metavar="S", type=_smoothing, help="draw the exponential average too, 0 (none) to 0.999")
    add("--no-raw", action="store_true", help="no values under a smoothed line")
    add("--outliers", action="store_true", help="leave outliers out of sight and say how many they are")
    add("--group", metavar="KEY", help="a line for all runs that have the same KEY: their mean, with a band")
    add("--band", choices=("std", "range"), help="what the band shows: standard deviation, or smallest to largest")
    add(
        "--width",
        metavar="W",
        type=_within("columns", *_WIDTHS),
        help="columns (default: those of the terminal, or 80)",
    )
    add("--height", metavar="H", type=_within("rows", *_HEIGHTS), default=_HEIGHT, help="rows of a chart (default: 20)")
    what = "write this file, by its ending svg, png, csv (the numbers drawn) or txt; never over one that is there"
    add("-o", "--output", metavar="FILE", type=Path, help=what)
    alike = "runs that differ in their seeds only"
    parser.epilog = f"KEY of --group is a parameter, an attribute, group, or {_ALIKE}: {alike}."


def run(args: argparse.Namespace) -> int:
    """Draw the charts; 3 where no run has a metric."""
    _check(args)
    from labtop.cli.charts import charts

    with opened(args) as store:
        names = keys.Names(store)
        if not names.outline.runs:
            explain_emptiness(store)
            return NOT_THERE
        specs = charts(store, _wish(args, names))
    if args.output is None:
        output.write(_drawn(specs, _width(args), args.height))
    else:
        output.write(f"{_written(specs, args)}\n")
    return 0


def _check(args: argparse.Namespace) -> None:
    """Refuse what does not go together, before anything is read."""
    if args.band and not args.group:
        raise CommandError("--band is for groups: give --group KEY too")
    if args.output is None:
        return
    ending = args.output.suffix.lower()
    if ending not in _ENDINGS:
        raise CommandError(f"{args.output}: the ending says what to write: {', '.join(_ENDINGS)}")
    if ending == _ALONE and len(set(args.metrics)) > 1:
        raise CommandError(f"{args.output}: a {ending} holds one metric; ask for one at a time, or write a .svg")


def _wish(args: argparse.Namespace, names: keys.Names) -> Wish:
    from labtop.cli.charts import Wish

    metrics = tuple(dict.fromkeys(args.metrics))
    for metric in metrics:
        if metric not in names.metrics:
            raise CommandError(f"no metric {metric!r}{_near(metric, names)}", NOT_THERE)
    return Wish(
        metrics,
        where=args.runs,
        x=_x_axis(args.x, names),
        log_x=args.log_x,
        log_y=args.log_y,
        smoothing=args.smooth or 0.0,
        raw=not args.no_raw,
        clip=args.outliers,
        group=_group(args.group, names) if args.group else None,
        spread=cast(Spread, args.band or "std"),
        buckets=_width(args) * (_FINER if args.output and args.output.suffix.lower() != _CELLS else 1),
    )


def _x_axis(text: str, names: keys.Names) -> XAxis:
    if text in ("step", "relative", "wall"):
        return cast(XAxis, text)
    if text not in names.metrics:
        near = _near(text, names, "step", "relative", "wall")
        raise CommandError(f"--x {text!r} is neither step, relative, wall nor a metric{near}")
    return XMetric(text)


def _group(text: str, names: keys.Names) -> Column:
    if text == _ALIKE and not names.has_param(text):
        return Column("run", text)
    column = keys.column_of(text, names)
    if column.kind == "tag" and column.key in names.attributes:  # a tag with values is an attribute
        return Column("attribute", column.key)
    return column


def _near(word: str, names: keys.Names, *more: str) -> str:
    return nearest(word, [*more, *(info.name for info in names.outline.metrics)]) or keys.some(names.metrics)


def _width(args: argparse.Namespace) -> int:
    wanted = args.width or (None if args.output else output.terminal_width()) or _WIDTH
    return min(max(int(wanted), _WIDTHS[0]), _WIDTHS[1])


def _drawn(specs: Sequence[ChartSpec], width: int, height: int) -> str:
    """The charts as lines, in the colours of this terminal, or without any."""
    from rich.console import Console

    from labtop.tui.charts.draw import draw
    from labtop.tui.export.text import plain

    console = Console(file=io.StringIO(), force_terminal=True) if output.coloured() else None
    look = _look(None if console is None else console.color_system)
    strips = [strip for spec in specs for strip in draw(spec, width, height, look)]
    lines = (plain(strip, look.charset) if console is None else strip.render(console) for strip in strips)
    return "".join(f"{line}\n" for line in lines)


def _look(colours: str | None) -> Look:
    """How standard output draws: in ASCII where its encoding, or the locale, is not UTF-8.

    `colours` is Rich's name of those that it shows; half blocks are none without two in a cell.
    """
    from labtop.tui.charts.dots import terminal_dots
    from labtop.tui.charts.spec import Look
    from labtop.tui.run_style import terminal_charset

    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    dots = terminal_dots() if is_utf8 else None
    few = colours == "standard"
    return Look(
        charset=terminal_charset() if is_utf8 else "ascii",
        foreground="default",
        dim="bright_black" if few else _QUIET,
        dots=None if dots == "blocks" and colours is None else dots,
        colors="none" if colours is None else "sixteen" if few else "all",
    )


def _written(specs: Sequence[ChartSpec], args: argparse.Namespace) -> Path:
    from labtop.tui.export.error import ExportError
    from labtop.tui.export.write import write

    try:
        return write(specs, args.output, columns=_width(args), rows=args.height)
    except ExportError as error:
        raise CommandError(str(error)) from error


def _smoothing(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= _MOST_SMOOTHING:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to {_MOST_SMOOTHING}")
    return number


def _within(what: str, low: int, high: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not (text.isdecimal() and len(text) <= len(str(high)) and low <= int(text) <= high):
            raise argparse.ArgumentTypeError(f"{text!r} is no number of {what} from {low} to {high}")
        return int(text)

    return number
