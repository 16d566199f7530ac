"""A comparison as Markdown, CSV and JSON: what the screen shows of it, with whole keys and exact values."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from labtop.store.answers.comparing.ignoring import without
from labtop.store.answers.to_csv import literal
from labtop.store.answers.to_json import diff_json, plain
from labtop.store.model import Comparison, Missing
from labtop.tui import format as fmt
from labtop.tui.comparing.look import TITLES, CompareLook, Told, value_of
from labtop.tui.comparing.rows import CompareTable
from labtop.tui.comparing.tree import Heading, Leaf

ENDINGS = (".md", ".csv", ".json")
"""What can be written."""
_LONGEST = 200
_MARKUP = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_[]<>|#~"})


def content(comparison: Comparison, look: CompareLook, ending: str) -> str:
    """The runs in their order on the screen, with what is in folded folders too. `ending` is one of ENDINGS."""
    look = replace(look, folded=frozenset())
    if ending == ".json":
        base = look.baseline if look.baseline in [run.number for run in comparison.runs] else None
        seen = without(comparison, lambda section, key: not look.shows(section, key))
        return json.dumps(diff_json(seen, base, everything=look.show_all), indent=2, allow_nan=False) + "\n"
    table = CompareTable(comparison, look)
    return _csv(table) if ending == ".csv" else markdown(table)


def markdown(table: CompareTable) -> str:
    """A table with a line for each key; values of more than 200 letters are cut."""
    names = [f"{fmt.clean(run.name)}{' (baseline)' * (run.number == table.baseline)}" for run in table.runs]
    lines = [_line(["", *map(_escaped, names)]), _line(["---"] * (len(names) + 1))]
    for line in table.lines.values():
        if isinstance(line, Heading):
            lines.append(_line([f"**{_escaped(line.words)}**", *[""] * len(names)]))
        elif isinstance(line, Leaf):
            lines.append(_line([_escaped(_key(line)), *map(_escaped, _cells(table, line))]))
    return "".join(f"{line}\n" for line in lines)


def _cells(table: CompareTable, leaf: Leaf) -> Iterator[str]:
    """As on the screen, but for values that are cut there."""
    if leaf.row_id.section == "metrics":
        cells = islice(table.cells(leaf), 1, None)
        return (cell if isinstance(cell, str) else " ".join(cell.plain.split()) for cell in cells)
    return (_text(value, quoted=leaf.row.types_differ) for value in leaf.row.values)


def _text(value: object, *, quoted: bool) -> str:
    return value.text if isinstance(value, Told) else fmt.cut(fmt.value(value, quoted=quoted), _LONGEST)


def _csv(table: CompareTable) -> str:
    """Section, key, then a value a run: exact numbers, texts that no spreadsheet runs, nothing where a run has none."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("section", "key", *(literal(fmt.clean(run.name)) for run in table.runs)))
    for line in table.lines.values():
        if isinstance(line, Leaf):
            values = (_exact(value_of(value, line.row_id.aggregate)) for value in line.row.values)
            writer.writerow((TITLES[line.row_id.section], literal(_key(line)), *values))
    return file.getvalue()


def _exact(value: object) -> str | int | float | None:
    if value is None or isinstance(value, Missing):
        return None
    if isinstance(value, str):
        return literal(fmt.clean(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return fmt.clean(json.dumps(plain(value), ensure_ascii=False))


def _key(leaf: Leaf) -> str:
    key = fmt.clean(leaf.row_id.key)
    return f"{key} {leaf.row_id.aggregate}" if leaf.row_id.aggregate else key


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return text.translate(_MARKUP)
