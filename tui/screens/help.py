"""The help page: every key, from the one table of keys."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from labtop.tui.format import STATUS_MARKS
from labtop.tui.keys import AREAS, KEYS
from labtop.tui.screens.reader import Reader

MARKS = {
    "★": "the best value of its column, as the metric's goal says",
    "▲ ▼": "better or worse than the baseline",
    "┃": "a marked run",
    "~": "an estimated time: the log has no clock",
}


def help_screen() -> Reader:
    """All keys by where they work, then what the marks mean."""
    return Reader("Keys", help_page())


def help_page() -> Table:
    """Keys at the left, what they do at the right."""
    page = Table.grid(padding=(0, 2), expand=True)
    page.add_column(no_wrap=True)
    page.add_column(ratio=1)
    for area, title in AREAS.items():
        page.add_row(Text(title, "bold underline"))
        for key in KEYS:
            if key.area == area:
                page.add_row(Text(f" {key.shown}", "bold"), Text(key.help))
        page.add_row()
    page.add_row(Text("Marks", "bold underline"))
    for status, (mark, style) in STATUS_MARKS.items():
        page.add_row(Text(f" {mark}", style), Text(status))
    for mark, meaning in MARKS.items():
        page.add_row(Text(f" {mark}", "bold"), Text(meaning))
    return page
