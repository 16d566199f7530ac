"""The order of a table: which runs pass its filter, in which order, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.known import Known
from labtop.store.answers.values import order_of
from labtop.store.filter.names import Where
from labtop.store.model import Column, SortKey, TableQuery

Numbers = NDArray[np.int32]
_STARTED: Final = Column("run", "started")


@dataclass(frozen=True, slots=True)
class Ordered:
    """The numbers of the matched runs in the order of the table, and which of them are running.

    `total` and `running` count all runs but `hidden` ones; `progress`: of one of all it is known how far it is.
    """

    runs: Numbers
    is_running: NDArray[np.bool_]
    has_failed: NDArray[np.bool_]
    progress: bool
    total: int
    running: int
    hidden: int


def where_of(cursor: duckdb.DuckDBPyConnection, text: str, known: Known) -> Where:
    """The condition that a filter is, on rows of `sheet.runs`.

    Hidden runs pass only where the filter speaks of them. Raises `FilterError`.
    """
    if not text.strip():
        return Where("not hidden")
    from labtop.store.filter.where import where

    condition = where(text, known.filter_names(cursor), known.now)
    return condition if condition.of_hidden else Where(f"not hidden and ({condition.sql})", condition.parameters)


def ordered(cursor: duckdb.DuckDBPyConnection, text: str, sort: Sequence[SortKey], known: Known) -> Ordered:
    """The runs that pass the filter `text`. Within a second it is the same: who scrolls asks for it again and again."""
    return known.kept_of_turns(
        "ordered", (text, tuple(sort), int(known.now)), lambda: _ordered(cursor, text, sort, known)
    )


def _ordered(cursor: duckdb.DuckDBPyConnection, text: str, sort: Sequence[SortKey], known: Known) -> Ordered:
    """Who types a filter waits for what passes it; the order of all runs, and how they stand, were there before."""
    where = where_of(cursor, text, known)
    stand: _Stand = known.kept_of_turns("stand", None, lambda: _stand(cursor))
    order: Numbers = known.kept_of_turns("order", tuple(sort), lambda: _order(cursor, sort, known))
    passes = _passing(cursor, where, len(stand.hidden)) if text.strip() else ~stand.hidden
    runs = order[passes[order]]
    shown = stand.there if where.of_hidden else stand.there & ~stand.hidden
    return Ordered(
        runs,
        stand.running[runs],
        stand.failed[runs],
        progress=bool((stand.on_its_way & shown).any()),
        total=int(shown.sum()),
        running=int((stand.running & shown).sum()),
        hidden=0 if where.of_hidden else int(stand.hidden.sum()),
    )


@dataclass(frozen=True, slots=True)
class _Stand:
    """What holds for all runs, by number."""

    there: NDArray[np.bool_]
    running: NDArray[np.bool_]
    failed: NDArray[np.bool_]
    on_its_way: NDArray[np.bool_]
    hidden: NDArray[np.bool_]


_STAND: Final = """
select run, true as there, status = 'running' as running, status in ('failed', 'crashed', 'killed') as failed,
    status = 'running' and progress is not null as on_its_way, hidden
from sheet.runs
"""


def _stand(cursor: duckdb.DuckDBPyConnection) -> _Stand:
    found = cursor.execute(_STAND).fetchnumpy()
    runs = found.pop("run")
    by_number = np.zeros((len(found), runs.max(initial=-1) + 1), np.bool_)
    for row, values in zip(by_number, found.values(), strict=True):
        row[runs] = values
    return _Stand(*by_number)


_ORDER: Final = "select run from sheet.runs {joins} order by {order}"


def _order(cursor: duckdb.DuckDBPyConnection, sort: Sequence[SortKey], known: Known) -> Numbers:
    """All runs, in order."""
    metrics = {name: metric.number for name, metric in known.filter_names(cursor).metrics.items()}
    order = order_of(sort, metrics, known.goals(cursor), known.summaries)
    sql = _ORDER.format(joins=order.joins, order=order.terms)
    return np.asarray(cursor.execute(sql, order.parameters).fetchnumpy()["run"], np.int32)


def _passing(cursor: duckdb.DuckDBPyConnection, where: Where, numbers: int) -> NDArray[np.bool_]:
    """Whether the condition holds, by number of run."""
    found = cursor.execute(f"select run from sheet.runs where {where.sql}", where.parameters).fetchnumpy()
    passes = np.zeros(numbers, np.bool_)
    passes[found["run"]] = True
    return passes


def leading(
    cursor: duckdb.DuckDBPyConnection, ordered: Ordered, query: TableQuery, most: int, known: Known
) -> tuple[int, ...]:
    """The first runs with a curve of a metric that the query is curious about, then the first of the others, `most` of
    them. In a table by start those that run now go before the rest of each.
    """
    if not len(ordered.runs):
        return ()
    bare = ~np.isin(ordered.runs, _with_curves(cursor, query.curved, known))
    by_start = not query.sort or query.sort[0].column == _STARTED
    waits = ~ordered.is_running & by_start
    places = np.lexsort((np.arange(len(bare)), waits, bare))[:most]
    return tuple(ordered.runs[places].tolist())


_CURVED: Final = """
select distinct run from {summaries} where metric in (select unnest(?::integer[])) and count > 1
"""


def _with_curves(cursor: duckdb.DuckDBPyConnection, names: Sequence[str], known: Known) -> Numbers:
    """The runs with two points of one of these metrics, in any order."""
    key = "curved", tuple(names)
    if key not in known.of_commits:
        there = known.filter_names(cursor).metrics
        metrics = [there[name].number for name in names if name in there]
        sql = _CURVED.format(summaries=known.summaries)
        known.of_commits[key] = cursor.execute(sql, [metrics]).fetchnumpy()["run"]
    found: Numbers = known.of_commits[key]
    return found
