"""A report as one page of HTML. Its style and script stand in it, and its policy lets nothing else in."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import count
from typing import Final

from labtop import __version__
from labtop.cli.report.document import Block, Chart, Remark, Report, Said, Section
from labtop.cli.report.picture import drawn
from labtop.cli.tables import Cell, Table, is_right
from labtop.cli.text import clean
from labtop.store.model import MISSING

BEGINS: Final = "<!doctype html>\n<!-- a report of labtop -->\n"
"""By this a report that may be written over is known."""
_SHORT: Final = 32  # characters that stay on one line


def html(report: Report) -> str:
    """The whole file."""
    style, script = _own("page.css"), _own("sort.js")
    keys = (f"c{number}-" for number in count())
    sections = "\n".join(_section(section, keys) for section in report.sections)
    return f"""{BEGINS}<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="labtop {_text(__version__)}">
<title>{_text(report.title)}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<main>
<h1>{_text(report.title)}</h1>
{_facts(report)}
{sections}
</main>
<script>{script}</script>
</body>
</html>
"""


def _own(name: str) -> str:
    return files("labtop.cli.report").joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _policy(style: str, script: str) -> str:
    """Nothing is fetched and nothing runs but this style and this script, which are known by their digests."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _text(text: str) -> str:
    return escape(clean(text))


def _facts(report: Report) -> str:
    pairs = "".join(f"<div><dt>{_text(name)}</dt><dd>{_text(value)}</dd></div>" for name, value in report.facts)
    return f"<dl>{pairs}</dl>"


def _section(section: Section, keys: Iterator[str]) -> str:
    blocks = "\n".join(_blocks(section, keys))
    return f"<section>\n<h2>{_text(section.title)}</h2>\n{blocks}\n</section>"


def _blocks(section: Section, keys: Iterator[str]) -> Iterator[str]:
    """The blocks, charts side by side."""
    charts = [_block(block, section, keys) for block in section.blocks if isinstance(block, Chart)]
    if charts:
        yield "\n".join(('<div class="charts">', *charts, "</div>"))
    yield from (_block(block, section, keys) for block in section.blocks if not isinstance(block, Chart))


def _block(block: Block, section: Section, keys: Iterator[str]) -> str:
    match block:
        case str():
            return f"<p>{_text(block)}</p>"
        case Table():
            heading = f"<h3>{_text(block.title)}</h3>\n" if block.title else ""
            return heading + _table(block, block.title or section.title)
        case Chart():
            return f"<figure>{drawn(block, next(keys))}</figure>"
        case Said():
            return f"<h3>{_text(block.run)}</h3>\n<ul>{''.join(map(_remark, block.remarks))}</ul>"


def _table(table: Table, name: str) -> str:
    """The table in a box of its own, in which it can be moved sideways, by keys too."""
    rights = [is_right(table.rows, at) for at in range(len(table.headings))]
    heads = "".join(
        f'<th scope="col"{_class(["number"] * right)}>{_text(text)}</th>'
        for text, right in zip(table.headings, rights, strict=True)
    )
    rows = "\n".join(_row(row, rights) for row in table.rows)
    return (
        f'<div class="box" role="region" aria-label="{_text(name)}" tabindex="0"><table>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def _row(row: Sequence[Cell], rights: Sequence[bool]) -> str:
    first, *others = zip(row, rights, strict=True)
    cells = "".join(f"<td{_marks(cell, right)}>{_text(cell.text.strip())}</td>" for cell, right in others)
    return f'<tr><th scope="row"{_marks(*first)}>{_text(first[0].text.strip())}</th>{cells}</tr>'


def _marks(cell: Cell, right: bool) -> str:
    """How the cell looks, and what it is sorted by where that is not its text."""
    look = "number" if right else "short" if len(cell.text) <= _SHORT else "long"
    return _class([look, *([cell.colour] if cell.colour else [])]) + _sorted_by(cell.value)


def _class(names: Sequence[str]) -> str:
    return f' class="{" ".join(names)}"' if names else ""


def _sorted_by(value: object) -> str:
    if value is None or value is MISSING:
        return " data-lacks"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    number = float(value)
    shown = repr(number) if math.isfinite(number) else "NaN" if math.isnan(number) else f"{'-' * (number < 0)}Infinity"
    return f' data-number="{shown}"'


def _remark(remark: Remark) -> str:
    what = f"{remark.kind}: {remark.verdict}" if remark.verdict else remark.kind
    head = ", ".join(filter(None, (f"<strong>{_text(what)}</strong>", _text(remark.when), _text(remark.who))))
    lines = "<br>".join(_text(line) for line in remark.text.splitlines() if line.strip())
    return f"<li><p>{head}</p><p>{lines}</p></li>"
