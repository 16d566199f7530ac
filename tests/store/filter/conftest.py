"""A directory of chosen runs in a real index, to be filtered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labtop.store.answers.sheet import lay
from labtop.store.filter.names import FilterNames, MetricName
from labtop.store.filter.where import where
from tests.store.answers.conftest import Shelf

NOW = 1_800_000_000.0


class Filtered(Shelf):
    """Runs, and which of them a filter lets through."""

    def __init__(self) -> None:
        super().__init__()
        self.names = FilterNames()

    def lay(self) -> None:
        """Put out what the filter reads, as the store does after every change."""
        lay(self.connection, "told_apart_names")

        # The view itself takes longer to plan than most filters to run.
        seen = f"select * from runs_from('lone_runs', 'sheet.names', {NOW})"
        self.connection.execute(f"create or replace temp table seen as {seen}")

        def texts(sql: str) -> tuple[str, ...]:
            return tuple(row[0] for row in self.connection.execute(sql).fetchall())

        metrics = self.connection.execute("select name, metric, goal from metric_names").fetchall()
        self.names = FilterNames(
            params=texts("select key from sheet.params group by key order by count(*) desc, key"),
            metrics={name: MetricName(number, goal) for name, number, goal in metrics},
            attributes=texts("select key from sheet.attributes group by key order by count(*) desc, key"),
            tags=texts("select distinct unnest(tags) as tag from lone_runs order by tag"),
        )

    def ids(self, text: str) -> list[str]:
        """The ids of the runs that the filter lets through, in order of their number."""
        condition = where(text, self.names, NOW)
        sql = f"select id from seen where {condition.sql} order by run"
        return [row[0] for row in self.connection.execute(sql, condition.parameters).fetchall()]

    def shown(self, text: str) -> str:
        """The same in one line."""
        return " ".join(self.ids(text))


@pytest.fixture
def filtered() -> Iterator[Filtered]:
    shelf = Filtered()
    yield shelf
    shelf.connection.close()
