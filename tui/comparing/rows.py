"""A comparison as columns and rows of a grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isnan

from rich.cells import cell_len
from rich.text import Text

from labtop.store.model import PARTS, CompareRow, Comparison, Missing, Run
from labtop.tui import format as fmt
from labtop.tui.comparing.cells import LazyCells, MetricCells, value_cells
from labtop.tui.comparing.look import CompareLook, find_row, value_of
from labtop.tui.comparing.tree import Folder, Heading, Leaf, Line, lines_of
from labtop.tui.run_names import cut_middle, fitted
from labtop.tui.run_style import run_marker
from labtop.tui.widgets.grid import GridColumn, GridRow
from labtop.tui.widgets.grid_layout import Cell

LEAST_KEY, WIDEST = 16, 44
NARROWEST, NARROWEST_OF_WIDE, WIDE = 22, 27, 100
"""Cells of a column: a number with its delta; from so many cells of the screen on with the step of the best, too."""
MOST = 200
"""Runs that are compared at once."""
_INDENT = 2
_FOLDS = {"braille": ("▸", "▾"), "ascii": ("+", "-")}
_SHARE_OF_KEY = 3


def in_order(comparison: Comparison, look: CompareLook) -> Comparison:
    """The runs as the look wants them: the baseline first, the others by the row that it names, else as they come."""
    places = list(range(len(comparison.runs)))
    order = look.order
    row = find_row(comparison, order.by) if order else None
    if row is not None and order is not None:
        places = _sorted([value_of(value, order.by.aggregate) for value in row.values], descending=order.descending)
    places.sort(key=lambda at: comparison.runs[at].number != look.baseline)
    if places == sorted(places):
        return comparison

    def arranged(rows: Sequence[CompareRow]) -> tuple[CompareRow, ...]:
        return tuple(replace(row, values=tuple([row.values[at] for at in places])) for row in rows)

    return Comparison(
        tuple(comparison.runs[at] for at in places),
        *(arranged(getattr(comparison, part)) for part in PARTS),
    )


def _sorted(values: Sequence[object], *, descending: bool) -> list[int]:
    """Their places in order: numbers, NaN, texts, what is missing, in this order in both directions."""
    kinds: tuple[list[tuple[float, int]], list[int], list[tuple[str, int]], list[int]] = ([], [], [], [])
    for place, value in enumerate(values):
        number = _number(value)
        if number is not None:
            kinds[1].append(place) if isnan(number) else kinds[0].append((number, place))
        elif isinstance(value, Missing):
            kinds[3].append(place)
        else:
            kinds[2].append((fmt.value(value), place))
    numbers = sorted(kinds[0], key=lambda each: each[0], reverse=descending)
    texts = sorted(kinds[2], key=lambda each: each[0], reverse=descending)
    return [*(place for _, place in numbers), *kinds[1], *(place for _, place in texts), *kinds[3]]


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None


class CompareTable:
    """What a grid shows of a comparison whose runs stand in order."""

    def __init__(self, comparison: Comparison, look: CompareLook) -> None:
        self.runs = comparison.runs
        self._look = look
        numbers = [run.number for run in self.runs]
        self._base = numbers.index(look.baseline) if look.baseline in numbers else None
        self.lines = {line.id: line for line in lines_of(comparison, look)}
        labels = [(_label(line, look), line) for line in self.lines.values() if not isinstance(line, Heading)]
        widest = max((cell_len(label.plain) for label, _ in labels), default=0)
        self._key_width = min(max(widest, LEAST_KEY), max(look.width // _SHARE_OF_KEY, LEAST_KEY))
        room = (look.width - self._key_width) // max(1, len(self.runs)) - 2
        self._run_width = min(max(room, NARROWEST_OF_WIDE if look.width >= WIDE else NARROWEST), WIDEST)
        self._labels = {line.id: label for label, line in labels}

    @property
    def columns(self) -> list[GridColumn]:
        """The key, then a column for each run, so narrow that as many as possible are in sight."""
        room = self._run_width
        names = fitted([fmt.clean(run.name) for run in self.runs], room - 2)
        columns = [GridColumn("key", "key", width=self._key_width)]
        for run, name in zip(self.runs, names, strict=True):
            columns.append(GridColumn(str(run.number), self._title(run, name), width=room))
        return columns

    def _title(self, run: Run, name: str) -> str:
        base = " [base]" if run.number == self._look.baseline else ""
        marker = run_marker(run.number, self._look.charset)
        return f"{marker} {cut_middle(name, self._run_width - 2 - len(base))}{base}"

    @property
    def rows(self) -> list[GridRow]:
        """A row for each line."""
        return [self._row(line) for line in self.lines.values()]

    def _row(self, line: Line) -> GridRow:
        if isinstance(line, Heading):
            return GridRow(line.id, (line.words,), section=True)
        return GridRow(line.id, self.cells(line))

    @property
    def baseline(self) -> int | None:
        """The number of the run that deltas refer to, where it is among these."""
        return None if self._base is None else self.runs[self._base].number

    def cells(self, line: Folder | Leaf) -> LazyCells:
        """The key and what each run has."""
        return LazyCells(self._labels[line.id], self._maker(line), len(self.runs))

    def _maker(self, line: Folder | Leaf) -> Callable[[int], Cell]:
        if isinstance(line, Folder):
            told = Text(_counted(line) if line.folded else "", "dim")
            return lambda at: told if at == 0 else ""
        if line.row_id.section == "metrics":
            return MetricCells(line, self._base, self._look, self._run_width)
        return value_cells(line.row, self._run_width)


def _counted(folder: Folder) -> str:
    return ", ".join(
        [f"{folder.differ} differ"] * bool(folder.differ) + [f"{folder.same} the same"] * bool(folder.same)
    )


def _label(line: Line, look: CompareLook) -> Text:
    if isinstance(line, Heading):
        return Text(line.words)
    text = Text(" " * (_INDENT * line.depth), no_wrap=True)
    if isinstance(line, Folder):
        closed, open_ = _FOLDS[look.charset]
        return text.append(f"{closed if line.folded else open_} {fmt.clean(line.label).rstrip('.')}", "bold")
    text.append(fmt.clean(line.label) or '""')
    if look.order is not None and look.order.by == line.row_id:
        up, down = ("^", "v") if look.charset == "ascii" else ("▲", "▼")
        text.append(down if look.order.descending else up, "bold")
    if line.row_id.aggregate:
        text.append(f" {line.row_id.aggregate}", "dim")
    for said, style in _remarks(line):
        text.append(f" ({said})", style)
    return text


def _remarks(leaf: Leaf) -> list[tuple[str, str]]:
    row = leaf.row
    said = [("from the name", "dim")] * row.from_name + [("types differ", "yellow")] * row.types_differ
    return said + [("ignored", "dim")] * leaf.ignored
