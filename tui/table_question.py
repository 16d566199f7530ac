"""What the workspace asks the store for its table, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import isfinite

from labtop.store.model import Aggregate, Column, Metric, MetricInfo, Outline, Run, RunTable, SortKey, TableQuery
from labtop.store.questions import Questions
from labtop.tui.pins import first_pins
from labtop.tui.rows import DEFAULT_SORT, query_columns
from labtop.tui.session.session import Session
from labtop.tui.shown import FIRST_RUNS

_MOST_COUNTED = 1000
"""Of so many runs the points are counted, to tell which have curves; of more that would take too long."""

MOST_LISTED = 2000
"""Rows of the table: of more runs the first in its order are listed. To sort and to filter reaches the others."""


@dataclass(frozen=True, slots=True)
class TableQuestion:
    """The table as it shall be; `pins` None leaves the choice of metrics to what the directory holds."""

    pins: tuple[str, ...] | None = None
    aggregate: Aggregate = "last"
    sort: SortKey = DEFAULT_SORT
    contains: str = ""


def question_of(session: Session) -> TableQuestion:
    """The table as a session had it."""
    return TableQuestion(session.pins, session.aggregate, session.sort, session.filter_text)


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """The table, the metrics that it shows, and the outline that they were chosen from.

    `diverged` are the runs of which a metric with a goal ended in NaN or infinity, `first` those that charts show
    while none is marked; both by number.
    """

    outline: Outline
    pinned: tuple[str, ...]
    table: RunTable
    diverged: frozenset[int] = frozenset()
    first: tuple[int, ...] = ()


def answer(store: Questions, question: TableQuestion) -> TableAnswer:
    """Ask the store; takes two queries or, where none of the listed runs has what most runs have, four: so call it in a
    thread.
    """
    outline = store.outline()
    if question.pins is not None:
        return _answer(store, question, outline, question.pins)[0]
    found, is_bare = _answer(store, question, outline, first_pins(outline))
    own = _own_pins(store, found.first) if is_bare else ()
    return _answer(store, question, outline, own)[0] if own else found


def _answer(
    store: Questions, question: TableQuestion, outline: Outline, pinned: tuple[str, ...]
) -> tuple[TableAnswer, bool]:
    """The answer with these metrics, and whether no run that is listed has any of them."""
    columns = query_columns(pinned, outline, question.aggregate)
    watched = dict.fromkeys((*first_pins(outline), *pinned))
    ends = tuple(Column("metric", info.name) for info in outline.metrics if info.goal and info.name in watched)
    counts = tuple(Column("metric", name, "count") for name in pinned) if outline.runs <= _MOST_COUNTED else ()
    more = tuple(column for column in (*ends, *counts) if column not in columns)
    table = store.table(TableQuery((*columns, *more), (question.sort,), contains=question.contains, limit=MOST_LISTED))
    diverged = frozenset(run.number for run, cells in _cells(table, ends) if any(map(_is_lost, cells)))
    first = _first_runs(table, counts, question.sort)
    is_bare = bool(pinned) and not any(cells for _, cells in _cells(table, columns[: len(pinned)]))
    shown = _narrowed(table, len(columns)) if more else table
    return TableAnswer(outline, pinned, shown, diverged, first), is_bare


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


def _first_runs(table: RunTable, counts: Sequence[Column], sort: SortKey) -> tuple[int, ...]:
    """The first runs with a curve of a pinned metric, then the first of the others; in the order that nobody asked for
    those that run now go before the rest of each.
    """
    curved = {run.number for run, cells in _cells(table, counts) if max(cells, default=0) > 1}
    running_first = sort == DEFAULT_SORT

    def place(run: Run) -> tuple[bool, bool]:
        return run.number not in curved, running_first and run.status != "running"

    return tuple(run.number for run in sorted(table.runs, key=place)[:FIRST_RUNS])


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
    rows = tuple(replace(run, cells=run.cells[:count]) for run in table.runs)
    return replace(table, columns=table.columns[:count], rows=rows, best=table.best[:count], goals=table.goals[:count])


def head_start(store: Questions, question: TableQuestion) -> Future[TableAnswer]:
    """The answer to the first question, sought while the screen is still being made."""
    executor = ThreadPoolExecutor(1, "head-start")
    future = executor.submit(answer, store, question)
    executor.shutdown(wait=False)
    return future
