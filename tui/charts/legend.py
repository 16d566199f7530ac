"""The legend: marker, name and last value of each run, in rows below the plot or in a column beside it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from labtop.tui import format
from labtop.tui.charts.canvas import style
from labtop.tui.charts.spec import Curve, Look
from labtop.tui.run_names import fitted, told_apart
from labtop.tui.run_style import run_color, run_marker

_BETWEEN = 2  # blanks between two entries
_SHORTEST = 10  # cells of an entry below which names say nothing
_SHORTEST_NAME = 8  # cells of a name below which the value goes
_ENOUGH = 12  # cells of a name that need no further row
_VALUE_CELLS = 7
_LABEL_LIMIT = 200


class Legend:
    """The entries of some curves, ready to be laid out."""

    def __init__(self, curves: Sequence[Curve], look: Look) -> None:
        self._curves = curves
        self._look = look
        self._names = [format.clean(curve.label, _LABEL_LIMIT) for curve in curves]
        self._short = told_apart(self._names)
        self._values = [last_value(curve) for curve in curves]

    def width(self, most: int) -> int:
        """Cells of the widest entry, with names shortened where that is more than `most`, and not more than that."""
        whole = self._widest(self._names)
        return whole if whole <= most else min(self._widest(self._short), most)

    def rows_needed(self, width: int) -> int:
        """Rows that all entries take side by side in this width, with names shortened as far as they stay telling."""
        enough = 2 + _ENOUGH + self._value_cells
        return -(-len(self._curves) // _columns(width, min(self._widest(self._short), enough)))

    def rows(self, width: int, rows: int) -> list[list[Segment]]:
        """At most `rows` rows of at most `width` cells; what has no room is counted in the last place."""
        count = len(self._curves)
        if not count or rows <= 0 or width <= 2:
            return []
        whole = self._widest(self._names)
        widest = whole if whole <= width and _columns(width, whole) * rows >= count else self._widest(self._short)
        columns = _columns(width, widest)
        if columns * rows < count:
            columns = min(-(-count // rows), _columns(width, _SHORTEST))
        cells = min((width + _BETWEEN) // columns - _BETWEEN, widest)
        entries = self._entries(cells, columns * rows)
        return [_joined(entries[start : start + columns]) for start in range(0, len(entries), columns)]

    def _widest(self, names: Sequence[str]) -> int:
        return 2 + max(map(cell_len, names)) + self._value_cells

    @property
    def _value_cells(self) -> int:
        return max((len(value) + 1 for value in self._values if value), default=0)

    def _names_and_values(self, cells: int) -> tuple[list[str], int]:
        """The names for entries of this many cells, and the cells of the values: none where names need their room."""
        room = cells - 2
        alone, beside = fitted(self._names, room), fitted(self._names, room - self._value_cells)
        enough = room - self._value_cells >= min(_SHORTEST_NAME, max(map(cell_len, self._short)))
        return (beside, self._value_cells) if enough and len(set(beside)) >= len(set(alone)) else (alone, 0)

    def _entries(self, cells: int, places: int) -> list[list[Segment]]:
        """Entries of this many cells each, the last one a count where places are short."""
        names, value_cells = self._names_and_values(cells)
        shown = len(names) if len(names) <= places else places - 1
        room = cells - 2 - value_cells
        entries = []
        for curve, name, value in list(zip(self._curves, names, self._values, strict=True))[:shown]:
            head = run_marker(curve.number, self._look.charset) + " "
            entry = [Segment(head, style(run_color(curve.number)))]
            entry.append(Segment(set_cell_size(name, room), style(self._look.foreground)))
            if value_cells:
                ink = style("red", bold=True) if curve.is_lost else style(self._look.dim)
                entry.append(Segment(value.rjust(value_cells), ink))
            entries.append(entry)
        if shown < len(names):
            more = format.cut(f"+{len(names) - shown} more", cells)
            entries.append([Segment(more, style(self._look.dim))])
        return entries


def _columns(width: int, cells: int) -> int:
    """How many entries of this many cells stand side by side."""
    return max(1, (width + _BETWEEN) // (cells + _BETWEEN))


def last_value(curve: Curve) -> str:
    """The newest value of a curve, NaN included."""
    return format.number(float(curve.value[-1]), _VALUE_CELLS) if curve.value.size else ""


def _joined(entries: Sequence[list[Segment]]) -> list[Segment]:
    blank = Segment(" " * _BETWEEN, Style.null())
    line: list[Segment] = []
    for entry in entries:
        line += [blank, *entry] if line else entry
    return line
