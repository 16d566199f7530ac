"""Annotations: what a person says of runs, and what that comes to for each of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import duckdb

from labtop.store.index.rows import Row, delete, insert, parsed

_TYPES = {
    "run": "integer",
    "id": "varchar",
    "file": "integer",
    "line": "ubigint",
    "part": "uinteger",
    "own": "boolean",
    "time": "double",
    "event": "varchar",
    "text": "varchar",
    "data": "varchar",
    "added": "varchar[]",
    "removed": "varchar[]",
    "hidden": "boolean",
    "verdict": "varchar",
}
_RUN = 0

_RUNS_OF = "select distinct run from annotations where run is not null and file in (select unnest(?::integer[]))"


def runs_of(cursor: duckdb.DuckDBPyConnection, files: Sequence[int]) -> set[int]:
    """The runs of which these files say anything."""
    if not files:
        return set()
    return {run for (run,) in cursor.execute(parsed(cursor, _RUNS_OF), [list(files)]).fetchall()}


_FIND = """
update annotations set run = i.run from identities as i where annotations.run is null and annotations.id = i.id
returning annotations.run
"""
_WAITS = "select count(*) > 0 from annotations where run is null"


def store(cursor: duckdb.DuckDBPyConnection, rows: Sequence[Row], changed: Collection[int], *, runs_came: bool) -> None:
    """Add what was said, of runs that are there by their numbers. `changed`: those of which something was said that is
    forgotten now; `runs_came`: some are new, of which something may have been said before."""
    insert(cursor, "annotations", _TYPES, rows)
    runs = {*changed, *(row[_RUN] for row in rows if row[_RUN] is not None)}
    if runs_came and cursor.execute(parsed(cursor, _WAITS)).fetchall()[0][0]:
        runs.update(run for (run,) in cursor.execute(parsed(cursor, _FIND)).fetchall())
    unite(cursor, runs)


# A line stands at the latest time so far of what its file says of the run; of equals the later path comes last. Of a
# tag the last that was said of it holds, of what is decided and whether it is hidden the last of all.
_UNITE = """
insert into annotated
with placed as (
    select *, max(time) over (partition by run, file order by line, part) as latest
    from annotations where run in (select unnest(?::integer[]))
),
said as (
    select placed.*, row_number() over (order by latest nulls first, path, line, part) as turn
    from placed join files using (file)
),
tagging as (
    select run, unnest(added) as tag, true as there, turn from said where not own
    union all
    select run, unnest(removed), false, turn from said where not own
),
last_of_tag as (select run, tag, arg_max(there, turn) as there from tagging group by run, tag),
tagged as (
    select run, list(tag order by tag) filter (there) as added, list(tag) filter (not there) as removed
    from last_of_tag group by run
)
select run,
    string_agg(regexp_replace(text, '[\\r\\n]+', ' ', 'g'), chr(10) order by turn)
        filter (event = 'note' and text <> ''),
    arg_max(text, turn) filter (event = 'hypothesis' and text <> '' and not own),
    arg_max(verdict, turn),
    arg_max(hidden, turn),
    any_value(tagged.added),
    any_value(tagged.removed)
from said left join tagged using (run) group by run
"""


def unite(cursor: duckdb.DuckDBPyConnection, runs: Collection[int]) -> None:
    """Put together anew what is said of these runs."""
    if runs:
        delete(cursor, "annotated", "run", runs)
        cursor.execute(parsed(cursor, _UNITE), [sorted(runs)])
