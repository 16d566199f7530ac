"""What differs between the best runs, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from labtop.cli.diff import tables
from labtop.cli.report.document import Block, Section
from labtop.cli.report.listing import Listing
from labtop.cli.report.results import MOST_ROWS, bounded
from labtop.store import Store
from labtop.store.model import CompareRow, Comparison

MOST_RUNS: Final = 8
_TOPICS: Final = {"params": "parameters", "code": "code", "data": "data", "env": "environment"}


def differences(store: Store, listing: Listing) -> Section:
    """Parameters, code, data and environment of the first runs, only what differs; and the report's metrics of them."""
    title, runs = "What differs", listing.runs[:MOST_RUNS]
    if len(runs) < 2:
        return Section(title, ("There is one run: nothing to compare.",))
    comparison = store.compare([run.number for run in runs])
    named = {column.key for column in listing.metrics}
    chosen = replace(comparison, metrics=tuple(row for row in comparison.metrics if row.key in named))
    shown = [bounded(table) for table in tables(chosen, 0, everything=False) if table.rows]
    blocks: list[Block] = [_which(len(runs), len(listing.runs)), _same(comparison)]
    for table in shown:
        titled = replace(table, title=_TOPICS.get(table.title, table.title).capitalize(), rows=table.rows[:MOST_ROWS])
        blocks.append(titled)
        if len(table.rows) > MOST_ROWS:
            blocks.append(f"{len(table.rows) - MOST_ROWS:,} more rows differ and are not listed.")
    return Section(title, tuple(blocks))


def _which(shown: int, total: int) -> str:
    return f"The first {shown} of {total:,} runs." if shown < total else f"All {total} runs."


def _same(comparison: Comparison) -> str:
    """How much of each topic is the same, and what is not known of any run."""
    counts = {name: _count(getattr(comparison, topic)) for topic, name in _TOPICS.items()}
    known = [f"{same} of {total} in {name}" for name, (same, total) in counts.items() if total]
    unknown = [name for name, (_, total) in counts.items() if not total]
    said = f"What is the same in all of them: {', '.join(known)}." if known else ""
    return f"{said} Not recorded: {', '.join(unknown)}.".strip() if unknown else said


def _count(rows: Sequence[CompareRow]) -> tuple[int, int]:
    return sum(not row.differs for row in rows), len(rows)
