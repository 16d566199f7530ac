"""What the workspace asks the store for its table, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from math import isfinite

from labtop.store.model import (
    Aggregate,
    Column,
    Metric,
    MetricInfo,
    Outline,
    Run,
    RunGroup,
    RunTable,
    SortKey,
    TableQuery,
)
from labtop.store.questions import Questions
from labtop.tui.pins import first_pins
from labtop.tui.session.session import Session
from labtop.tui.table_columns import DEFAULT_SORT, default_columns

FIRST_ROWS = 120
"""Rows that are fetched at first: more than any screen has."""
_FEW_STEPS, _MANY_STEPS = 4, 8
"""Of a key that is held: so many steps before the rows at hand end, rows for so many more are fetched."""

Order = tuple[tuple[SortKey, ...], tuple[Column, ...]]
"""By what rows are sorted, and by what they are grouped."""


@dataclass(frozen=True, slots=True)
class TableQuestion:
    """The table as it shall be; `pins` and `columns` None leave the choice to what the directory holds.

    `rows` are the lines that are fetched, from the first to before the last; `also` runs that are wanted anyway;
    `filled` the columns whose cells are fetched, None for all. None of these makes it another question: an answer with
    other rows is good for all but these.
    """

    pins: tuple[str, ...] | None = None
    columns: tuple[Column, ...] | None = None
    aggregate: Aggregate = "last"
    sort: tuple[SortKey, ...] = DEFAULT_SORT
    where: str = ""
    groups: tuple[Column, ...] = ()
    unfolded: frozenset[str] = frozenset()
    rows: tuple[int, int] = field(default=(0, FIRST_ROWS), compare=False)
    also: tuple[int, ...] = field(default=(), compare=False)
    filled: tuple[Column, ...] | None = field(default=None, compare=False)

    def covers(self, other: TableQuestion) -> bool:
        """Whether the answer to the other question has no rows and no cells that this one's has not."""
        has_cells = self.filled is None or (other.filled is not None and {*other.filled} <= {*self.filled})
        return has_cells and self.rows[0] <= other.rows[0] and other.rows[1] <= self.rows[1]

    def has_columns_of(self, other: TableQuestion) -> bool:
        """Whether it is a question for the same columns."""
        mine, others = ((each.pins, each.columns, each.aggregate, each.groups) for each in (self, other))
        return mine == others


def window_of(seen: range, height: int) -> tuple[int, int]:
    """The lines to fetch when somebody waits for these: they alone, as many as a screen of this height may have."""
    return seen.start, max(seen.stop, seen.start + height)


def window_ahead(seen: range, window: tuple[int, int], lines: int, step: int) -> tuple[int, int]:
    """The lines to fetch when these are in sight and somebody goes on by `step` lines, below 0 upwards, again and
    again: those that are at hand, unless they end within a few steps."""
    page = max(len(seen), 1)
    near, far = (max(page, steps * abs(step)) for steps in (_FEW_STEPS, _MANY_STEPS))
    first, last = window
    is_far = last >= min(seen.stop + near, lines) if step > 0 else first <= max(seen.start - near, 0)
    if is_far and first <= seen.start and seen.stop <= last:
        return window
    if step > 0:
        return max(seen.start - page, 0), min(seen.stop + page + far, max(lines, seen.stop))
    return max(seen.start - page - far, 0), seen.stop + page


def window_around(seen: range, window: tuple[int, int], lines: int) -> tuple[int, int]:
    """The lines to fetch once these are in sight: those that are at hand, unless the end of them is near or they are
    too many to fetch again and again."""
    page = max(len(seen), 1)
    rows = max(FIRST_ROWS, 4 * page)
    first, last = window
    if first <= max(seen.start - page, 0) and last >= min(seen.stop + page, lines) and last - first <= rows:
        return window
    begin = max((seen.start + seen.stop - rows) // 2, 0)
    return begin, begin + rows


def question_of(session: Session) -> TableQuestion:
    """The table as a session had it."""
    return TableQuestion(
        session.pins,
        session.columns,
        session.aggregate,
        session.sort or DEFAULT_SORT,
        session.filter_text,
        session.groups,
        session.unfolded,
    )


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """The table, the metrics that it shows, and the outline that they were chosen from.

    `diverged` are the runs of which a metric with a goal ended in NaN or infinity, by number. `where` is the filter of
    the table.
    """

    outline: Outline
    pinned: tuple[str, ...]
    table: RunTable
    diverged: frozenset[int] = frozenset()
    where: str = ""


def answer(store: Questions, question: TableQuestion, before: TableAnswer | None = None) -> TableAnswer:
    """Ask the store; takes one query while the outline is that of the answer `before`, else two or, where none of the
    listed runs has what most runs have, four: so call it in a thread.
    """
    if before is not None:
        found = _with_outline(store, question, before.outline)
        if found.table.outline == before.table.outline:
            return found
    return _with_outline(store, question, store.outline())


def _with_outline(store: Questions, question: TableQuestion, outline: Outline) -> TableAnswer:
    if question.pins is not None:
        return _answer(store, question, outline, question.pins)[0]
    found, is_bare = _answer(store, question, outline, first_pins(outline))
    own = _own_pins(store, found.table.leading) if is_bare else ()
    return _answer(store, question, outline, own)[0] if own else found


def _answer(
    store: Questions, question: TableQuestion, outline: Outline, pinned: tuple[str, ...]
) -> tuple[TableAnswer, bool]:
    """The answer with these metrics, and whether no run that is listed has any of them."""
    columns = question.columns
    if columns is None:
        columns = default_columns(pinned, outline, question.aggregate)
    watched = dict.fromkeys((*first_pins(outline), *pinned))
    ends = tuple(Column("metric", info.name) for info in outline.metrics if info.goal and info.name in watched)
    more = tuple(column for column in ends if column not in columns)
    metrics = [column for column in columns if column.kind == "metric"]
    looked_at = ends if question.columns is not None else (*ends, *metrics)
    filled = None if question.filled is None else (*question.filled, *looked_at)
    first, last = question.rows
    table = store.table(
        TableQuery(
            (*columns, *more),
            question.sort,
            question.where,
            question.groups,
            question.unfolded,
            first,
            last - first,
            also=question.also,
            curved=pinned,
            filled=filled,
        )
    )
    diverged = frozenset(run.number for run, cells in _cells(table, ends) if any(map(_is_lost, cells)))
    is_bare = question.columns is None and bool(metrics) and not any(cells for _, cells in _cells(table, metrics))
    shown = _narrowed(table, len(columns)) if more else table
    return TableAnswer(outline, pinned, shown, diverged, question.where), is_bare and bool(table.runs)


def _own_pins(store: Questions, runs: tuple[int, ...]) -> tuple[str, ...]:
    """The metrics that say how well these runs do, whatever the other runs have."""
    held: dict[str, list[Metric]] = {}
    for detail in store.details(runs) if runs else ():
        for name, metric in detail.metrics.items():
            held.setdefault(name, []).append(metric)
    infos = tuple(
        MetricInfo(name, metrics[0].goal, None, len(metrics), any(each.min != each.max for each in metrics))
        for name, metrics in held.items()
    )
    return first_pins(Outline(len(runs), infos, ()))


def _cells(table: RunTable, columns: Sequence[Column]) -> Iterator[tuple[Run, list[float]]]:
    """Each run with its numbers in these columns of metrics."""
    places = [table.columns.index(column) for column in columns]
    for run in table.runs:
        cells = (run.cells[place] for place in places)
        yield run, [cell for cell in cells if isinstance(cell, int | float)]


def _is_lost(value: float) -> bool:
    return not isfinite(value)


def _narrowed(table: RunTable, count: int) -> RunTable:
    """The table with its first columns only."""
    rows = tuple(_cut(row, count) for row in table.rows)
    return replace(
        table,
        columns=table.columns[:count],
        rows=rows,
        best=table.best[:count],
        goals=table.goals[:count],
        numeric=table.numeric[:count],
    )


def _cut(row: Run | RunGroup, count: int) -> Run | RunGroup:
    if isinstance(row, Run):
        return replace(row, cells=row.cells[:count])
    return replace(row, cells=row.cells[:count])


def head_start(store: Questions, question: TableQuestion) -> Future[TableAnswer]:
    """The answer to the first question, sought while the screen is still being made."""
    executor = ThreadPoolExecutor(1, "head-start")
    future = executor.submit(answer, store, question)
    executor.shutdown(wait=False)
    return future
