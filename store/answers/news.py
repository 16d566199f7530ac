"""What was logged since a place: the newest lines of all files, and from there on each new line once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import duckdb

from labtop.store.index.write import transaction
from labtop.store.model import News, NewsQuery, Place, Seen, Written

Rows = list[tuple[Any, ...]]

# The runs and metrics that a question is about, by what names them for ever; null is for all.
_CHOSEN: Final = """
(?::varchar[] is null or i.id in (select unnest(?::varchar[])))
and (?::varchar[] is null or n.name in (select unnest(?::varchar[])))
"""
_FILES: Final = "select file, path, lines, position, inode, device from files where lines > 0"

# The newest `most` lines stand in the `most` files (of a run) that were heard of last.
_NEWEST: Final = f"""
with heard as (
    select s.run, s.file, max(s.last_time) as at
    from file_summaries as s join identities as i using (run) join metric_names as n using (metric)
    where {_CHOSEN} group by all order by at desc nulls last limit ?
)
select p.file, p.line, i.id, p.step, p.time, n.name, p.value
from points as p semi join heard using (run, file)
    join identities as i using (run) join metric_names as n using (metric)
where {_CHOSEN}
qualify dense_rank() over (order by p.time desc nulls last, p.file desc, p.line desc, p.run desc) <= ?
order by p.time, p.file, p.line, p.metric
"""

# The bounds beside the join let the database pass over most of the points.
_SINCE: Final = f"""
select p.file, p.line, i.id, p.step, p.time, n.name, p.value
from points as p join (select unnest(?::integer[]) as file, unnest(?::bigint[]) as line) as since
        on p.file = since.file and p.line >= since.line
    join identities as i using (run) join metric_names as n using (metric)
where p.file between ? and ? and p.line >= ? and {_CHOSEN}
order by p.time, p.file, p.line, p.metric
"""


def newest(cursor: duckdb.DuckDBPyConnection, query: NewsQuery, most: int) -> News:
    """The last `most` lines that the query is about, oldest first, and the place from which `since` goes on."""
    with transaction(cursor):
        place = {path: Seen(*rest) for _, path, *rest in cursor.execute(_FILES).fetchall()}
        chosen = _chosen(query)
        rows = cursor.execute(_NEWEST, [*chosen, most, *chosen, most]).fetchall() if most else []
        paths = _paths(cursor)
    return News(_lines(rows), _moved(place, rows, paths))


def since(cursor: duckdb.DuckDBPyConnection, query: NewsQuery, place: Place) -> News:
    """The lines that the query is about and that were written after `place`, by time, and the place after them.

    A file that was replaced gives its lines from the first on.
    """
    with transaction(cursor):
        now = {path: (file, Seen(*rest)) for file, path, *rest in cursor.execute(_FILES).fetchall()}
        changed = {path: seen for path, (_, seen) in now.items() if not _is_same(seen, place.get(path))}
        begun = {path: 1 for path, seen in changed.items() if _is_new(seen, place.get(path))}
        grown = {path: _look_from(place[path]) for path in changed.keys() - begun.keys()}
        rows = _since(cursor, query, {now[path][0]: line for path, line in grown.items()})
        paths = {file: path for path, (file, _) in now.items()}
        rewritten = _rewritten(rows, place, paths)
        begun |= dict.fromkeys(rewritten, 1)
        rows = [row for row in rows if paths[row[0]] not in rewritten and row[1] > place[paths[row[0]]].lines]
        rows += _since(cursor, query, {now[path][0]: line for path, line in begun.items()})
    rows.sort(key=lambda row: (row[4] is None, row[4] or 0, row[0], row[1]))
    kept = {path: place[path].moved(seen) if path in grown else seen for path, (_, seen) in now.items()}
    return News(_lines(rows), _moved(kept, rows, paths))
