"""How the runs table is dressed, and the columns of its grid that follow from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from labtop.store.model import Column, RunTable, SortKey, Standing
from labtop.tui.run_style import Charset
from labtop.tui.table_columns import (
    DEFAULT_SORT,
    DONE,
    NAME,
    STATUS,
    STEP,
    UPDATED,
    column_key,
    column_keys,
    label,
)
from labtop.tui.widgets.grid import GridColumn

COMPACT_BELOW, NARROW_BELOW = 90, 60
TREND, TREND_CELLS = "trend", 8
"""The column with the course of the first pinned metric, which cannot be sorted by."""
VERSUS = "versus"
"""The column that says whether a run is better than those before it, and whether it repeats one."""
REPEATS = "repeats"
"""The column that names the run that had the same params before."""
_MOST_WIDE = 18


@dataclass(frozen=True, slots=True)
class TableLook:
    """How the table is dressed: what is marked, sorted by, the clock, the room in cells, and which runs diverged.

    `trends` are sparklines by number of run, for which a `roomy` screen has a column; `standings` how runs stand beside
    those before them. `widths` are cells by column key, `frozen` the keys of columns that stay in sight. Groups are
    `grouped_by` these words.
    """

    marks: tuple[int, ...] = ()
    baseline: int | None = None
    sort: tuple[SortKey, ...] = DEFAULT_SORT
    now: float = 0.0
    width: int = 100
    charset: Charset = "braille"
    diverged: frozenset[int] = frozenset()
    trends: Mapping[int, str] = field(default_factory=dict)
    roomy: bool = False
    standings: Mapping[int, Standing] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)
    frozen: tuple[str, ...] = ()
    grouped_by: str = ""

    @property
    def with_trend(self) -> bool:
        """Whether runs have their sparkline: behind all that tells how they stand, before the parameters."""
        return self.roomy and not self.narrow

    @property
    def with_versus(self) -> bool:
        """Whether any run is better or worse than another before it, or repeats one."""
        return any(each.last or each.best for each in self.standings.values()) or self.with_repeats

    @property
    def with_repeats(self) -> bool:
        """Whether any run repeats another."""
        return any(each.repeats is not None for each in self.standings.values())

    @property
    def compact(self) -> bool:
        """Too little room for the words beside the marks of states."""
        return self.width < COMPACT_BELOW

    @property
    def narrow(self) -> bool:
        """Too little room for step and progress side by side."""
        return self.width < NARROW_BELOW

    @property
    def name_width(self) -> int:
        """Cells for a run's name."""
        chosen = self.widths.get(column_key(NAME))
        # Rows of groups tell of themselves by little else.
        share, most = (28 if self.narrow else 34, 40) if not self.grouped_by else (34 if self.narrow else 45, 80)
        return min(max(self.width * share // 100, 10), most) if chosen is None else chosen - 3

    def sorted_by(self, column: Column) -> tuple[Literal["asc", "desc"] | None, int]:
        """Whether the table is sorted by a column, and which place it has among several."""
        for place, key in enumerate(self.sort):
            if key.column == column:
                return "desc" if key.descending else "asc", place + 1 if len(self.sort) > 1 else 0
        return None, 0


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of the grid and what it shows: the place of a cell of the rows, or one of the columns always there."""

    grid: GridColumn
    shows: int | str


def table_columns(table: RunTable, look: TableLook) -> list[TableColumn]:
    """The columns in order: name, those that stay in sight, how the run stands, and what was chosen."""
    cells = [
        TableColumn(_of_cell(table, place, key, look), place) for place, key in enumerate(column_keys(table.columns))
    ]
    loose = [column for column in cells if column.grid.key not in look.frozen]
    frozen = [column for column in cells if column.grid.key in look.frozen]
    frozen.sort(key=lambda column: look.frozen.index(column.grid.key))
    begin, repeats = [*_first(look), *frozen, *_state(table, look)], _repeats(look)
    versus, age, trend = _versus(look), _age(look), _trend(table, look)
    # By what runs are measured is in sight before what else is known of them, where it comes first.
    is_measured = bool(loose) and table.columns[int(loose[0].shows)].kind == "metric"
    measured, rest = (loose[:1], loose[1:]) if is_measured else ([], loose)
    if look.narrow:
        return [*begin, *measured, *versus, *age, *rest, *repeats]
    # In little room the name of the run that this one repeats has its place at the very end.
    behind = [*rest, *repeats] if look.compact else [*repeats, *rest]
    return [*begin, *versus, *age, *measured, *trend, *behind]


def _first(look: TableLook) -> list[TableColumn]:
    title = f"   {look.grouped_by}" if look.grouped_by else "   name"
    return [_fixed(NAME, title, look, max_width=look.name_width + 3, min_width=8)]


def _state(table: RunTable, look: TableLook) -> list[TableColumn]:
    """Status, step, and how far runs are."""
    narrow_progress = look.narrow and table.progress
    columns = [
        _fixed(STATUS, "" if look.compact else "status", look, min_width=1),
        _fixed(STEP, "progress" if narrow_progress else "step", look, "right", max_width=16),
    ]
    if table.progress and not look.narrow:
        columns.append(_fixed(DONE, "done", look, max_width=24))
    return columns


def _versus(look: TableLook) -> list[TableColumn]:
    """Whether runs are better than those before them."""
    column = GridColumn(VERSUS, "vs", width=3 if look.with_repeats else 2)
    return [TableColumn(column, VERSUS)] if look.with_versus else []


def _age(look: TableLook) -> list[TableColumn]:
    return [_fixed(UPDATED, "age", look, "right")]


def _trend(table: RunTable, look: TableLook) -> list[TableColumn]:
    """The course of a metric."""
    column = GridColumn(TREND, TREND, "right", TREND_CELLS)  # right: is never cut
    is_there = look.with_trend and any(each.kind == "metric" for each in table.columns)
    return [TableColumn(column, TREND)] if is_there else []


def _repeats(look: TableLook) -> list[TableColumn]:
    """Which earlier run had the same params."""
    width = look.widths.get(REPEATS)
    column = GridColumn(REPEATS, "tried as", width=width, max_width=_MOST_WIDE)
    return [TableColumn(column, REPEATS)] if look.with_repeats else []


def _fixed(
    column: Column,
    title: str,
    look: TableLook,
    align: Literal["left", "right"] = "left",
    *,
    min_width: int = 3,
    max_width: int = 24,
) -> TableColumn:
    key = column_key(column)
    sort, rank = look.sorted_by(column)
    width = look.widths.get(key)
    return TableColumn(GridColumn(key, title, align, width, max_width, min_width, sort, rank), key)


def _of_cell(table: RunTable, place: int, key: str, look: TableLook) -> GridColumn:
    column = table.columns[place]
    align: Literal["left", "right"] = "right" if table.numeric[place] else "left"
    sort, rank = look.sorted_by(column)
    return GridColumn(key, label(column), align, look.widths.get(key), max_width=_MOST_WIDE, sort=sort, sort_rank=rank)
