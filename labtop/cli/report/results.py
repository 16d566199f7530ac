"""The best runs, and the table of runs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from labtop.cli import columns as keys
from labtop.cli import values
from labtop.cli.ls import STATUS_COLOURS, as_table
from labtop.cli.report.document import Section
from labtop.cli.report.listing import MOST_PARAMS, Listing
from labtop.cli.tables import Cell, Table, cell
from labtop.cli.text import clean, cut
from labtop.store import Store
from labtop.store.model import Column, Goal, Json, Run, RunTable, TableQuery

MOST_ROWS: Final = 200
_FIELDS: Final = ("name", "status", "step", "started", "duration")
_WORDS: Final[dict[Goal, str]] = {"min": "lowest", "max": "highest"}
_LONGEST: Final = 300  # cells of a value in a table
_LONGEST_HEADING: Final = 48


def best_runs(store: Store, listing: Listing) -> Section:
    """For each metric that has a goal the run that reached its best value."""
    title, goals = "Best runs", zip(listing.metrics, listing.goals, strict=True)
    found = [(metric, goal, listing.best(metric, goal)) for metric, goal in goals if goal]
    rows = tuple(_best(store, listing, metric, goal, run) for metric, goal, run in found if run is not None)
    if not rows:
        lacking = "No metric of these runs has a goal" if not found else "No value of these metrics is finite"
        return Section(title, (f"{lacking}, so no run is the best.",))
    return Section(
        title, (bounded(Table(("metric", "best", "value", "run", "step", "status", "params that differ"), rows)),)
    )


def _best(store: Store, listing: Listing, metric: Column, goal: Goal, run: Run) -> tuple[Cell, ...]:
    details = store.details([run.number])
    known = details[0].metrics.get(metric.key) if details else None
    step, last = (known.best_step, known.last) if known else (None, None)
    return (
        cell(metric.key),
        cell(_WORDS[goal]),
        _ended(cell(listing.value(run, metric)), last),
        cell(run.name),
        Cell(values.LACKS, right=True) if step is None else cell(step),
        status_cell(run),
        cell(_params(listing, run)),
    )


def _params(listing: Listing, run: Run) -> str:
    pairs = ((column.key, listing.value(run, column)) for column in listing.params[:MOST_PARAMS])
    return ", ".join(f"{key}={values.shown(value)}" for key, value in pairs if value is not None) or values.LACKS


def runs_table(store: Store, listing: Listing, columns: tuple[Column, ...], now: float) -> Section:
    """The first runs with these columns, else with fields, metrics and the params that differ."""
    shown = columns or (
        *(Column("run", field) for field in _FIELDS),
        *listing.metrics,
        *listing.params[:MOST_PARAMS],
    )
    ends = tuple(Column("metric", column.key) for column in shown if column.kind == "metric")
    asked = tuple(dict.fromkeys(shown + ends))
    table = store.table(TableQuery(columns=asked, sort=listing.sort, where=listing.where, limit=MOST_ROWS))
    places = [asked.index(column) for column in shown]
    rows = tuple(
        tuple(_read_later(table, run, asked[at], row[at]) for at in places)
        for run, row in zip(table.runs, as_table(table, now).rows, strict=True)
    )
    starred = any(table.best[at] is not None for at in places)
    said = " ".join(_order(listing, more=table.matched - len(rows), starred=starred))
    return Section("Runs", (said, bounded(Table(keys.headings(shown), rows))))


def _order(listing: Listing, *, more: int, starred: bool) -> Iterator[str]:
    first = listing.sort[0].column
    yield f"By {first.key}, the best first." if first.kind == "metric" else "The newest first."
    if starred:
        yield "* marks the best value of a metric."
    if more:
        yield f"{more:,} more runs are not listed."


def _read_later(table: RunTable, run: Run, column: Column, cell_: Cell) -> Cell:
    """A file is read later than it is written: a date, not an age. Beside a metric stands that it was lost."""
    if column.kind == "metric" and column.aggregate != "count":
        return _ended(cell_, run.cells[table.columns.index(Column("metric", column.key))])
    if column.kind == "run" and column.key in ("started", "updated") and isinstance(cell_.value, float):
        return replace(cell_, text=values.clock(cell_.value, estimated=run.estimated), right=False)
    return cell_


def _ended(cell_: Cell, last: Json) -> Cell:
    """The cell of a metric, which says so where its value is finite and its `last` one is not."""
    value = cell_.value
    if not isinstance(last, float) or math.isfinite(last) or not isinstance(value, float) or not math.isfinite(value):
        return cell_
    return replace(cell_, text=f"{cell_.text.strip()}, last {values.number(last)}", colour="red")


def bounded(table: Table) -> Table:
    """The table with its longest values cut: a parameter may be a whole document."""
    rows = tuple(tuple(replace(each, text=cut(each.text, _LONGEST)) for each in row) for row in table.rows)
    return replace(table, headings=tuple(cut(clean(text), _LONGEST_HEADING) for text in table.headings), rows=rows)


def status_cell(run: Run) -> Cell:
    """Its status, in the colour that the table of runs has for it."""
    return Cell(str(run.status), str(run.status), colour=STATUS_COLOURS.get(run.status))
