"""How the code of two runs differs, as a text to read."""

from __future__ import annotations

from rich.text import Text

from labtop.store.model import CodeDiff, CodePart
from labtop.tui import format as fmt

MOST_LINES = 3000
"""Of each part; more of it are counted."""
_STYLES = (("+++", "bold"), ("---", "bold"), ("diff ", "bold"), ("@@", "cyan"), ("+", "green"), ("-", "red"))


def code_text(diff: CodeDiff) -> Text:
    """Each part under its title; lines keep the signs that git gives them."""
    text = Text()
    for part in diff.parts:
        text.append(f"{fmt.clean(part.title)}\n", "bold underline")
        if part.remark:
            text.append(f"{fmt.clean(part.remark)}\n", "" if part.diff else "yellow")
        _append(text, part)
        text.append("\n")
    text.rstrip()
    return text


def _append(text: Text, part: CodePart) -> None:
    lines = part.diff.splitlines()
    for line in lines[:MOST_LINES]:
        style = next((style for begin, style in _STYLES if line.startswith(begin)), "")
        text.append(f"{fmt.clean(line.expandtabs(4))}\n", style)
    if len(lines) > MOST_LINES:
        text.append(f"... {len(lines) - MOST_LINES} more lines\n", "yellow")
