"""What several files of a run hold alike: which of them tells it, and from where on where that changes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from labtop.store.model import Reached

Row = tuple[Any, ...]
Key = tuple[str, str]
"""The id of a run and the name of a metric."""

# A document that is written at each checkpoint tells for itself, other files together with those of their rank.
_TELLERS: Final = """
with mine as (
    select s.run, s.metric, s.file, s.last_step, d.file is null as counts,
        case when f.kind = 'trainer_state' then f.path else f.rank::varchar end as source
    from file_summaries as s join files as f using (file)
        left join shadowed as d on d.run = s.run and d.metric = s.metric and d.file = s.file
    where s.run in (select run from shares join files using (file) where rank > 0) {narrowed}
)
select i.id, n.name, min(source) filter (counts), max(last_step) filter (counts),
    list(distinct source), list(file) filter (not counts)
from mine join identities as i using (run) join metric_names as n using (metric)
where {chosen} group by i.id, n.name
"""
_GROWN: Final = "and s.run in (select run from shares where file in (select unnest(?::integer[])))"


@dataclass(frozen=True, slots=True)
class Teller:
    """Which source tells a metric of a run, the last step that it holds; all sources; the files that do not count."""

    source: str | None
    step: float
    sources: frozenset[str]
    shadowed: frozenset[int]


def tellers(
    cursor: duckdb.DuckDBPyConnection, chosen: str, names: Sequence[str], files: Sequence[int] | None = None
) -> dict[Key, Teller]:
    """The tellers of every metric of the runs of these files, or of all, that hold a file which may repeat another.

    `chosen` is a condition on i.id and n.name, with `names` for its parameters.
    """
    if files is not None and not files:
        return {}
    sql = _TELLERS.format(narrowed="" if files is None else _GROWN, chosen=chosen)
    found = cursor.execute(sql, [*([] if files is None else [files]), *names]).fetchall()
    return {
        (run, name): Teller(source, -math.inf if step is None else step, frozenset(sources), frozenset(hidden or ()))
        for run, name, source, step, sources, hidden in found
    }


def reached(before: Mapping[Key, Reached], now: Mapping[Key, Teller]) -> dict[Key, Reached]:
    """How far each metric is given when all that is `now` there has been, as far as it was not `before`."""
    after = dict(before)
    for key, teller in now.items():
        if teller.source is not None:
            after[key] = Reached(teller.source, teller.step, _beyond(before.get(key), teller))
    return after


def told_once(rows: Iterable[Row], now: Mapping[Key, Teller], after: Mapping[Key, Reached]) -> list[Row]:
    """The rows (file, line, run, step, time, metric, ...) that no other file has told, or will."""
    kept = []
    for row in rows:
        key = row[2], row[5]
        teller = now.get(key)
        if teller is None:
            kept.append(row)
        elif row[0] not in teller.shadowed and teller.source is not None:
            beyond = after[key].beyond
            if beyond is None or row[3] > beyond:
                kept.append(row)
    return kept


def _beyond(before: Reached | None, now: Teller) -> float | None:
    """The step beyond which the teller says what is new; None where all of it is.

    One that is behind another that is gone tells of a training that was begun anew.
    """
    if before is None:
        return None
    if before.source == now.source:
        return before.beyond if before.beyond is not None and before.step < before.beyond else None
    last = before.step if before.beyond is None else max(before.step, before.beyond)
    return last if before.source in now.sources or now.step >= last else None
