"""Tags in one line, as a person edits them: commas between, quotes around those that hold a comma or a quote."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence


def as_text(tags: Sequence[str]) -> str:
    """All tags in one line, which `from_text` reads."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(tags)
    return line.getvalue()


def as_begun(tags: Sequence[str]) -> str:
    """The same, so that another tag can be typed behind them."""
    return f"{as_text(tags)}, " if tags else ""


def from_text(text: str) -> list[str]:
    """The tags of a line, each once; blanks around them do not count."""
    try:
        tags = next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error:
        tags = text.split(",")
    return list(dict.fromkeys(tag for each in tags if (tag := each.strip())))
