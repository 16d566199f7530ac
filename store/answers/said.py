"""What was said of runs: notes, hypotheses and decisions, with who and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import duckdb

from labtop.store.answers.rows import from_json
from labtop.store.model import Event, Json

# In the order that makes the last decision the one that counts (index/annotated.py), from the newest.
_SAID: Final = """
with placed as (
    select *, max(time) over (partition by run, file order by line, part) as latest
    from annotations where run in (select unnest(?::integer[]))
)
select run, time, event, text, data from placed join files using (file)
where event in ('note', 'hypothesis', 'decision')
order by latest desc nulls last, path desc, line desc, part desc
"""
_BEGUN_WITH: Final = """
select distinct run, event, text from (
    select run, 'hypothesis' as event, hypothesis as text from shares
    union all
    select run, 'note', notes from shares
) where text <> '' and run in (select unnest(?::integer[])) order by run, event, text
"""


def said(cursor: duckdb.DuckDBPyConnection, runs: Sequence[int]) -> dict[int, tuple[Event, ...]]:
    """Notes, hypotheses and decisions on each of these runs that has any, the newest first.

    Those that a `run` event began with come last, without a time.
    """
    found: dict[int, list[Event]] = defaultdict(list)
    for run, time, event, text, data in cursor.execute(_SAID, [list(runs)]).fetchall():
        found[run].append(Event(time, event, text or "", _fields(data)))
    for run, event, text in cursor.execute(_BEGUN_WITH, [list(runs)]).fetchall():
        if all((each.event, each.text) != (event, text) for each in found[run]):
            found[run].append(Event(None, event, text, {}))
    return {run: tuple(events) for run, events in found.items() if events}


def _fields(data: str | None) -> Mapping[str, Json]:
    value = from_json(data) if data else {}
    return value if isinstance(value, dict) else {}
