"""The command: what it is asked, and where the file goes."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labtop.cli import columns as keys
from labtop.cli import output
from labtop.cli.errors import NOT_THERE, CommandError, nearest
from labtop.cli.ls import chosen
from labtop.cli.reading import busy, explain_emptiness, opened

if TYPE_CHECKING:
    from labtop.cli.report.document import Report

_ENDINGS: Final = {".md": "md", ".html": "html", ".htm": "html"}
_STANDARD_OUTPUT: Final = Path("-")
_HEAD: Final = 200  # bytes by which a report is known


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `labtop report`."""
    add = parser.add_argument
    add("--where", metavar="FILTER", default="", help="only runs that pass, see labtop ls --help")
    add("--metrics", metavar="M,..", action="append", default=[], help="which metrics (default: up to six with a goal)")
    add("--columns", metavar="K,..", action="append", help="the columns of the table of runs, see labtop ls --help")
    add("--title", metavar="T", default="", help="what stands at its head")
    what = "write this file, by its ending md or html, over an earlier report only; - is standard output"
    add("-o", "--output", metavar="FILE", type=Path, required=True, help=what)
    add("--format", choices=("md", "html"), help="in place of what the ending says")


def run(args: argparse.Namespace, clock: Callable[[], float] = time.time) -> int:
    """Write the report; 3 where there is no run, or none passes. `clock` tells seconds since the epoch."""
    kind = _kind(args.output, args.format)
    if args.output != _STANDARD_OUTPUT:
        _refuse_what_is_no_report(args.output)  # before anything is read
    with opened(args) as store:
        names = keys.Names(store)
        if not names.outline.runs:
            explain_emptiness(store)
            return NOT_THERE
        from labtop.cli.report.gather import Wish, gather

        metrics = _metrics(args.metrics, names)
        columns = () if args.columns is None else chosen(args.columns, names)
        with busy(lambda: "writing the report"):
            report = gather(store, names.outline, Wish(args.where, metrics, columns, args.title), clock())
            text = _written(report, kind)
    return _put(text, args.output)


def _kind(path: Path, wanted: str | None) -> str:
    kind = wanted or _ENDINGS.get(path.suffix.lower())
    if kind is None and path == _STANDARD_OUTPUT:
        raise CommandError("standard output has no ending: say --format md or --format html")
    if kind is None:
        raise CommandError(f"{path}: the ending says what to write: {', '.join(_ENDINGS)}; or say --format")
    return kind


def _metrics(given: Sequence[str], names: keys.Names) -> tuple[str, ...]:
    words = [word.strip() for text in given for word in text.split(",")]
    metrics = tuple(dict.fromkeys(word for word in words if word))
    if given and not metrics:
        raise CommandError("--metrics names no metric: give some, such as --metrics val/loss,val/acc")
    for metric in metrics:
        if metric not in names.metrics:
            near = nearest(metric, sorted(names.metrics)) or keys.some(names.metrics)
            raise CommandError(f"no metric {metric!r}{near}", NOT_THERE)
    return metrics


def _written(report: Report, kind: str) -> str:
    from labtop.cli.report.html import html
    from labtop.cli.report.markdown import markdown

    return html(report) if kind == "html" else markdown(report)


def _refuse_what_is_no_report(path: Path) -> None:
    """Only an earlier report, or an empty file, gives way."""
    from labtop.cli.report import html, markdown

    try:
        if path.is_symlink() or path.exists():
            if not path.is_file():
                raise CommandError(f"{path} is no regular file: name another")
            with path.open("rb") as file:
                head = file.read(_HEAD)
            if head and not head.startswith((html.BEGINS.encode(), markdown.BEGINS.encode())):
                raise CommandError(f"{path} is there and is no report of labtop: name another file, or remove it")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error


def _put(text: str, path: Path) -> int:
    if path == _STANDARD_OUTPUT:
        output.write(text)
        return 0
    from labtop.tui.export.write import placed

    _refuse_what_is_no_report(path)  # again: something else may have come while the runs were read
    place = path.resolve()
    try:
        written = placed(text.encode(), place, over=True)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error
    output.write(f"{path if written == place else written}\n")
    return 0
