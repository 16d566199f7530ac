"""The rows of the runs table, made of the store's answer: runs, and groups of them. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from rich.text import Text

from labtop.store.model import Run, RunGroup, RunTable, Standing
from labtop.tui import format as fmt
from labtop.tui.group_rows import group_label, group_row
from labtop.tui.run_names import cut_middle
from labtop.tui.run_style import Charset, run_color, run_marker
from labtop.tui.seen_names import SeenNames
from labtop.tui.table_cells import Cell, cell_of, shown_of_standing
from labtop.tui.table_columns import DONE, NAME, STATUS, STEP, UPDATED, column_key
from labtop.tui.table_look import REPEATS, TREND, TREND_CELLS, VERSUS, TableColumn, TableLook
from labtop.tui.widgets.grid import GridRow

_MARKED: dict[Charset, str] = {"braille": "┃", "ascii": "|"}
_MOST_KEPT = 4096
_MOST_BEFORE = 600
_INDENT = "  "
"""Before runs below their group."""
_Made = dict[str, tuple[object, GridRow]]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a run's row shows beside its values."""

    name: str
    marked: bool
    is_baseline: bool
    diverged: bool
    age: str
    trend: str | None
    standing: Standing | None
    indented: bool


class RowMaker:
    """Makes the grid's rows, and gives the row of before where a run shows the same: the grid draws only new ones."""

    def __init__(self) -> None:
        self._made: _Made = {}
        self._dress: object = None
        self.before: dict[str, GridRow] = {}
        """Rows that were made before of runs of which none is now, by key: what may be shown until it is."""
        self._names = SeenNames()
        self._labels = SeenNames()
        self._groups: dict[str, str] = {}
        self._was_whole = True

    def rows(self, table: RunTable, columns: Sequence[TableColumn], look: TableLook) -> list[GridRow]:
        """A row for each row of the table."""
        marks = frozenset(look.marks)
        indented = bool(look.grouped_by)
        names, labels = self._called(table.rows, look, indented=indented)
        keys = tuple(column.grid.key for column in columns)
        dress = (table.columns, table.best, table.numeric, table.progress, look.width, look.name_width, keys)
        before, self._made = self._made, {}
        if (dress, marks, look.baseline, indented) != self._dress:
            self._dress = dress, marks, look.baseline, indented
            self.before.clear()
        elif self._was_whole:
            self._remember(before)
        self._was_whole = table.whole
        for row in table.rows:
            if isinstance(row, RunGroup):
                label = next(labels)
                facts = (dress, row, label, len(marks.intersection(row.runs)))
                make = partial(group_row, row, label, table, columns, look, marks)
                self._keep(before, row.id, facts, make)
            else:
                shown = _shown(row, next(names), marks, look, indented=indented)
                self._keep(
                    before, str(row.number), (dress, row, shown), partial(_row, row, table, columns, look, shown)
                )
        return [row for _, row in self._made.values()]

    def _called(
        self, rows: Sequence[Run | RunGroup], look: TableLook, *, indented: bool
    ) -> tuple[Iterator[str], Iterator[str]]:
        """What runs are called, and what groups are, told apart each from those at hand and seen."""
        groups = {row.id: group_label(row) for row in rows if isinstance(row, RunGroup)}
        if any(self._groups.get(key, label) != label for key, label in groups.items()):
            self._labels = SeenNames()  # other params tell the groups apart now
        self._groups = groups
        names: list[list[str]] = [[]]  # the runs of a group together
        for row in rows:
            if isinstance(row, RunGroup):
                names.append([])
            else:
                names[-1].append(fmt.clean(row.name))
        room = look.name_width - len(_INDENT) * indented
        return (
            iter(self._names.fitted(names, room, look.grouped_by)),
            iter(self._labels.fitted([[*groups.values()]], look.name_width, look.grouped_by)),
        )

    def _remember(self, made: _Made) -> None:
        """Of those made before the newest."""
        for key, (_, row) in made.items():
            self.before.pop(key, None)
            self.before[key] = row
        for key in [*self.before][: max(len(self.before) - _MOST_BEFORE, 0)]:
            del self.before[key]

    def _keep(self, before: _Made, key: str, facts: object, make: Callable[[], GridRow]) -> None:
        """The row of before where the facts are the same, else a new one."""
        known = before.get(key)
        self._made[key] = known if known is not None and known[0] == facts else (facts, make())


def _shown(run: Run, name: str, marks: frozenset[int], look: TableLook, *, indented: bool) -> _Shown:
    number = run.number
    return _Shown(
        name,
        number in marks,
        number == look.baseline,
        number in look.diverged,
        _age(run, look.now),
        look.trends.get(number, "") if look.with_trend else None,
        look.standings.get(number),
        indented,
    )


def _row(run: Run, table: RunTable, columns: Sequence[TableColumn], look: TableLook, shown: _Shown) -> GridRow:
    cells = tuple([_cell(run, table, column.shows, look, shown) for column in columns])
    return GridRow(str(run.number), cells, marked=shown.marked)


def _cell(run: Run, table: RunTable, shows: int | str, look: TableLook, shown: _Shown) -> Cell:
    if isinstance(shows, str):
        return _fixed(run, table, shows, look, shown)
    return "" if run.cells[shows] is None else cell_of(run, table, shows, look.charset)


def _fixed(run: Run, table: RunTable, key: str, look: TableLook, shown: _Shown) -> Cell:
    """What stands in a column that is always there."""
    if key == column_key(NAME):
        name = f"{_INDENT}{shown.name}" if shown.indented else shown.name
        return _name(run.number, name, shown.marked, shown.is_baseline, look.name_width, look.charset)
    if key == column_key(STATUS):
        return _status(run, shown, look)
    if key == column_key(STEP):
        return (table.progress and look.narrow and _short_progress(run)) or fmt.step(run.step)
    if key == column_key(DONE):
        return _progress(run)
    if key == column_key(UPDATED):
        return shown.age
    if key == TREND:
        return Text((shown.trend or "").ljust(TREND_CELLS), run_color(run.number), no_wrap=True)
    assert key in (VERSUS, REPEATS)
    return shown_of_standing(shown.standing, key, look.charset)


# Of runs that grow the names stay: to make them anew would take half of the time that a row takes.
@lru_cache(_MOST_KEPT)
def _name(number: int, name: str, marked: bool, is_baseline: bool, width: int, charset: Charset) -> Text:
    text = Text(_MARKED[charset] if marked else " ", no_wrap=True)
    text.append(run_marker(number, charset), run_color(number))
    base = " [base]" if is_baseline else ""
    text.append(" " + cut_middle(name, width - len(base)), "bold" if marked else "")
    return text.append(base, "bold reverse")


def _status(run: Run, shown: _Shown, look: TableLook) -> Text:
    """The state; behind its mark a sign where values are no longer finite."""
    marks = fmt.ASCII_STATUS_MARKS if look.charset == "ascii" else fmt.STATUS_MARKS
    mark, style = marks[run.status]
    text = Text(mark, style, no_wrap=True)
    if shown.diverged:
        text.append("!", "bold red")
    return text if look.compact else text.append(("" if shown.diverged else " ") + run.status)


def _progress(run: Run) -> str:
    """How far, how long still, how fast."""
    if run.progress is None:
        return ""
    running = run.status == "running"
    eta = fmt.duration(run.eta_s) if running else ""
    rate = fmt.number_of_digits(run.steps_per_s, 3) if running and run.steps_per_s else ""
    return fmt.percent(run.progress) + (f" -{eta}" if eta else "") + (f" {rate}/s" if rate else "")


def _short_progress(run: Run) -> str:
    left = fmt.age(run.eta_s) if run.status == "running" else ""
    return fmt.percent(run.progress) + (f" -{left}" if left not in ("", "now") else "")


def _age(run: Run, now: float) -> str:
    if run.updated is None:
        return ""
    return ("~" if run.estimated else "") + fmt.age(now - run.updated)
