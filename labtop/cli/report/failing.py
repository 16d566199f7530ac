"""The runs that failed, and those that diverged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from labtop.cli import values
from labtop.cli.report.document import Section
from labtop.cli.report.listing import Listing
from labtop.cli.report.results import MOST_ROWS, bounded, status_cell
from labtop.cli.tables import Cell, Table, cell
from labtop.cli.text import clean, cut
from labtop.store.model import Run, Status

FAILED: Final = (Status.FAILED, Status.CRASHED, Status.KILLED)
_MOST_METRICS: Final = 3  # of a run
_LONGEST: Final = 48  # cells of the name of a metric


def failures(listing: Listing) -> Section:
    """The runs that did not end well and what is known of why, then those of which only a metric was lost."""
    title = "What failed or diverged"
    failed = [run for run in listing.runs if run.status in FAILED]
    diverged = [run for run in listing.runs if run.status not in FAILED and listing.lost(run)]
    if not failed and not diverged:
        return Section(title, ("No run failed, and none diverged.",))
    runs = failed + diverged
    rows = tuple(_row(run, listing.lost(run)) for run in runs[:MOST_ROWS])
    more = f"{len(runs) - MOST_ROWS:,} more runs failed or diverged and are not listed."
    table = Table(("run", "status", "step", "last line", "what happened"), rows)
    return Section(title, (*(more for _ in runs[MOST_ROWS : MOST_ROWS + 1]), bounded(table)))


def _row(run: Run, lost: dict[str, float]) -> tuple[Cell, ...]:
    return (
        cell(run.name),
        status_cell(run),
        Cell(values.progress(run.step, run.total_steps), run.step, right=True),
        Cell(values.clock(run.updated, estimated=run.estimated), run.updated),
        cell("; ".join(_happened(run, lost))),
    )


def _happened(run: Run, lost: dict[str, float]) -> Iterator[str]:
    """The first line of the error of a run that failed, and which metrics ended in what."""
    if run.status in FAILED:
        first = next((line for line in map(clean, (run.error or "").splitlines()) if line.strip()), "")
        yield first.strip() or "no error is recorded"
    for metric, value in list(lost.items())[:_MOST_METRICS]:
        yield f"the last {cut(clean(metric), _LONGEST)} is {values.number(value)}"
    if len(lost) > _MOST_METRICS:
        yield f"{len(lost) - _MOST_METRICS} more metrics ended so"
