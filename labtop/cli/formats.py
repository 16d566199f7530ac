"""`--format table|json|csv|md` and `--json`, the same for every command that prints tables."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Final

from labtop.cli import output
from labtop.cli.tables import Table, aligned, as_csv, as_markdown

FORMATS: Final = ("table", "json", "csv", "md")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--format` and `--json`."""
    parser.add_argument("--format", choices=FORMATS, default="table", help="how to print (default: table)")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="short for --format json")


def write(kind: str, tables: Sequence[Table], document: Callable[[], object]) -> None:
    """Print the tables, or the `document` where `kind` is json; the terminal decides on width and colour."""
    if kind == "json":
        output.write(as_json(document()))
    elif kind == "csv":
        output.write(as_csv(tables))
    elif kind == "md":
        output.write(as_markdown(tables))
    else:
        width, colour = output.terminal_width(), output.coloured()
        output.write("\n".join(aligned(table, within=width, colour=colour) for table in tables))


def as_json(document: object, *, indent: int | None = 2) -> str:
    """JSON that every parser reads: ASCII, no bare NaN, no halves of surrogate pairs. On one line without `indent`."""
    return f"{json.dumps(_whole(document), indent=indent, allow_nan=False)}\n"


def _whole(value: object) -> object:
    """The value with surrogates paired or replaced: JSON may escape a half, yet strict parsers refuse it."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_whole(key): _whole(each) for key, each in value.items()}
    return [_whole(each) for each in value] if isinstance(value, list) else value
