"""The cells of a row: values as they differ, numbers of metrics with what is better and worse."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isfinite, isnan
from typing import overload

from rich.text import Text

from labtop.store.answers.comparing.same import distinct
from labtop.store.model import MISSING, CompareRow, Metric, Missing
from labtop.tui import format as fmt
from labtop.tui.comparing.look import CompareLook, Told, value_of
from labtop.tui.comparing.tree import Leaf
from labtop.tui.condensed_names import shared_beginning
from labtop.tui.table_cells import BEST, CHANGE_MARKS
from labtop.tui.widgets.grid_layout import Cell

_BEFORE = 8  # letters in front of the place where long values begin to differ
_LONGEST = 2000  # letters that are looked at for it


class LazyCells(Sequence[Cell]):
    """Cells that are made when they come into sight: of hundreds of columns few do."""

    def __init__(self, first: Cell, make: Callable[[int], Cell], runs: int) -> None:
        """`make` gives the cell of a run by its place, the `first` is that of the key."""
        self._first, self._make, self._count = first, make, runs + 1
        self._made: dict[int, Cell] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Cell: ...

    @overload
    def __getitem__(self, at: slice) -> list[Cell]: ...

    def __getitem__(self, at: int | slice) -> Cell | list[Cell]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(self._count))]
        if not -self._count <= at < self._count:
            raise IndexError(at)
        at %= self._count
        if at == 0:
            return self._first
        if at not in self._made:
            self._made[at] = self._make(at - 1)
        return self._made[at]

    def __iter__(self) -> Iterator[Cell]:
        return (self[at] for at in range(self._count))


def value_cells(row: CompareRow, width: int) -> Callable[[int], Cell]:
    """Of any value but metrics, in so many cells: where texts are longer and begin alike, what differs is in sight."""
    skipped: list[int] = []

    def cell(at: int) -> Cell:
        value = row.values[at]
        if isinstance(value, Missing):
            return Text(fmt.value(value), "dim")
        if isinstance(value, Told):
            return value.text
        text = fmt.value(value[:_LONGEST] if isinstance(value, str) else value, quoted=row.types_differ)
        if len(text) <= width:
            return text
        if not isinstance(value, str):
            return text
        if not skipped:
            skipped.append(_alike(row))
        return f"…{text[skipped[0] :]}" if skipped[0] else text

    return cell


def _alike(row: CompareRow) -> int:
    """Letters in front of long texts that tell nothing."""
    texts = [fmt.clean(value[:_LONGEST]) for value in distinct(row.values) if isinstance(value, str)]
    same = len(shared_beginning(texts)) if len(set(texts)) > 1 else 0  # else they differ out of sight
    return max(same - _BEFORE, 0) if same - _BEFORE > 1 else 0


class MetricCells:
    """One value of a metric in each run: the best is starred, the others tell how far they are from the baseline."""

    def __init__(self, leaf: Leaf, base: int | None, look: CompareLook, width: int) -> None:
        """`base` is the place of the baseline. The step of the best stands there where it fits into so many cells."""
        row, self._width = leaf.row, width
        self._aggregate, self._base, self._look = leaf.row_id.aggregate, base, look
        self._metrics = [value if isinstance(value, Metric) else None for value in row.values]
        self._values = [_number(value_of(value, self._aggregate)) for value in row.values]
        self._goal = next((metric.goal for metric in self._metrics if metric and metric.goal), None)
        known = [value for value in self._values if value is not None and isfinite(value)]
        several = len(set(known)) > 1
        self._best = (min(known) if self._goal == "min" else max(known)) if self._goal and several else None

    def __call__(self, at: int) -> Cell:
        """The cell of the run at this place."""
        value, metric = self._values[at], self._metrics[at]
        if value is None or metric is None:
            return Text("–", "dim")
        cell = Text(fmt.number(value).rjust(9), "" if isfinite(value) else "bold red", no_wrap=True)
        cell.append(BEST[self._look.charset] if value == self._best else " ", "bold")
        base = None if self._base is None else self._values[self._base]
        if at != self._base and base is not None:
            cell.append(self._delta(value, base))
        step = f" @{fmt.step(metric.best_step)}"
        if self._aggregate == "best" and metric.best_step is not None and cell.cell_len + len(step) <= self._width:
            cell.append(step, "dim")
        return cell

    def _delta(self, value: float, base: float) -> Text:
        text = fmt.delta(value, base, relative=self._look.relative)
        marks = CHANGE_MARKS[self._look.charset]
        if self._goal and isnan(value) and not isnan(base):
            return Text(f" {marks['worse']}", "red")
        if self._goal is None or text in ("", "="):
            return Text(f" {text}", "dim")
        better = (value < base) == (self._goal == "min")
        return Text(f" {text} {marks['better' if better else 'worse']}", "green" if better else "red")


def _number(value: object) -> float | None:
    return None if value is MISSING else float(value) if isinstance(value, (int, float)) else None
