"""The help page: every key, from the one table of keys."""

from __future__ import annotations

from rich.text import Text

from labtop.tui.format import STATUS_MARKS
from labtop.tui.keys import AREAS, KEYS
from labtop.tui.screens.reader import Reader

_KEY_WIDTH = 15


def help_screen() -> Reader:
    """All keys by where they work, then what the marks mean."""
    return Reader("Keys", help_text())


def help_text() -> Text:
    """The page as text."""
    text = Text()
    for area, title in AREAS.items():
        text.append(f"{title}\n", "bold underline")
        for key in KEYS:
            if key.area == area:
                text.append(f"  {key.shown:<{_KEY_WIDTH}}", "bold")
                text.append(f"{key.help}\n")
        text.append("\n")
    text.append("Marks\n", "bold underline")
    for status, (mark, style) in STATUS_MARKS.items():
        text.append(f"  {mark:<{_KEY_WIDTH}}", style)
        text.append(f"{status}\n")
    text.append(f"  {'★':<{_KEY_WIDTH}}", "bold").append("the best value of its column, as the metric's goal says\n")
    text.append(f"  {'┃':<{_KEY_WIDTH}}", "bold").append("a marked run\n")
    text.append(f"  {'~2h':<{_KEY_WIDTH}}", "bold").append("an estimated time: the log has no clock\n")
    return text
