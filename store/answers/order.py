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


def where_of(cursor: duckdb.DuckDBPyConnection, text: str, now: float, known: Known) -> Where:
    """The condition that a filter is, on rows of `runs_in` of the sheet.

    Hidden runs pass only where the filter speaks of them. Raises `FilterError`.
    """
    if not text.strip():
        return Where("not hidden")
    from labtop.store.filter.where import where

    condition = where(text, known.filter_names(cursor), now)
    return condition if condition.of_hidden else Where(f"not hidden and ({condition.sql})", condition.parameters)


def filtered(cursor: duckdb.DuckDBPyConnection, text: str, now: float, known: Known) -> Where:
    """The same as a FROM and a WHERE, with the parameters of both."""
    condition = where_of(cursor, text, now, known)
    source = f"from runs_in('sheet.runs', ?) where {condition.sql}"
    return Where(source, (now, *condition.parameters))


_ORDER: Final = """
select run, status = 'running' as is_running, status in ('failed', 'crashed', 'killed') as has_failed,
    status = 'running' and progress is not null as on_its_way
from runs_in('sheet.runs', ?) {joins} where {where} order by {order}
"""


def ordered(cursor: duckdb.DuckDBPyConnection, text: str, sort: Sequence[SortKey], now: float, known: Known) -> Ordered:
    """The runs that pass the filter `text`. Within a second it is the same: who scrolls asks for it again and again."""
    key = text, tuple(sort), int(now)
    if known.of_commits.get("ordered", (None,))[0] != key:
        known.of_commits["ordered"] = key, _ordered(cursor, text, sort, now, known)
    found: Ordered = known.of_commits["ordered"][1]
    return found


def _ordered(
    cursor: duckdb.DuckDBPyConnection, text: str, sort: Sequence[SortKey], now: float, known: Known
) -> Ordered:
    metrics = {name: metric.number for name, metric in known.filter_names(cursor).metrics.items()}
    order = order_of(sort, metrics, known.goals(cursor), known.summaries)
    where = where_of(cursor, text, now, known)
    sql = _ORDER.format(joins=order.joins, where=where.sql, order=order.terms)
    parameters = [now, *order.parameters, *where.parameters]
    found = cursor.execute(sql, parameters).fetchnumpy()
    runs, is_running = found["run"].astype(np.int32), np.asarray(found["is_running"], bool)
    if text.strip():
        total, running, hidden, progress = _counts(cursor, now, known)
    else:
        total, running, progress = len(runs), int(is_running.sum()), bool(found["on_its_way"].any())
        hidden = _hidden(cursor, known)
    if where.of_hidden:
        total, hidden = total + hidden, 0
    has_failed = np.asarray(found["has_failed"], bool)
    return Ordered(runs, is_running, has_failed, progress, total, running, hidden)


_COUNTED_S: Final = 5.0  # a letter of a filter need not wait for how many runs there are
_COUNTS: Final = """
select count(*) filter (not hidden), count(*) filter (not hidden and status = 'running'), count(*) filter (hidden),
    coalesce(bool_or(status = 'running' and progress is not null), false)
from runs_in('sheet.runs', ?)
"""


_HIDDEN: Final = "select count(*) from sheet.runs where hidden"


def _hidden(cursor: duckdb.DuckDBPyConnection, known: Known) -> int:
    if "hidden" not in known.of_commits:
        known.of_commits["hidden"] = cursor.execute(_HIDDEN).fetchall()[0][0]
    return int(known.of_commits["hidden"])


def _counts(cursor: duckdb.DuckDBPyConnection, now: float, known: Known) -> tuple[int, int, int, bool]:
    moment = int(now / _COUNTED_S)  # within it no run falls silent that matters
    if known.of_commits.get("counts", (None,))[0] != moment:
        known.of_commits["counts"] = moment, cursor.execute(_COUNTS, [now]).fetchall()[0]
    counts: tuple[int, int, int, bool] = known.of_commits["counts"][1]
    return counts


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
