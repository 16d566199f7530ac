"""The help page: every key, from the one table of keys."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from labtop.tui.format import ASCII_STATUS_MARKS, STATUS_MARKS
from labtop.tui.keys import AREAS, KEYS, Area
from labtop.tui.run_style import terminal_charset
from labtop.tui.screens.reader import Reader

_MARKS = (
    ("★", "*", "the best value of its column, as the metric's goal says"),
    ("▲ ▼", "^ v", "better or worse than the baseline"),
    ("┃", "|", "a marked run"),
    ("★ ┄", "* -", "in a chart: the best value of any run of the directory, where it is in sight"),
    ("~", "~", "an estimated time: the log has no clock"),
    ("!", "!", "behind a state: a metric with a goal ended in NaN or infinity"),
    ("▁▄█", ".=#", "trend: the first pinned metric from the run's first step to its last, in its own range"),
    ("╌", "- -", "a dashed curve: an older run of the chart has the same colour"),
    ("×", "x", "below a chart: from there on values are NaN or infinite"),
)
_TWO_COLUMNS_FROM = 130
_LEFT: tuple[Area, ...] = ("views", "move", "runs", "table")


def help_screen() -> Reader:
    """All keys by where they work, then what the marks mean."""
    return Reader("Keys", HelpPage())


class HelpPage:
    """Keys at the left, what they do at the right; in two columns where there is room."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One column, or two."""
        right = [area for area in AREAS if area not in _LEFT]
        if options.max_width < _TWO_COLUMNS_FROM:
            yield _column([*_LEFT, *right])
            return
        page = Table.grid(padding=(0, 3), expand=True)
        page.add_column(ratio=1)
        page.add_column(ratio=1)
        page.add_row(_column(_LEFT, marks=False), _column(right))
        yield page


def _column(areas: Sequence[Area], *, marks: bool = True) -> Table:
    column = Table.grid(padding=(0, 2), expand=True)
    column.add_column(no_wrap=True)
    column.add_column(ratio=1)
    for area in areas:
        column.add_row(Text(AREAS[area], "bold underline"))
        for key in KEYS:
            if key.area == area:
                column.add_row(Text(f" {key.written(terminal_charset())}", "bold"), Text(key.help))
        column.add_row()
    if marks:
        column.add_row(Text("Marks", "bold underline"))
        ascii_only = terminal_charset() == "ascii"
        for status, (mark, style) in (ASCII_STATUS_MARKS if ascii_only else STATUS_MARKS).items():
            column.add_row(Text(f" {mark}", style), Text(status))
        for mark, ascii_mark, meaning in _MARKS:
            column.add_row(Text(f" {ascii_mark if ascii_only else mark}", "bold"), Text(meaning))
    return column
