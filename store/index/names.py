"""Names: the numbers of runs and metrics. A number, once given, stays."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from labtop.store.index.rows import as_json, insert
from labtop.store.read.goals import infer_goal
from labtop.store.read.names import name_codes

_IDENTITIES = {"run": "integer", "id": "varchar", "folder": "varchar", "leaf": "varchar"}
_CODES = {"run": "integer", "folder": "varchar", "key": "varchar", "value": "varchar"}
_KNOWN_METRICS = {"metric": "integer", "name": "varchar", "goal": "varchar"}
_RUNS = "select id, run from identities"
_METRICS = "select name, metric from known_metrics"


class Names:
    """Gives numbers at once; the new names are stored with the next slice. All of one thread."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._runs: dict[str, int] = dict(cursor.execute(_RUNS).fetchall())
        self._metrics: dict[str, int] = dict(cursor.execute(_METRICS).fetchall())
        self._taken_runs = len(self._runs)
        self._taken_metrics = len(self._metrics)

    def run(self, run_id: str) -> int:
        """The number of a run, in the order of first appearance."""
        return self._runs.setdefault(run_id, len(self._runs))

    def known_run(self, run_id: str) -> int | None:
        """The number of a run that has one."""
        return self._runs.get(run_id)

    def metric(self, name: str) -> int:
        """The number of a metric."""
        return self._metrics.setdefault(name, len(self._metrics))

    def take_new(self) -> NewNames:
        """The names that were not taken before."""
        runs = list(self._runs.items())[self._taken_runs :]
        metrics = list(self._metrics.items())[self._taken_metrics :]
        self._taken_runs, self._taken_metrics = len(self._runs), len(self._metrics)
        return NewNames(runs, metrics)

    def give_back(self, new: NewNames) -> None:
        """They were not stored: they are taken again with the next."""
        self._taken_runs -= len(new.runs)
        self._taken_metrics -= len(new.metrics)


@dataclass(frozen=True, slots=True)
class NewNames:
    """Names that the index does not have yet, with their numbers."""

    runs: list[tuple[str, int]]
    metrics: list[tuple[str, int]]

    def store(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Write them, within the caller's transaction."""
        identities, codes = [], []
        for run_id, number in self.runs:
            folder, _, leaf = run_id.rpartition("/")
            identities.append((number, run_id, folder, leaf))
            codes += [(number, folder, key, as_json(value)) for key, value in name_codes(leaf).items()]
        metrics = [(number, name, infer_goal(name)) for name, number in self.metrics]
        insert(cursor, "identities", _IDENTITIES, identities)
        insert(cursor, "name_codes", _CODES, codes)
        insert(cursor, "known_metrics", _KNOWN_METRICS, metrics)
