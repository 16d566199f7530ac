"""A report as Markdown; charts are images whose data stand in the file."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Final

from labtop.cli.report.document import Block, Chart, Remark, Report, Said
from labtop.cli.report.picture import drawn
from labtop.cli.tables import Table, as_markdown, escaped

BEGINS: Final = "<!-- a report of labtop -->\n"
"""By this a report that may be written over is known."""

# Bullets, underlines, definitions, and numbers of lists: 1. 1) (1) a. iv)
_AT_START: Final = re.compile(r"^(?:(?=[-+=:])|\(?(?:\d+|[a-z]|[ivxlcdm]+)(?=[.)]))", re.IGNORECASE)


def markdown(report: Report) -> str:
    """The whole file."""
    keys = (f"c{number}-" for number in count())
    parts = [f"{BEGINS}\n# {escaped(report.title)}", _facts(report)]
    for section in report.sections:
        parts.append(f"## {escaped(section.title)}")
        parts += [_block(block, keys) for block in section.blocks]
    return "\n\n".join(parts) + "\n"


def _facts(report: Report) -> str:
    return "\n".join(f"- **{escaped(name)}:** {escaped(value)}" for name, value in report.facts)


def _block(block: Block, keys: Iterator[str]) -> str:
    match block:
        case str():
            return _line(block)
        case Table():
            heading = f"### {escaped(block.title)}\n\n" if block.title else ""
            return heading + as_markdown([replace(block, title="")]).rstrip("\n")
        case Chart():
            data = b64encode(drawn(block, next(keys)).encode()).decode()
            return f"![{escaped(block.name)}](data:image/svg+xml;base64,{data})"
        case Said():
            return "\n".join([f"### {escaped(block.run)}\n", *map(_remark, block.remarks)])


def _remark(remark: Remark) -> str:
    """An item of a list: what, when and who, and below it the lines that were said."""
    what = f"**{escaped(f'{remark.kind}: {remark.verdict}' if remark.verdict else remark.kind)}**"
    head = ", ".join(filter(None, (what, escaped(remark.when), escaped(remark.who))))
    lines = (_line(line) for line in remark.text.splitlines() if line.strip())
    return "- " + "\\\n  ".join([head, *filter(None, lines)])


def _line(text: str) -> str:
    """Text that begins a line, and there no list, heading or definition."""
    return _AT_START.sub(r"\g<0>\\", escaped(text).strip())
