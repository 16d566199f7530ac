"""Tables of cells, written for people (aligned), for spreadsheets (CSV) and for documents (Markdown)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from labtop.cli.text import clean, cut, width
from labtop.cli.values import exact, shown

Colour = Literal["green", "red", "yellow", "dim", "bold"]
_CODES: Final[dict[Colour, str]] = {"green": "32", "red": "31", "yellow": "33", "dim": "2", "bold": "1"}
LONGEST: Final = 500
"""Cells of a value beside others: JSON and CSV have all of it."""
_GAP: Final = 2
_NARROWEST: Final = 12
_WIDEST: Final = 48
_NARROWEST_FIRST: Final = 20
# What some readers make more of: links, pictures such as :+1: (no times of day), people, citations.
_ELSEWHERE: Final = re.compile(r":(?=//)|(?<=www)\.|:(?!\d\d:)(?=[\w+\\-]+:)|@(?=[\w)])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: the clean text that people see, what a program gets of it, and how it stands."""

    text: str
    value: object = None
    right: bool = False
    colour: Colour | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, with a title where several tables stand below each other.

    Without a first heading no headings are printed; a `whole` table is not cut to the width of a terminal: a long value
    stands out of its column, and moves the others of its own line only. Columns `uncut` are never narrowed.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    whole: bool = False
    uncut: tuple[str, ...] = ()


def cell(value: object, *, colour: Colour | None = None) -> Cell:
    """The cell of a value of a log: numbers to the right."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return Cell(shown(value), value, is_number, colour)


def aligned(table: Table, *, within: int | None = None, colour: bool = False) -> str:
    """The table as text: columns of equal width, none in colour unless asked for.

    `within` cells, where given: wide columns are cut in their middle, then columns at the right end left out.
    """
    heads = [clean(text) for text in table.headings]
    rights = [is_right(table.rows, at) for at in range(len(heads))]
    widths = [max([width(head), *(width(row[at].text) for row in table.rows)]) for at, head in enumerate(heads)]
    if table.whole:
        widths = [min(cells, _WIDEST) for cells in widths]
    uncut = [cells if head in table.uncut else 0 for head, cells in zip(heads, widths, strict=True)]
    dropped = _fit(widths, uncut, None if table.whole else within)
    title = clean(table.title)
    lines = [_line([Cell(title, colour="bold")], [width(title)], [False], colour)] if title else []
    if heads[0]:
        lines.append(_line([Cell(head, colour="dim") for head in heads], widths, rights, colour))
    lines += [_line(row, widths, rights, colour, whole=table.whole) for row in table.rows]
    if dropped:
        lines.append(cut(f"(+{dropped} columns: --format csv has all)", within or 0))
    return "".join(f"{line}\n" for line in lines)


def as_csv(tables: Sequence[Table]) -> str:
    """CSV with a line of headings; several tables become one, each value a line: section, key, field, value."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    if len(tables) == 1 and not tables[0].title:
        writer.writerow(map(exact, tables[0].headings))
        writer.writerows([exact(each.value) for each in row] for row in tables[0].rows)
        return file.getvalue()
    writer.writerow(("section", "key", "field", "value"))
    for table in tables:
        for key, *cells in table.rows:
            for field, each in zip(table.headings[1:], cells, strict=True):
                writer.writerow(map(exact, (table.title, key.value, field, each.value)))
    return file.getvalue()


def as_markdown(tables: Iterable[Table]) -> str:
    """Markdown tables, each under its title; bars and what else would be markup are escaped."""
    return "\n".join(_markdown(table) for table in tables)


def _markdown(table: Table) -> str:
    rules = ["---:" if is_right(table.rows, at) else "---" for at in range(len(table.headings))]
    lines = [f"## {escaped(table.title)}", ""] if table.title else []
    lines += [_bars(map(escaped, table.headings)), _bars(rules)]
    lines += [_bars(escaped(each.text.strip()) for each in row) for row in table.rows]
    return "".join(f"{line}\n" for line in lines)


def _bars(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"


def escaped(text: str) -> str:
    """Any text as one line of Markdown that shows as it is: no markup, no entities, no formulas, no links, no names."""
    plain = "".join(f"\\{char}" if char in r"\`*_[]<>|#~&$^" else char for char in clean(text))
    return _ELSEWHERE.sub(r"\\\g<0>", plain)


def is_right(rows: Sequence[Sequence[Cell]], at: int) -> bool:
    """A column stands to the right when most of its cells are numbers."""
    return 2 * sum(row[at].right for row in rows) > len(rows)


def _fit(widths: list[int], uncut: Sequence[int], within: int | None) -> int:
    """Narrow the widest columns, none below what is `uncut` of it, then drop from the right end, until all fit.

    It is done in place; returns how many went.
    """
    before = len(widths)
    if within is None:
        return 0
    least = list(map(max, uncut, [_NARROWEST_FIRST, *[_NARROWEST] * (before - 1)]))
    while _total(widths) > within:
        spare = [cells - keep for cells, keep in zip(widths, least, strict=True)]
        if max(spare) <= 0:
            break
        widths[spare.index(max(spare))] -= 1
    while _total(widths) > within and len(widths) > 1:
        widths.pop()
    widths[0] = min(widths[0], within)
    return before - len(widths)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _line(
    row: Sequence[Cell], widths: Sequence[int], rights: Sequence[bool], colour: bool, *, whole: bool = False
) -> str:
    parts = []
    for each, cells, right in zip(row, widths, rights, strict=False):
        text = each.text if whole else cut(each.text, cells)
        pad = " " * (cells - width(text))
        if colour and each.colour:
            text = f"\x1b[{_CODES[each.colour]}m{text}\x1b[0m"
        parts.append(f"{pad}{text}" if right else f"{text}{pad}")
    return (" " * _GAP).join(parts).rstrip()
