"""Where the columns of a grid stand: how wide each must be, and which are in sight. Pure, no screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, cast

from rich.cells import cell_len
from rich.text import Text

GUTTER = 1  # the cursor's mark
GAP = 1  # between columns, and for the separator
_LEAST_IN_SIGHT = 4  # a column cut to fewer cells is left out
_MEASURED_TOGETHER = 500  # rows: few enough that their cells stay in the processor's cache, which halves the time

Align = Literal["left", "right"]
Cell = Text | str


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column. `width` None is as wide as its cells need, from `min_width` to `max_width`.

    `sort` puts an arrow behind the label, with the number `sort_rank` where several columns sort, 0 without one.
    """

    key: str
    label: str
    align: Align = "left"
    width: int | None = None
    max_width: int = 24
    min_width: int = 3
    sort: Literal["asc", "desc"] | None = None
    sort_rank: int = 0

    @property
    def shape(self) -> tuple[str, int | None, int, int]:
        """What decides on widths; while it stays, a column never shrinks."""
        return self.key, self.width, self.max_width, self.min_width

    @property
    def header_width(self) -> int:
        """Cells that the label with its arrow takes."""
        return cell_len(self.label) + (self.sort is not None) + len(self.rank_text)

    @property
    def rank_text(self) -> str:
        """What stands behind the arrow."""
        return str(self.sort_rank) if self.sort and self.sort_rank else ""


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row with a cell for each column; strings are shown as they are, never as markup.

    A `section` is a heading over the full width, its first cell; the cursor skips it. A row object that is given
    again unchanged is not measured again, so keep rows that did not change.
    """

    key: str
    cells: Sequence[Cell]
    section: bool = False
    marked: bool = False


class Widths:
    """The widths of columns, which only grow until the columns change."""

    def __init__(self) -> None:
        self._shapes: tuple[object, ...] = ()
        self._measured: dict[str, GridRow] = {}
        self._widths: list[int] = []

    def update(self, columns: Sequence[GridColumn], rows: Sequence[GridRow]) -> tuple[int, ...]:
        """The width of each column, after a look at the rows that are new or changed."""
        shapes = tuple(column.shape for column in columns)
        if shapes != self._shapes:
            self._shapes, self._measured = shapes, {}
            self._widths = [column.min_width if column.width is None else column.width for column in columns]
        known = self._measured
        fresh = [row.cells for row in rows if known.get(row.key) is not row and not row.section]
        self._measured = {row.key: row for row in rows}
        self._grow(columns, [()] * len(columns))
        if any(len(cells) != len(columns) for cells in fresh):
            raise ValueError("a row has more or fewer cells than there are columns")
        if all(column.width is not None for column in columns):
            return tuple(self._widths)  # nothing is to be measured, and cells need not be made for it
        for begin in range(0, len(fresh), _MEASURED_TOGETHER):
            self._grow(columns, zip(*fresh[begin : begin + _MEASURED_TOGETHER], strict=True))
        return tuple(self._widths)

    def _grow(self, columns: Sequence[GridColumn], cells: Iterable[Sequence[Cell]]) -> None:
        for at, (column, those) in enumerate(zip(columns, cells, strict=True)):
            if column.width is None and self._widths[at] < column.max_width:
                needed = max(self._widths[at], column.header_width, widest(those))
                self._widths[at] = min(needed, column.max_width)


def widest(cells: Sequence[Cell]) -> int:
    """How many cells the widest of these takes. Plain ASCII, the usual case, is measured at C speed."""
    try:
        texts = cast(Sequence[str], cells)
        ascii_only = "".join(texts).isascii()
    except TypeError:
        texts = [cell if isinstance(cell, str) else cell.plain for cell in cells]
        ascii_only = "".join(texts).isascii()
    if ascii_only:
        return max(map(len, texts), default=0)
    return max(len(text) if text.isascii() else cell_len(text) for text in set(texts))


@dataclass(frozen=True, slots=True)
class Slot:
    """A column in sight: its index, its first cell on the line and how many of its cells fit."""

    column: int
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns in sight of a grid `width` cells wide. `rule` is where the separator stands, None without one."""

    width: int
    slots: tuple[Slot, ...]
    rule: int | None
    hidden_left: bool
    hidden_right: bool

    def column_at(self, x: int) -> int | None:
        """The index of the column that is drawn at cell x, with the gap behind it."""
        return next((slot.column for slot in self.slots if slot.x <= x < slot.x + slot.width + GAP), None)


class Shelf:
    """All columns side by side: fixed ones first, the others behind them as on a strip that is pulled sideways.

    Columns leave whole on the left, and what is aligned right on the right too: a part of a number misleads.
    """

    def __init__(self, columns: Sequence[GridColumn], widths: Sequence[int], frozen: int, width: int) -> None:
        self._width = width
        self._whole = [column.align == "right" for column in columns[frozen:]]
        self._frozen = _fitted(widths[:frozen], width, bool(widths[frozen:]))
        self._loose = list(widths[frozen:])
        self._begin = GUTTER + sum(self._frozen) + GAP * len(self._frozen)
        self._starts = list(accumulate((each + GAP for each in self._loose), initial=0))

    @property
    def virtual_width(self) -> int:
        """The width at which nothing is hidden."""
        return self._begin + max(0, self._starts[-1] - GAP)

    def start_after(self, scroll_x: int) -> int:
        """The scroll offset at which the next column to the right comes first."""
        return next((start for start in self._starts[:-1] if start > scroll_x), scroll_x)

    def start_before(self, scroll_x: int) -> int:
        """The scroll offset at which the next column to the left comes first."""
        return next((start for start in reversed(self._starts[:-1]) if start < scroll_x), 0)

    def start_showing(self, column: int, scroll_x: int) -> int:
        """The scroll offset nearest to this one at which a column is in sight, whole if there is room for it."""
        at, first = column - len(self._frozen), self._first(scroll_x)
        if at < 0:
            return scroll_x
        if at < first:
            return self._starts[at]
        end = self._starts[at] + self._loose[at]
        room = self._width - self._begin
        if end - self._starts[first] <= room:
            return scroll_x
        return next((start for start in self._starts[first:at] if end - start <= room), self._starts[at])

    def layout(self, scroll_x: int) -> Layout:
        """Which columns are in sight at this scroll offset, and where."""
        starts = list(accumulate((each + GAP for each in self._frozen), initial=GUTTER))
        slots = [Slot(at, x, each) for at, (x, each) in enumerate(zip(starts, self._frozen, strict=False))]
        first = self._first(scroll_x)
        x, right = self._begin, False
        for at in range(first, len(self._loose)):
            fits = min(self._loose[at], self._width - x)
            if fits < self._loose[at]:
                right = True
                fits -= 1  # the mark of hidden columns stands in the last cell
                if fits < _LEAST_IN_SIGHT or (self._whole[at] and at > first):
                    break
            slots.append(Slot(len(self._frozen) + at, x, fits))
            x += fits + GAP
            if right:
                break
        rule = self._begin - GAP if self._frozen and self._loose else None
        return Layout(self._width, tuple(slots), rule, first > 0, right)

    def _first(self, scroll_x: int) -> int:
        """The first of the columns that are not fixed at this scroll offset."""
        starts = enumerate(self._starts[:-1])
        return next((at for at, start in starts if start >= scroll_x), max(0, len(self._loose) - 1))


def kept_column(key: str | None, old: Sequence[GridColumn], new: Sequence[GridColumn]) -> int | None:
    """Where the column of this key is in `new`, else the one that was nearest to it in `old`; None without columns."""
    places = {column.key: at for at, column in enumerate(new)}
    here = next((at for at, column in enumerate(old) if column.key == key), 0)
    near = sorted(range(len(old)), key=lambda at: (abs(at - here), at < here))
    return next((places[old[at].key] for at in near if old[at].key in places), 0 if new else None)


def _fitted(frozen: Sequence[int], width: int, others: bool) -> list[int]:
    """The widths of the fixed columns, the widest cut so that a third of the line is left for the others."""
    fitted = list(frozen)
    room = (width * 2 // 3 if others else width) - GUTTER - GAP * len(fitted)
    excess = sum(fitted) - max(room, 0)
    if fitted and excess > 0:
        largest = fitted.index(max(fitted))
        fitted[largest] = max(min(_LEAST_IN_SIGHT, fitted[largest]), fitted[largest] - excess)
    return fitted
