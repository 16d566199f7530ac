"""What became of each file: what it was taken for, how much of it was read, and the lines that could not be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import duckdb

from labtop.store.model import LookedAt, Rejected

# A file may hold thousands of runs: only one is named.
_FILES = """
with held as (
    select file, count(*) as runs, any_value(id) as id from shares join identities using (run) group by file
)
select file, path, kind, coalesce(runs, 0), case when runs = 1 then id end, lines, events, skipped
from files left join held using (file) order by path
"""
_REJECTED = """
select file, path, line, r.position, reason from rejected as r join files using (file)
qualify row_number() over (partition by file order by line, r.position) <= ?
order by file, line, r.position
"""
_COUNTS = "select file, count(*) from rejected group by file"
_ALL = 2**63 - 1


def files(cursor: duckdb.DuckDBPyConnection, most: int | None) -> tuple[LookedAt, ...]:
    """Every file that was looked at, by path; with its first `most` rejected lines, or with all of them."""
    counts: Mapping[int, int] = dict(cursor.execute(_COUNTS).fetchall())
    rejected: dict[int, list[Rejected]] = defaultdict(list)
    if counts:
        for file, *line in cursor.execute(_REJECTED, [_ALL if most is None else most]).fetchall():
            rejected[file].append(Rejected(*line))
    return tuple(
        LookedAt(path, kind, runs, run, lines, events, skipped, counts.get(file, 0), tuple(rejected.get(file, ())))
        for file, path, kind, runs, run, lines, events, skipped in cursor.execute(_FILES).fetchall()
    )
