"""Sheet: params, attributes, names and states of all runs, put together once and kept as plain tables in memory.

The views that put them together take a hundred times as long as it takes to filter, to sort or to look up a few rows of
what comes out. They are laid out anew when anything that they are made of has changed.
"""

from __future__ import annotations

import math
from typing import Final

import duckdb

from labtop.store.answers.across.meaning import meaning_of
from labtop.store.filter.recorded import RECORDED
from labtop.store.model import Column

# One database in memory beside the index, for all cursors of it.
_ATTACH: Final = "attach if not exists ':memory:' as sheet (compress)"

_PARAMS: Final = f"""
create or replace table sheet.params as
select run, key, value, {meaning_of("value")}, source = 'name' as from_name
from run_params where value <> 'null'
"""
_ATTRIBUTES: Final = f"""
create or replace table sheet.attributes as
select run, key, value, {meaning_of("value")} from run_attributes where value <> 'null'
"""
_NAMES: Final = "create or replace table sheet.names as select run, id, short_name, suffix from {names}"


def lay(cursor: duckdb.DuckDBPyConnection, names: str) -> None:
    """Lay it out, with what the view `names` calls runs. Nobody else may read it meanwhile."""
    for statement in (_ATTACH, _PARAMS, _ATTRIBUTES, _NAMES.format(names=names)):
        cursor.execute(statement)


def pack(cursor: duckdb.DuckDBPyConnection) -> None:
    """Compress what was laid out: it takes a fourth of the memory then, and is searched in half the time.

    Where that fails, for want of room, the sheet is gone and has to be laid out again.
    """
    try:
        cursor.execute("checkpoint sheet")
    except duckdb.Error:
        cursor.execute("detach sheet")
        raise


# A tag that has values is an attribute of that name.
_TAGS: Final = """(
select run, key, value, number, text from sheet.attributes
union all
select run, tag as key, 'true' as value, null::double as number, 'true' as text
from (select run, unnest(tags) as tag from sheet.runs) as tagged
where not exists (from sheet.attributes as other where other.run = tagged.run and other.key = tagged.tag)
)"""
SAID: Final = {"param": "sheet.params", "attribute": "sheet.attributes", "tag": _TAGS, "fact": "sheet.facts"}
"""What stands under the keys of each kind of column: run, key, value as JSON, number and text as of `meaning_of`.
Facts are there after `lay_facts`; they are texts, for a commit of digits is no number, but for how much is recorded,
which is there after `lay_records`."""

RECORD_FIELD: Final = "record"
FACTS: Final = ("user", "git.commit", "git.branch", RECORD_FIELD)
"""Fields that are looked up in what `run` events said."""
# Of the files of a run the last one that speaks of the code, or of the user, speaks for all of them.
_FACTS: Final = """
create or replace table sheet.facts as
with told as (
    select run, arg_max(facts -> '$.user', turn) as owner, arg_max(facts -> '$.git', turn) as git
    from (
        select run, facts, coalesce(turn, 0) as turn from shares left join share_turns using (run, file)
        where contains(facts, '"user"') or contains(facts, '"git"')
    )
    group by run
),
listed as (
    select run, unnest(['user', 'git.commit', 'git.branch']) as key,
        unnest([owner ->> '$', git ->> '$.commit', git ->> '$.branch']) as text
    from told
)
select run, key, cast(to_json(text) as varchar) as value, null::double as number, text
from listed where text is not null
"""


def lay_facts(cursor: duckdb.DuckDBPyConnection) -> None:
    """Lay out the facts of all runs, beside a sheet that was laid out."""
    cursor.execute(_FACTS)


_RECORDS: Final = f"""
insert into sheet.facts
select run, '{RECORD_FIELD}', recorded::varchar, recorded::double, '' from ({RECORDED})
"""


def lay_records(cursor: duckdb.DuckDBPyConnection) -> None:
    """Lay out beside the facts how much of its record each run has."""
    cursor.execute(_RECORDS)


def kind_of(column: Column) -> str:
    """Where the column's values stand: among those of SAID, `run` in sheet.runs, `metric` in summaries."""
    return "fact" if column.kind == "run" and column.key in FACTS else column.kind


# How runs stand changes with every line; of what is seldom asked for and may be long nothing is kept.
_STATUS: Final = "status_of(ended, dead, complete, $now - heard, stale_after, grown)"
_ETA: Final = f"eta_of({_STATUS}, eta_s, total_steps, step, steps_per_s)"
_RUNS: Final = f"""
create or replace table sheet.runs as
select * exclude (facts, traceback), {_STATUS} as status, {_ETA} as eta
from facts_of_runs('{{source}}', 'sheet.names')
"""
_TURN: Final = f"""
update sheet.runs set status = {_STATUS}, eta = {_ETA}
where ended is null and not dead and not complete and status <> {_STATUS}
"""
_UNTIL: Final = """
select min(heard + case status when 'running' then stale_after else 10 * stale_after end) from sheet.runs
where status in ('running', 'stale')
"""


def lay_runs(cursor: duckdb.DuckDBPyConnection, source: str, now: float) -> float:
    """Lay out how all runs of the view `source` stand, beside a sheet that was laid out.

    Gives the moment until which they stand so, for silence alone changes it; like `now` in seconds since the epoch.
    """
    cursor.execute(_RUNS.format(source=source), {"now": now})
    return _until(cursor)


def turn_runs(cursor: duckdb.DuckDBPyConnection, now: float) -> float:
    """Have the runs that were laid out stand as they do now, as `lay_runs`."""
    cursor.execute(_TURN, {"now": now})
    return _until(cursor)


def _until(cursor: duckdb.DuckDBPyConnection) -> float:
    until = cursor.execute(_UNTIL).fetchall()[0][0]
    return math.inf if until is None else float(until)


_TAGS_OF_RUNS: Final = """
select tag from (select unnest(tags) as tag from sheet.runs) group by tag order by count(*) desc, tag
"""


def tags(cursor: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The tags that runs have, the most frequent first, from a sheet that was laid out."""
    return tuple(tag for (tag,) in cursor.execute(_TAGS_OF_RUNS).fetchall())
