"""Rows of the runs table that stand for a group of runs. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from labtop.store.model import Aggregate, RunGroup, RunTable, Status, Summary
from labtop.tui import format as fmt
from labtop.tui.run_style import Charset
from labtop.tui.table_cells import HAS, Cell, shown_of_field
from labtop.tui.table_columns import NAME, STATUS, STEP, column_key
from labtop.tui.table_look import TableColumn, TableLook
from labtop.tui.widgets.grid import GridRow

_FOLDS: dict[Charset, tuple[str, str]] = {"braille": ("▸", "▾"), "ascii": ("+", "-")}
_MARKED: dict[Charset, str] = {"braille": "┃", "ascii": "|"}
_SPREAD: dict[Charset, str] = {"braille": "±", "ascii": "+-"}
_SPREAD_CELLS = 8
"""So that means stand below each other."""
_SPREAD_FROM = 45
"""Cells of a table that has room for a spread beside a mean."""
_EXTREMES: tuple[Aggregate, ...] = ("min", "max", "best")


def group_label(group: RunGroup) -> str:
    """What its runs have in common, in as much room as that takes."""
    return fmt.clean("  ".join(group.labels))


def group_row(
    group: RunGroup,
    label: str,
    table: RunTable,
    columns: Sequence[TableColumn],
    look: TableLook,
    marks: frozenset[int],
) -> GridRow:
    """The `label`, how many its runs are, of each metric mean and standard deviation, or an extreme."""
    marked = marks.issuperset(group.runs)
    cells: list[Cell] = []
    for column in columns:
        if isinstance(column.shows, int):
            cells.append(_cell(group, table, column.shows, look))
        elif column.shows == column_key(NAME):
            cells.append(_name(group, label, look, marked))
        elif column.shows == column_key(STEP):
            cells.append(f"n={len(group.runs)}")
        elif column.shows == column_key(STATUS):
            cells.append(_states(group, look))
        else:
            cells.append("")
    return GridRow(group.id, tuple(cells), marked=marked)


def _name(group: RunGroup, label: str, look: TableLook, marked: bool) -> Text:
    text = Text(_MARKED[look.charset] if marked else " ", no_wrap=True)
    text.append(_FOLDS[look.charset][group.unfolded], "bold")
    return text.append(f" {label}", "bold")


def _states(group: RunGroup, look: TableLook) -> Text:
    """How many of its runs go on, and how many did not end well."""
    marks = fmt.ASCII_STATUS_MARKS if look.charset == "ascii" else fmt.STATUS_MARKS
    text = Text(no_wrap=True)
    for status, count in ((Status.RUNNING, group.running), (Status.FAILED, group.failed)):
        if count:
            mark, style = marks[status]
            text.append(f"{mark}{count} ", style)
    return text


def _cell(group: RunGroup, table: RunTable, place: int, look: TableLook) -> Cell:
    value, column = group.cells[place], table.columns[place]
    if column.kind == "tag" and value is True:
        return HAS[look.charset]
    if not isinstance(value, Summary):
        if column.kind == "run":
            return shown_of_field(column.key, value)
        return "" if value is None else fmt.value(value)
    lost = Text(f" !{value.lost}", "bold red") if value.lost else Text(" ")
    if column.aggregate in _EXTREMES:
        extreme = {"min": value.min, "max": value.max, "best": value.best}[column.aggregate]
        return Text(fmt.number(extreme), no_wrap=True).append(lost)
    text = Text(fmt.number(value.mean), no_wrap=True)
    if value.std is not None and look.width >= _SPREAD_FROM:
        text.append(f" {_SPREAD[look.charset]}{fmt.number_of_digits(value.std, 2)}".ljust(_SPREAD_CELLS), "dim")
    return text.append(lost)
