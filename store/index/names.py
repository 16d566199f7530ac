"""Names: the numbers of runs and metrics. A number, once given, stays."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import orjson

from labtop.store.index.rows import insert
from labtop.store.read.goals import infer_goal
from labtop.store.read.names import name_codes

_IDENTITIES = {"run": "integer", "id": "varchar", "folder": "varchar", "leaf": "varchar"}
_CODES = {"run": "integer", "folder": "varchar", "key": "varchar", "value": "varchar"}
_METRIC_NAMES = {"metric": "integer", "name": "varchar", "goal": "varchar"}
_RUNS = "select id, run from identities"
_METRICS = "select name, metric from metric_names"
_DECLARE = "update metric_names set goal = coalesce(?, goal), unit = coalesce(?, unit) where name = ?"


class Names:
    """Gives numbers at once and stores the new ones with the next transaction."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._runs: dict[str, int] = dict(cursor.execute(_RUNS).fetchall())
        self._metrics: dict[str, int] = dict(cursor.execute(_METRICS).fetchall())
        self._stored_runs = len(self._runs)
        self._stored_metrics = len(self._metrics)

    def run(self, run_id: str) -> int:
        """The number of a run, in the order of first appearance."""
        return self._runs.setdefault(run_id, len(self._runs))

    def metric(self, name: str) -> int:
        """The number of a metric."""
        return self._metrics.setdefault(name, len(self._metrics))

    def store(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Write the new names, within the caller's transaction."""
        identities, codes = [], []
        for run_id in list(self._runs)[self._stored_runs :]:
            folder, _, leaf = run_id.rpartition("/")
            number = self._runs[run_id]
            identities.append((number, run_id, folder, leaf))
            codes += [(number, folder, key, orjson.dumps(value).decode()) for key, value in name_codes(leaf).items()]
        metrics = [
            (self._metrics[name], name, infer_goal(name)) for name in list(self._metrics)[self._stored_metrics :]
        ]
        insert(cursor, "identities", _IDENTITIES, identities)
        insert(cursor, "name_codes", _CODES, codes)
        insert(cursor, "metric_names", _METRIC_NAMES, metrics)

    def stored(self) -> None:
        """The transaction that `store` wrote into was committed."""
        self._stored_runs, self._stored_metrics = len(self._runs), len(self._metrics)


def declare(cursor: duckdb.DuckDBPyConnection, said: Mapping[str, object]) -> None:
    """A `metric` event: the goal and unit of a metric, as its author says."""
    goal = said.get("goal") if said.get("goal") in ("min", "max") else None
    unit = said.get("unit") if isinstance(said.get("unit"), str) else None
    cursor.execute(_DECLARE, [goal, unit, said["name"]])
