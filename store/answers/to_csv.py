"""Texts of logs as cells of a CSV, which spreadsheets open."""

from __future__ import annotations

from typing import Final

_FORMULAS: Final = ("=", "+", "-", "@")


def literal(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip().startswith(_FORMULAS) else text
