"""The best runs, the table of runs, and the runs that failed."""

from __future__ import annotations

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
from labtop.store.model import Column, Goal, Run, Status, TableQuery

MOST_ROWS: Final = 200
FAILED: Final = (Status.FAILED, Status.CRASHED, Status.KILLED)
_FIELDS: Final = ("name", "status", "step", "started", "duration")
_WORDS: Final[dict[Goal, str]] = {"min": "lowest", "max": "highest"}
_LONGEST: Final = 300  # cells of a value or an error in a table
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
    step = details[0].metrics[metric.key].best_step if details and metric.key in details[0].metrics else None
    return (
        cell(metric.key),
        cell(_WORDS[goal]),
        cell(listing.value(run, metric)),
        cell(run.name),
        Cell(values.LACKS, right=True) if step is None else cell(step),
        _status(run),
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
    table = store.table(TableQuery(columns=shown, sort=listing.sort, where=listing.where, limit=MOST_ROWS))
    rows = tuple(
        tuple(map(_dated, table.columns, row, (run,) * len(row)))
        for run, row in zip(table.runs, as_table(table, now).rows, strict=True)
    )
    starred = any(best is not None for best in table.best)
    said = " ".join(_order(listing, more=table.matched - len(rows), starred=starred))
    return Section("Runs", (said, bounded(Table(keys.headings(shown), rows))))


def _order(listing: Listing, *, more: int, starred: bool) -> Iterator[str]:
    first = listing.sort[0].column
    yield f"By {first.key}, the best first." if first.kind == "metric" else "The newest first."
    if starred:
        yield "* marks the best value of a metric."
    if more:
        yield f"{more:,} more runs are not listed."


def _dated(column: Column, cell_: Cell, run: Run) -> Cell:
    """A file is read later than it is written: a date, not an age."""
    if column.kind == "run" and column.key in ("started", "updated") and isinstance(cell_.value, float):
        return replace(cell_, text=values.clock(cell_.value, estimated=run.estimated), right=False)
    return cell_


def failures(listing: Listing) -> Section:
    """The runs that did not end well, and the first line of the error of each."""
    title, runs = "What failed", [run for run in listing.runs if run.status in FAILED]
    if not runs:
        return Section(title, ("No run failed.",))
    more = f"{len(runs) - MOST_ROWS:,} more runs failed and are not listed."
    table = Table(("run", "status", "step", "last line", "error"), tuple(map(_failure, runs[:MOST_ROWS])))
    return Section(title, (*(more for _ in runs[MOST_ROWS : MOST_ROWS + 1]), bounded(table)))


def _failure(run: Run) -> tuple[Cell, ...]:
    first = next((line for line in map(clean, (run.error or "").splitlines()) if line.strip()), "")
    return (
        cell(run.name),
        _status(run),
        Cell(values.progress(run.step, run.total_steps), run.step, right=True),
        Cell(values.clock(run.updated, estimated=run.estimated), run.updated),
        cell(first.strip() or "not recorded"),
    )


def bounded(table: Table) -> Table:
    """The table with its longest values cut: a parameter may be a whole document."""
    rows = tuple(tuple(replace(each, text=cut(each.text, _LONGEST)) for each in row) for row in table.rows)
    return replace(table, headings=tuple(cut(clean(text), _LONGEST_HEADING) for text in table.headings), rows=rows)


def _status(run: Run) -> Cell:
    return Cell(str(run.status), str(run.status), colour=STATUS_COLOURS.get(run.status))
