"""The runs table as columns and rows of a grid. Pure functions of the store's answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Literal

from rich.text import Text

from labtop.store.model import Aggregate, Column, Goal, Json, Outline, Run, RunTable, SortKey
from labtop.tui import format as fmt
from labtop.tui.run_names import cut_middle, fitted
from labtop.tui.run_style import Charset, run_color, run_marker
from labtop.tui.widgets.grid import GridColumn, GridRow

MOST_PARAMS = 12
COMPACT_BELOW, NARROW_BELOW = 90, 60
_MARKED: dict[Charset, str] = {"braille": "┃", "ascii": "|"}
BEST: dict[Charset, str] = {"braille": "★", "ascii": "*"}
"""Stands behind the best value of its column."""
DEFAULT_SORT = SortKey(Column("run", "started"), descending=True)
STEP, STATUS, UPDATED = Column("run", "step"), Column("run", "status"), Column("run", "updated")
NAME, DONE = Column("run", "name"), Column("run", "progress")
TREND, TREND_CELLS = "trend", 8
"""The column with the course of the first pinned metric, which cannot be sorted by."""


_MOST_KEPT = 4096


@dataclass(frozen=True, slots=True)
class TableLook:
    """How the table is dressed: what is marked, sorted by, the clock, the room in cells, and which runs diverged.

    `trends` are sparklines by number of run, for which a `roomy` screen has a column.
    """

    marks: tuple[int, ...] = ()
    baseline: int | None = None
    sort: SortKey = DEFAULT_SORT
    now: float = 0.0
    width: int = 100
    charset: Charset = "braille"
    diverged: frozenset[int] = frozenset()
    trends: Mapping[int, str] = field(default_factory=dict)
    roomy: bool = False

    @property
    def with_trend(self) -> bool:
        """Whether runs have their sparkline: behind all that tells how they stand, before the parameters."""
        return self.roomy and not self.narrow

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
        return min(max(self.width * (28 if self.narrow else 34) // 100, 10), 40)


def query_columns(pins: Sequence[str], outline: Outline, aggregate: Aggregate) -> tuple[Column, ...]:
    """The columns to ask for: pinned metrics, then the parameters that differ."""
    metrics = [Column("metric", name, aggregate) for name in pins]
    return (*metrics, *(Column("param", key) for key in outline.varying_params[:MOST_PARAMS]))


def column_key(column: Column) -> str:
    """The grid's key of a column."""
    return f"{column.kind}:{column.key}"


def sort_choices(columns: Sequence[Column]) -> tuple[Column, ...]:
    """What the table can be sorted by."""
    fields = ("name", "status", "started", "updated", "step", "duration")
    return (*columns, *(Column("run", field) for field in fields))


def first_direction(column: Column, goal: Goal | None) -> SortKey:
    """The order a person means first: best on top, newest on top, names from A."""
    newest_first = column.kind == "run" and column.key in ("started", "updated", "step", "duration")
    return SortKey(column, descending=goal == "max" or newest_first)


def grid_columns(table: RunTable, look: TableLook) -> list[GridColumn]:
    """The columns of the grid: name, state, metrics, age, trend, parameters."""
    columns = [
        GridColumn(
            column_key(NAME), "   name", max_width=look.name_width + 3, min_width=8, sort=_sorted_by(NAME, look)
        ),
        GridColumn(column_key(STATUS), "" if look.compact else "status", min_width=1, sort=_sorted_by(STATUS, look)),
        GridColumn(column_key(STEP), _step_label(table, look), "right", max_width=16, sort=_sorted_by(STEP, look)),
    ]
    if _with_progress(table) and not look.narrow:
        columns.append(GridColumn(column_key(DONE), "done", max_width=16, sort=_sorted_by(DONE, look)))
    columns += [_column(table, column, look) for column in table.columns if column.kind == "metric"]
    columns.append(GridColumn(column_key(UPDATED), "age", "right", sort=_sorted_by(UPDATED, look)))
    if look.with_trend and _has_metric(table):
        columns.append(GridColumn(TREND, TREND, "right", TREND_CELLS))  # what is aligned right is never cut
    return columns + [_column(table, column, look) for column in table.columns if column.kind != "metric"]


def _step_label(table: RunTable, look: TableLook) -> str:
    return "progress" if look.narrow and _with_progress(table) else "step"


def _column(table: RunTable, column: Column, look: TableLook) -> GridColumn:
    align: Literal["left", "right"] = "right" if column.kind == "metric" or _mostly_numbers(table, column) else "left"
    return GridColumn(column_key(column), _label(column), align, max_width=18, sort=_sorted_by(column, look))


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a run's row shows beside its values."""

    name: str
    marked: bool
    is_baseline: bool
    diverged: bool
    age: str
    trend: str | None


class RowMaker:
    """Makes the grid's rows, and gives the row of before where a run shows the same: the grid draws only new ones."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[object, GridRow]] = {}
        self._fitted = lru_cache(1)(fitted)

    def rows(self, table: RunTable, look: TableLook) -> list[GridRow]:
        """A row for each run of the table."""
        marks = frozenset(look.marks)
        names = self._fitted(tuple(fmt.clean(run.name) for run in table.runs), look.name_width)
        progress = _with_progress(table)
        dress = (table.columns, table.best, progress, look.width)
        trends = look.trends if look.with_trend and _has_metric(table) else None
        made: dict[int, tuple[object, GridRow]] = {}
        for run, name in zip(table.runs, names, strict=True):
            number = run.number
            trend = None if trends is None else trends.get(number, "")
            age = _age(run, look.now)
            shown = _Shown(name, number in marks, number == look.baseline, number in look.diverged, age, trend)
            key = (dress, run, shown)
            before = self._made.get(run.number)
            same = before is not None and before[0] == key
            made[run.number] = before if before and same else (key, _row(run, table, look, shown, progress))
        self._made = made
        return [row for _, row in made.values()]


def _row(run: Run, table: RunTable, look: TableLook, shown: _Shown, progress: bool) -> GridRow:
    metrics: list[Text | str] = []
    others: list[Text | str] = []
    for column, cell, best in zip(table.columns, run.cells, table.best, strict=True):
        if column.kind == "metric":
            metrics.append(_metric(cell, best, look.charset))
        else:
            others.append(_param(cell) if isinstance(cell, str | int | None) else fmt.value(cell))
    name = _name(run.number, shown.name, shown.marked, shown.is_baseline, look.name_width, look.charset)
    state: list[Text | str] = [name, _status(run, shown, look)]
    if progress and look.narrow:
        state.append(_short_progress(run) or fmt.step(run.step))
    else:
        state += [fmt.step(run.step), _progress(run)] if progress else [fmt.step(run.step)]
    trend = () if shown.trend is None else (Text(shown.trend.ljust(TREND_CELLS), run_color(run.number), no_wrap=True),)
    return GridRow(str(run.number), (*state, *metrics, shown.age, *trend, *others), marked=shown.marked)


# Of runs that grow the names and parameters stay: to make them anew would take half of the time that a row takes.
@lru_cache(_MOST_KEPT)
def _name(number: int, name: str, marked: bool, is_baseline: bool, width: int, charset: Charset) -> Text:
    text = Text(_MARKED[charset] if marked else " ", no_wrap=True)
    text.append(run_marker(number, charset), run_color(number))
    base = " [base]" if is_baseline else ""
    text.append(" " + cut_middle(name, width - len(base)), "bold" if marked else "")
    return text.append(base, "bold reverse")


@lru_cache(_MOST_KEPT, typed=True)
def _param(cell: str | int | None) -> str:
    return "" if cell is None else fmt.value(cell)


def _status(run: Run, shown: _Shown, look: TableLook) -> Text:
    """The state; behind its mark a sign where values are no longer finite."""
    marks = fmt.ASCII_STATUS_MARKS if look.charset == "ascii" else fmt.STATUS_MARKS
    mark, style = marks[run.status]
    text = Text(mark, style, no_wrap=True)
    if shown.diverged:
        text.append("!", "bold red")
    return text if look.compact else text.append(("" if shown.diverged else " ") + run.status)


def _progress(run: Run) -> str:
    if run.progress is None:
        return ""
    eta = fmt.duration(run.eta_s) if run.status == "running" else ""
    return fmt.percent(run.progress) + (f" -{eta}" if eta else "")


def _short_progress(run: Run) -> str:
    left = fmt.age(run.eta_s) if run.status == "running" else ""
    return fmt.percent(run.progress) + (f" -{left}" if left not in ("", "now") else "")


def _age(run: Run, now: float) -> str:
    if run.updated is None:
        return ""
    return ("~" if run.estimated else "") + fmt.age(now - run.updated)


def _metric(cell: Json, best: float | None, charset: Charset) -> Text | str:
    if not isinstance(cell, int | float):
        return ""
    if best is not None and cell == best:
        return Text(fmt.number(cell) + BEST[charset], "bold")
    if not isfinite(cell):
        return Text(fmt.number(cell) + " ", "bold red")
    return fmt.number(cell) + " "


def _label(column: Column) -> str:
    prefix = "" if column.kind != "metric" or column.aggregate == "last" else f"{column.aggregate} "
    return prefix + fmt.clean(column.key)


def _sorted_by(column: Column, look: TableLook) -> Literal["asc", "desc"] | None:
    same = (column.kind, column.key) == (look.sort.column.kind, look.sort.column.key)
    return None if not same else "desc" if look.sort.descending else "asc"


def _has_metric(table: RunTable) -> bool:
    return any(column.kind == "metric" for column in table.columns)


def _with_progress(table: RunTable) -> bool:
    return any(run.progress is not None and run.status == "running" for run in table.runs)


def _mostly_numbers(table: RunTable, column: Column) -> bool:
    index = table.columns.index(column)
    cells = [run.cells[index] for run in table.rows if run.cells[index] is not None]
    return 2 * sum(isinstance(cell, int | float) for cell in cells) > len(cells)


def column_name(column: Column) -> str:
    """How people know a column."""
    return "age" if column == UPDATED else _label(column)
