"""Shares and attributes: rows of the index into what a reader remembers, and back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Any

import duckdb
import numpy as np
import orjson

from labtop.store.index.rows import Row, as_json, insert, parsed
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
_MOVING = ("percent", "eta_s", "updated", "step", "gap_s", "heard", "crashed")
_STILL = [place for place, name in enumerate(_TYPES) if name not in _MOVING]
_KEYS = {"run": "integer", "file": "integer"}
_MEMORY = {"facts": "varchar", "state": "varchar", "still": "ubigint"}
_COLUMNS = {**_KEYS, **_TYPES, **_MEMORY}
_NUMPY: dict[str, type[np.generic]] = {
    **dict.fromkeys(_KEYS, np.int32),
    **dict.fromkeys(_MOVING, np.float64),
    "crashed": np.bool_,
    "state": np.object_,
    "still": np.uint64,
}
_ATTRIBUTES = {"key": "varchar", "value": "varchar", "count": "ubigint", "changed": "boolean", "is_id": "boolean"}

_LOAD = f"""
select i.id, s.facts, s.state, {", ".join("s." + name for name in _TYPES)}
from shares s join identities i on i.run = s.run where s.file = ?
"""
_LOAD_ATTRIBUTES = """
select i.id, a.key, a.value, a.count, a.changed, a.is_id
from attributes a join identities i on i.run = a.run where a.file = ?
"""
_LOAD_METRICS = "select distinct name from file_summaries join known_metrics using (metric) where file = ?"
_FORGET = """
delete from {table} where (run, file) in (select unnest(?::integer[]), unnest(?::integer[]))
"""


_MOVE = f"""
update shares set {", ".join(f"{name} = now.{name}" for name in (*_MOVING, "state"))}
from now where shares.run = now.run and shares.file = now.file and shares.still = now.still
"""
_OTHERS = "select run, file from now anti join shares using (run, file, still)"


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
        self._shares: dict[tuple[int, int], Row] = {}
        self._attributes: list[Row] = []

    def add(self, run: int, file: int, share: Share) -> None:
        """What a file says of a run now; another one of the same file and run must not be among the rows."""
        state = {
            "axis": share.axis.to_json(),
            "anchor": share.anchor,
            "last_elapsed": share.last_elapsed,
            "said": share.said,
            "declared": share.declared,
            "left_out": share.left_out,
        }
        self.runs.add(run)
        values = [getattr(share, name) for name in _TYPES]
        values[_TAGS] = sorted(set(share.tags))
        facts = _facts(share)
        still = _checksum([values[place] for place in _STILL], facts)
        self._shares[run, file] = (run, file, *values, facts, as_json(state), still)
        self._attributes += [
            (run, file, key, item.value, item.count, item.changed, item.is_id) for key, item in share.attributes.items()
        ]

    def store(self, cursor: duckdb.DuckDBPyConnection) -> set[int]:
        """Put these in the place of the rows of the same (run, file); the runs that may have been new to their files.

        Of a share that grows little changes: its row is updated. Any other is written anew.
        """
        others = self._move(cursor)
        self._forget(cursor, "shares", others)
        insert(cursor, "shares", _COLUMNS, [self._shares[pair] for pair in others])
        self._forget(cursor, "attributes", {(row[0], row[1]) for row in self._attributes})
        insert(cursor, "attributes", {**_KEYS, **_ATTRIBUTES}, self._attributes)
        return {run for run, _ in others}

    def _move(self, cursor: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
        """Update what moves; the (run, file) of which there is no row, or other things changed."""
        if not self._shares:
            return []
        columns = dict(zip(_COLUMNS, zip(*self._shares.values(), strict=True), strict=True))
        now = {name: np.array(columns[name], kind) for name, kind in _NUMPY.items()}
        ((moved,),) = cursor.execute(parsed(cursor, _MOVE)).fetchall()
        return [] if moved == len(now["run"]) else cursor.execute(parsed(cursor, _OTHERS)).fetchall()

    @staticmethod
    def _forget(cursor: duckdb.DuckDBPyConnection, table: str, pairs: Collection[tuple[int, int]]) -> None:
        if pairs:
            runs, files = [run for run, _ in pairs], [file for _, file in pairs]
            cursor.execute(parsed(cursor, _FORGET.format(table=table)), [runs, files])


def _checksum(values: Sequence[object], facts: str) -> int:
    """The same for what is stored as the same."""
    text = repr((values, facts)).encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(text, digest_size=8).digest())
