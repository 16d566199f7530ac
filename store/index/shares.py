"""Shares and attributes: rows of the index into what a reader remembers, and back."""

from __future__ import annotations

from typing import Any

import duckdb
import orjson

from labtop.store.index.rows import Row, as_json, insert
from labtop.store.read.axis import Axis
from labtop.store.read.share import Attribute, Share

_TYPES = {
    "name": "varchar",
    "group_name": "varchar",
    "parent": "varchar",
    "tags": "varchar[]",
    "notes": "varchar",
    "hypothesis": "varchar",
    "total_steps": "double",
    "percent": "double",
    "eta_s": "double",
    "started": "double",
    "updated": "double",
    "estimated": "boolean",
    "step": "double",
    "stepped": "boolean",
    "attempt": "usmallint",
    "resumed": "boolean",
    "gap_s": "double",
    "expect_s": "double",
    "heard": "double",
    "grown": "boolean",
    "end_status": "varchar",
    "exit_code": "integer",
    "error": "varchar",
    "traceback": "varchar",
    "host": "varchar",
    "pid": "integer",
    "pid_started": "double",
    "crashed": "boolean",
}
_TAGS = list(_TYPES).index("tags")
_KEYS = {"run": "integer", "file": "integer"}
_JSON = {"facts": "varchar", "state": "varchar"}
_ATTRIBUTES = {"key": "varchar", "value": "varchar", "count": "ubigint", "changed": "boolean", "is_id": "boolean"}

_LOAD = f"""
select i.id, s.facts, s.state, {", ".join("s." + name for name in _TYPES)}
from shares s join identities i on i.run = s.run where s.file = ?
"""
_LOAD_ATTRIBUTES = """
select i.id, a.key, a.value, a.count, a.changed, a.is_id
from attributes a join identities i on i.run = a.run where a.file = ?
"""
_LOAD_METRICS = "select name from file_summaries join metric_names using (metric) where file = ?"
_FORGET = """
delete from {table} where (run, file) in (select unnest(?::integer[]), unnest(?::integer[]))
"""


def load_shares(cursor: duckdb.DuckDBPyConnection, file: int) -> dict[str, Share]:
    """What a file said of its runs so far, by run id."""
    shares: dict[str, Share] = {}
    for run_id, facts, state, *values in cursor.execute(_LOAD, [file]).fetchall():
        memory: dict[str, Any] = orjson.loads(state)
        axis = Axis.from_json(memory.pop("axis"))
        fields = dict(zip(_TYPES, values, strict=True))
        shares[run_id] = Share(**fields, facts=orjson.loads(facts), axis=axis, **memory)
    for run_id, key, value, count, changed, is_id in cursor.execute(_LOAD_ATTRIBUTES, [file]).fetchall():
        shares[run_id].attributes[key] = Attribute(value, count, changed, is_id)
    return shares


def load_metrics(cursor: duckdb.DuckDBPyConnection, file: int) -> list[str]:
    """The metrics that a file has so far."""
    return [name for (name,) in cursor.execute(_LOAD_METRICS, [file]).fetchall()]


def _facts(share: Share) -> str:
    """The facts as one JSON object; one that JSON cannot hold becomes text."""
    return "{" + ",".join(f"{as_json(key)}:{as_json(value)}" for key, value in share.facts.items()) + "}"


class ShareRows:
    """Rows of the tables `shares` and `attributes`, each as its share was when it was added."""

    def __init__(self) -> None:
        self.runs: set[int] = set()
        self._pairs: list[tuple[int, int]] = []
        self._shares: list[Row] = []
        self._attributes: list[Row] = []

    def add(self, run: int, file: int, share: Share) -> None:
        """What a file says of a run now; another one of the same file and run must not be among the rows."""
        state = {
            "axis": share.axis.to_json(),
            "anchor": share.anchor,
            "last_elapsed": share.last_elapsed,
            "said": share.said,
        }
        self.runs.add(run)
        self._pairs.append((run, file))
        values = [getattr(share, name) for name in _TYPES]
        values[_TAGS] = list(share.tags)
        self._shares.append([run, file, *values, _facts(share), as_json(state)])
        self._attributes += [
            (run, file, key, item.value, item.count, item.changed, item.is_id) for key, item in share.attributes.items()
        ]

    def store(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Put these in the place of the rows of the same (run, file)."""
        runs, files = [run for run, _ in self._pairs], [file for _, file in self._pairs]
        for table in ("shares", "attributes"):
            cursor.execute(_FORGET.format(table=table), [runs, files])
        insert(cursor, "shares", {**_KEYS, **_TYPES, **_JSON}, self._shares)
        insert(cursor, "attributes", {**_KEYS, **_ATTRIBUTES}, self._attributes)
