"""An index of chosen rows in a real database, for what would take long logs or a clock to bring about."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence

import duckdb
import pytest

from labtop.store.index.schema import create

_TABLES = """
select table_name from duckdb_tables() where table_name <> 'meta' and database_name = current_database()
"""


class Shelf:
    """Puts rows into the tables of the index, as ingest would."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        create(self.connection)
        self.runs = 0
        self.files = 0

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self.connection.cursor()

    def clear(self) -> None:
        for table in ("identities", "shares", "files"):
            self.connection.execute(f"delete from {table}")
        self.runs = self.files = 0

    def empty(self) -> None:
        """As if it were new."""
        for (table,) in self.connection.execute(_TABLES).fetchall():
            self.connection.execute(f"delete from {table}")
        self.runs = self.files = 0

    def insert(self, table: str, **row: object) -> None:
        marks = ", ".join("?" * len(row))
        names = ", ".join(f'"{name}"' for name in row)
        self.connection.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))

    def run(self, id_: str, **share: object) -> int:
        """A run with one file; its number."""
        number = self.runs
        self.runs += 1
        folder, _, leaf = id_.rpartition("/")
        self.insert("identities", run=number, id=id_, folder=folder, leaf=leaf)
        self.share(number, **share)
        return number

    def share(self, run: int, **share: object) -> int:
        """One more file of the run; its number."""
        file = self.files
        self.files += 1
        usual = {"attempt": 0, "resumed": False, "estimated": False, "heard": 0.0, "grown": True, "crashed": False}
        self.insert("shares", **({"run": run, "file": file, "facts": "{}"} | usual | share))
        self.insert("files", file=file, path=f"file{file}.jsonl")
        return file

    def param(self, run: int, key: str, value: object, source: str = "config", line: int = 0, file: int = 0) -> None:
        self.insert("said_params", run=run, file=file, line=line, key=key, value=json.dumps(value), source=source)

    def attribute(
        self, run: int, key: str, value: str, count: int = 2, *, changed: bool = False, is_id: bool = False
    ) -> None:
        self.insert("attributes", run=run, file=0, key=key, value=value, count=count, changed=changed, is_id=is_id)

    def code(self, run: int, key: str, value: object, folder: str = "") -> None:
        self.insert("name_codes", run=run, folder=folder, key=key, value=json.dumps(value))

    def event(
        self, run: int, event: str, text: str = "", time: float | None = None, line: int = 0, **data: object
    ) -> None:
        self.insert("events", run=run, file=0, line=line, time=time, event=event, text=text, data=json.dumps(data))

    def metric(
        self,
        run: int,
        name: str,
        values: Sequence[float],
        *,
        goal: str | None = None,
        steps: Sequence[float] | None = None,
        times: Sequence[float] | None = None,
        attempts: Sequence[int] | None = None,
        passes: Sequence[int] | None = None,
    ) -> None:
        """Points and their summary; steps and times count from 0 unless given."""
        found = self.connection.execute("select metric from metric_names where name = ?", [name]).fetchall()
        metric = found[0][0] if found else self._declare(name, goal)
        usual = [float(place) for place in range(len(values))]
        steps, times = steps or usual, times or usual
        attempts, passes = attempts or [0] * len(values), passes or [0] * len(values)
        self.connection.execute(
            "insert into point_rows by name select ? as run, 0 as file, ? as octet, ? as has, unnest(range(?)) as line,"
            " unnest(?::double[]) as step, unnest(?::double[]) as time, unnest(?::int[]) as attempt,"
            f" unnest(?::int[]) as pass, unnest(?::double[]) as v{metric % 8}",
            [run, metric // 8, 1 << metric % 8, len(values), steps, times, attempts, passes, list(values)],
        )
        finite = [(value, step) for value, step in zip(values, steps, strict=True) if math.isfinite(value)]
        low, high = min(finite, default=(None, None)), max(finite, default=(None, None), key=lambda pair: pair[0])
        self.insert(
            "file_summaries",
            run=run,
            metric=metric,
            file=0,
            count=len(values),
            nan=len(values) - len(finite),
            total=sum(value for value, _ in finite),
            first=values[0],
            first_time=times[0],
            last=values[-1],
            last_step=steps[-1],
            last_time=times[-1],
            min=low[0],
            min_step=low[1],
            max=high[0],
            max_step=high[1],
        )

    def _declare(self, name: str, goal: str | None) -> int:
        metric = int(self.connection.execute("select count(*) from known_metrics").fetchall()[0][0])
        self.insert("known_metrics", metric=metric, name=name, goal=goal)
        return metric


@pytest.fixture(scope="module")
def kept_shelf() -> Iterator[Shelf]:
    """For many examples, each of which clears it."""
    shelf = Shelf()
    yield shelf
    shelf.connection.close()


@pytest.fixture
def shelf(kept_shelf: Shelf) -> Shelf:
    """An empty one: to make its tables anew takes ten times as long."""
    kept_shelf.empty()
    return kept_shelf
