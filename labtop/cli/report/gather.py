"""From a store and a wish to a report."""

from __future__ import annotations

import time
from dataclasses import dataclass

from labtop.cli import values
from labtop.cli.report.comparing import differences
from labtop.cli.report.document import Report
from labtop.cli.report.drawing import curves
from labtop.cli.report.failing import FAILED, failures
from labtop.cli.report.listing import Listing, listing
from labtop.cli.report.models import models
from labtop.cli.report.results import best_runs, runs_table
from labtop.cli.report.saying import decisions
from labtop.cli.text import clean
from labtop.store import Store
from labtop.store.model import Column, Outline


@dataclass(frozen=True, slots=True)
class Wish:
    """What the report is to be about: runs that pass `where`; without metrics, columns or title those that fit."""

    where: str = ""
    metrics: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    title: str = ""


def gather(store: Store, outline: Outline, wish: Wish, now: float) -> Report:
    """The whole report; `now` is seconds since the epoch. Raises `CommandError` where no run passes the filter."""
    found = listing(store, wish.where, wish.metrics, outline)
    root = store.root.resolve()
    return Report(
        title=clean(wish.title).strip() or f"Report of {clean(root.name) or 'runs'}",
        facts=(
            ("Directory", clean(str(root))),
            ("Written", f"{values.clock(now)} {time.strftime('%z', time.localtime(now))}"),
            ("Runs", _runs(found)),
            ("Filter", clean(wish.where).strip() or "none"),
        ),
        sections=(
            best_runs(store, found),
            runs_table(store, found, wish.columns, now),
            differences(store, found),
            curves(store, found),
            decisions(store, found),
            *models(store, found),
            failures(found),
        ),
    )


def _runs(found: Listing) -> str:
    """How many runs there are, are in the report, go on, failed, and diverged where any did."""
    table = found.table
    failed = sum(run.status in FAILED for run in found.runs)
    lost = sum(bool(found.lost(run)) for run in found.runs)
    diverged = f", {lost:,} diverged" if lost else ""
    hidden = f" (and {table.hidden:,} hidden)" if table.hidden else ""
    passed = f"{table.matched:,} in this report"
    return f"{table.total:,} in all{hidden}, {passed}, {table.matched_running:,} running, {failed:,} failed{diverged}"
