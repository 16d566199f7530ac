"""The legend: marker, name and value of each run, in rows below the plot or in a column beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from labtop.tui import format
from labtop.tui.charts.canvas import style
from labtop.tui.charts.crosshair import VALUE_CELLS, Reading
from labtop.tui.charts.spec import Curve, Look
from labtop.tui.run_names import fitted, told_apart
from labtop.tui.run_style import run_color, run_marker

_BETWEEN = 2  # blanks between two entries
_SHORTEST = 10  # cells of an entry below which names say nothing
_SHORTEST_NAME = 8  # cells of a name below which the value goes
_ENOUGH = 12  # cells of a name that need no further row
_DELTA_CELLS = 7
LABEL_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A run in the legend: its number and name, a value. `lost`: that is NaN or infinite."""

    number: int
    name: str
    value: str = ""
    lost: bool = False
    hidden: bool = False

    @classmethod
    def of(cls, curve: Curve) -> Entry:
        """A curve and its newest value, NaN included."""
        value = "" if curve.newest is None else format.number(curve.newest, VALUE_CELLS)
        return cls(curve.number, format.clean(curve.label, LABEL_LIMIT), value, curve.is_lost, curve.hidden)


@dataclass(frozen=True, slots=True)
class _Value:
    """What stands to the right of a name."""

    text: str
    delta: str
    lost: bool


class Legend:
    """Some entries, ready to be laid out. `compared`: readings have a difference to a baseline."""

    def __init__(self, entries: Sequence[Entry], look: Look, *, compared: bool = False) -> None:
        self._entries = entries
        self._look = look
        self._compared = compared
        self._names = [entry.name for entry in entries]
        self._short = told_apart(self._names)
        self._fitted: dict[int, list[str]] = {}
        self._values = [_Value(entry.value, "", entry.lost) for entry in entries]
        self._value_cells = max((len(value.text) + 1 for value in self._values if value.text), default=0)

    def width(self, most: int) -> int:
        """Cells of the widest entry, with names shortened where that is more than `most`, and not more than that."""
        spare = 1 + _DELTA_CELLS if self._compared else 0
        whole = self._widest(self._names) + spare
        return whole if whole <= most else min(self._widest(self._short) + spare, most)

    def rows_needed(self, width: int) -> int:
        """Rows that all entries take side by side in this width, with names shortened as far as they stay telling."""
        enough = 2 + _ENOUGH + self._value_cells
        return -(-len(self._entries) // _columns(width, min(self._widest(self._short), enough)))

    def rows(self, width: int, rows: int, readings: Sequence[Reading] | None = None) -> list[list[Segment]]:
        """At most `rows` rows of at most `width` cells; what has no room is counted in the last place.

        With `readings` the values at the crosshair stand in place of the newest; entries stay where they are.
        """
        if not self._entries or rows <= 0 or width <= 2:
            return []
        columns, widest = self._columns(width, rows)
        cells = (width + _BETWEEN) // columns - _BETWEEN
        values = self._values
        if readings is not None:
            values = self._read(readings)
            _, value_cells, delta_cells = self._shares(cells, values)
            widest += max(value_cells + delta_cells - self._value_cells, 0)
        entries = self._laid_out(min(cells, widest), cells, columns * rows, values)
        return [_joined(entries[start : start + columns]) for start in range(0, len(entries), columns)]

    def shown(self, width: int, rows: int, readings: Sequence[Reading]) -> tuple[bool, bool]:
        """Whether `rows` has room for these values of all runs, and for their differences."""
        if not self._entries or rows <= 0 or width <= 2:
            return False, False
        columns, _ = self._columns(width, rows)
        if columns * rows < len(self._entries):
            return False, False
        _, value_cells, delta_cells = self._shares((width + _BETWEEN) // columns - _BETWEEN, self._read(readings))
        return value_cells > 0, delta_cells > 0

    def _columns(self, width: int, rows: int) -> tuple[int, int]:
        """How many entries stand side by side, and the cells that the widest needs."""
        count = len(self._entries)
        whole = self._widest(self._names)
        widest = whole if whole <= width and _columns(width, whole) * rows >= count else self._widest(self._short)
        columns = _columns(width, widest)
        if columns * rows < count:
            columns = min(-(-count // rows), _columns(width, _SHORTEST))
        return min(columns, count), widest

    def _widest(self, names: Sequence[str]) -> int:
        return 2 + max(map(cell_len, names)) + self._value_cells

    def _fit(self, cells: int) -> list[str]:
        """The names in so many cells each."""
        if cells not in self._fitted:
            self._fitted[cells] = fitted(self._names, cells)
        return self._fitted[cells]

    def _with_values(self, cells: int, value_cells: int) -> list[str] | None:
        """The names for entries of this many cells, beside values; None where names need the room of the values."""
        room = cells - 2
        enough = room - value_cells >= min(_SHORTEST_NAME, max(map(cell_len, self._short)))
        if not enough or len(set(self._fit(room - value_cells))) < len(set(self._fit(room))):
            return None
        return self._fit(room - value_cells)

    def _read(self, readings: Sequence[Reading]) -> list[_Value]:
        return [
            _Value("" if entry.hidden else str(reading), reading.delta, reading.is_lost)
            for entry, reading in zip(self._entries, readings, strict=True)
        ]

    def _shares(self, cells: int, values: Sequence[_Value]) -> tuple[list[str], int, int]:
        """Names in entries of this many cells, and the cells of values and differences: 0 where names need the room."""
        value_cells = max([self._value_cells, *(len(value.text) + 1 for value in values if value.text)])
        delta_cells = max((len(value.delta) + 1 for value in values if value.delta), default=0)
        if delta_cells and (names := self._with_values(cells, value_cells + delta_cells)):
            return names, value_cells, delta_cells
        if names := self._with_values(cells, value_cells):
            return names, value_cells, 0
        if (
            values is not self._values
        ):  # at the crosshair values are what is looked for, and markers tell whose they are
            for deltas in (delta_cells, 0):
                if (room := cells - 2 - value_cells - deltas) >= 0:
                    return self._fit(room) if room else [""] * len(self._names), value_cells, deltas
        return self._fit(cells - 2), 0, 0

    def _laid_out(self, cells: int, most: int, places: int, values: Sequence[_Value]) -> list[list[Segment]]:
        """Entries of this many cells each, the last one, of `most` cells, a count where places are short."""
        names, value_cells, delta_cells = self._shares(cells, values)
        room = cells - 2 - value_cells - delta_cells
        shown = len(names) if len(names) <= places else places - 1
        entries = []
        for entry, name, value in list(zip(self._entries, names, values, strict=True))[:shown]:
            parts = [*self._head(entry, set_cell_size(name, room)), *self._tail(entry, value, value_cells, delta_cells)]
            entries.append(parts)
        if shown < len(names):
            more = f"+{len(names) - shown} more" if shown else f"{len(names)} unnamed"
            more = format.cut(more, most)
            entries.append([Segment(more, style(self._look.dim))])
        return entries

    def _head(self, entry: Entry, name: str) -> list[Segment]:
        marker = run_marker(entry.number, self._look.charset) + " "
        color = style(run_color(entry.number), dim=entry.hidden, run=entry.number)
        ink = self._look.dim if entry.hidden else self._look.foreground
        return [Segment(marker, color), Segment(name, style(ink, dim=entry.hidden, run=entry.number))]

    def _tail(self, entry: Entry, value: _Value, value_cells: int, delta_cells: int) -> list[Segment]:
        if not value_cells:
            return []
        quiet = style(self._look.dim, dim=entry.hidden, run=entry.number)
        ink = style("red", bold=True, run=entry.number) if value.lost and not entry.hidden else quiet
        parts = [Segment(value.text.rjust(value_cells), ink)]
        return [*parts, Segment(value.delta.rjust(delta_cells), quiet)] if delta_cells else parts


def _columns(width: int, cells: int) -> int:
    """How many entries of this many cells stand side by side."""
    return max(1, (width + _BETWEEN) // (cells + _BETWEEN))


def _joined(entries: Sequence[list[Segment]]) -> list[Segment]:
    blank = Segment(" " * _BETWEEN, Style.null())
    line: list[Segment] = []
    for entry in entries:
        line += [blank, *entry] if line else entry
    return line
