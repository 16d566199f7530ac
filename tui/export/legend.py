"""The legend below a drawing: for each run its line, marker, name and last value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labtop.tui.export.elements import Paper, element, width_of, words
from labtop.tui.export.frame import TEXT, Drawing
from labtop.tui.export.marks import dashes, marker
from labtop.tui.format import clean
from labtop.tui.run_names import fitted
from labtop.tui.run_style import run_color

_MARGIN, _ROW, _GAP = 16.0, 18.0, 20.0
_SAMPLE = 24.0  # of a line
_LONGEST = 60  # cells of a name
_LABEL_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A run of the legend. `lost`: its value is not finite. `line`: it has one."""

    number: int
    name: str
    value: str = ""
    lost: bool = False
    hidden: bool = False
    line: bool = True


def legend(entries: Sequence[Entry], width: float, paper: Paper) -> Drawing:
    """The entries in rows of columns, as many as fit side by side."""
    if not entries:
        return Drawing("", 0.0)
    values = max(width_of(f" {entry.value}", TEXT) for entry in entries)
    room = width - 2 * _MARGIN
    cells = max(min(_LONGEST, int((room - _SAMPLE - values) / (0.6 * TEXT))), 4)
    names = fitted([clean(entry.name, _LABEL_LIMIT) for entry in entries], cells)
    widest = _SAMPLE + 6 + max(width_of(name, TEXT) for name in names) + values
    columns = max(1, min(int((room + _GAP) / (widest + _GAP)), len(entries)))
    parts = [
        _entry(entry, name, dash, _MARGIN + at % columns * (widest + _GAP), (at // columns + 0.7) * _ROW, paper)
        for at, (entry, name, dash) in enumerate(
            zip(entries, names, dashes([entry.number for entry in entries]), strict=True)
        )
    ]
    return Drawing("\n".join(parts), -(-len(entries) // columns) * _ROW + 6)


def _entry(entry: Entry, name: str, dash: str | None, x: float, y: float, paper: Paper) -> str:
    parts = []
    if entry.line:
        stroke = {"stroke": run_color(entry.number), "stroke_width": 1.8}
        broken = {} if dash is None else {"stroke_dasharray": dash}
        parts.append(element("path", d=f"M{x:.2f},{y - 4:.2f}h{_SAMPLE:.2f}", **stroke, **broken))
    parts.append(marker(entry.number, x + _SAMPLE / 2, y - 4, paper))
    said = words(name)
    if entry.value:
        said += element("tspan", words(entry.value), dx=6, fill=paper.alarm if entry.lost else paper.quiet)
    parts.append(element("text", said, x=x + _SAMPLE + 6, y=y, fill=paper.ink))
    return element("g", element("title", words(entry.name)) + "".join(parts), opacity=0.4 if entry.hidden else 1)
