"""What the workspace asks the store for its table, and what comes back."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from labtop.store.model import Aggregate, Outline, RunTable, SortKey, TableQuery
from labtop.store.store import Store
from labtop.tui.pins import first_pins
from labtop.tui.rows import DEFAULT_SORT, query_columns


@dataclass(frozen=True, slots=True)
class TableQuestion:
    """The table as it shall be; `pins` None leaves the choice of metrics to what the directory holds."""

    pins: tuple[str, ...] | None = None
    aggregate: Aggregate = "last"
    sort: SortKey = DEFAULT_SORT
    contains: str = ""


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """The table, the metrics that it shows, and the outline that they were chosen from."""

    outline: Outline
    pinned: tuple[str, ...]
    table: RunTable


def answer(store: Store, question: TableQuestion) -> TableAnswer:
    """Ask the store; takes two queries, so call it in a thread."""
    outline = store.outline()
    pinned = first_pins(outline) if question.pins is None else question.pins
    columns = query_columns(pinned, outline, question.aggregate)
    table = store.table(TableQuery(columns, (question.sort,), question.contains))
    return TableAnswer(outline, pinned, table)


def head_start(store: Store) -> Future[TableAnswer]:
    """The answer to the first question, sought while the screen is still being made."""
    executor = ThreadPoolExecutor(1, "head-start")
    future = executor.submit(answer, store, TableQuestion())
    executor.shutdown(wait=False)
    return future
