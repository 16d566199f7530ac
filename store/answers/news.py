"""What was logged since a place: the newest lines of all files, and from there on each new line once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import duckdb

from labtop.store.answers.repeats import Row, reached, tellers, told_once
from labtop.store.answers.rows import marks
from labtop.store.index.transaction import transaction
from labtop.store.model import News, NewsQuery, Place, Seen, Written

Values = frozenset[tuple[str, str]]

_ALL: Final = 2**63 - 1  # what the database can count to

_FILES: Final = "select file, path, lines, position, inode from files where lines > 0 and kind <> 'annotations'"

# In a run whose files repeat each other a metric is told by one of them: what the others say of it does not count.
# The newest `most` lines stand in the `most` files, or parts of files, that were heard of last.
_NEWEST: Final = """
with heard as (
    select s.run, s.file
    from file_summaries as s join identities as i using (run) join metric_names as n using (metric)
        join files as f using (file)
        anti join shadowed as d on d.run = s.run and d.metric = s.metric and d.file = s.file
    where {chosen} group by s.run, s.file, f.path
    order by max(s.last_time) desc nulls last, f.path desc, s.run desc limit ?
)
select p.file, p.line, i.id, p.step, p.time, n.name, p.value, s.estimated
from points as p semi join heard using (run, file)
    anti join shadowed as d on d.run = p.run and d.metric = p.metric and d.file = p.file
    join identities as i using (run) join metric_names as n using (metric) join files as f using (file)
    left join shares as s on s.run = p.run and s.file = p.file
where {chosen}
qualify dense_rank() over (order by p.time desc nulls last, f.path desc, p.line desc, p.step desc, p.run desc) <= ?
order by p.time nulls first, f.path, p.line, p.step, p.metric
"""

# The bounds beside the join let the database pass over most of the points.
_FROM: Final = """
select p.file, p.line, i.id, p.step, p.time, n.name, p.value, s.estimated
from points as p join (select unnest(?::integer[]) as file, unnest(?::bigint[]) as line) as since
        on p.file = since.file and p.line >= since.line
    join identities as i using (run) join metric_names as n using (metric)
    left join shares as s on s.run = p.run and s.file = p.file
where p.file between ? and ? and p.line >= ? and {chosen}
order by p.step, p.metric
"""


def newest(cursor: duckdb.DuckDBPyConnection, query: NewsQuery, most: int) -> News:
    """The last `most` lines that the query is about, oldest first, and the place from which `since` goes on."""
    most = min(most, _ALL)
    with transaction(cursor):
        files = _files(cursor)
        chosen, names = _chosen(query)
        rows = cursor.execute(_NEWEST.format(chosen=chosen), [*names, most, *names, most]).fetchall() if most else []
        after = reached({}, tellers(cursor, chosen, names))
    return News(_lines(rows), Place(_seen(files, {}, rows), after))


def since(cursor: duckdb.DuckDBPyConnection, query: NewsQuery, place: Place) -> News:
    """The lines that the query is about and that were written after `place`, by time, and the place after them.

    A file that is another one than before gives its lines from the first on. One that was written anew with the same
    lines and more, as some loggers do, gives those that are more; so does one that takes the place of another of its
    run, as the document of a checkpoint does.
    """
    with transaction(cursor):
        files = _files(cursor)
        before = {file: place.files[path] for file, (path, _) in files.items() if path in place.files}
        grown = {
            file: _goes_on(before.get(file), seen)
            for file, (_, seen) in files.items()
            if not _is_same(before.get(file), seen)
        }
        begun = [file for file, line in grown.items() if not line]
        rows = _from(cursor, query, {file: line for file, line in grown.items() if line})
        others = _others(rows, before, grown)
        rows = [row for row in rows if row[0] not in others and row[1] > before[row[0]].lines]
        rows += _from(cursor, query, dict.fromkeys([*begun, *others], 1))
        told = tellers(cursor, *_chosen(query), list(grown))
    rows.sort(key=lambda row: (row[4] or 0, files[row[0]][0], row[1]))
    kept = {file: seen for file, seen in before.items() if file not in begun and file not in others}
    after = reached(place.reached, told)
    return News(_lines(told_once(rows, told, after)), Place(_seen(files, kept, rows), after))


def _files(cursor: duckdb.DuckDBPyConnection) -> dict[int, tuple[str, Seen]]:
    return {file: (path, Seen(*rest)) for file, path, *rest in cursor.execute(_FILES).fetchall()}


def _is_same(before: Seen | None, now: Seen) -> bool:
    """Whether nothing was read of the file since."""
    if before is None:
        return False
    return (before.lines, before.position, before.inode) == (now.lines, now.position, now.inode)


def _goes_on(before: Seen | None, now: Seen) -> int:
    """The line from which to look: the last that was given, by which a file is known again; 0 for another file."""
    if before is None or now.lines < before.lines:
        return 0
    if before.last_line:
        return before.last_line
    return before.lines + 1 if before.inode == now.inode else 0


def _others(rows: Iterable[Row], before: Mapping[int, Seen], looked: Mapping[int, int]) -> list[int]:
    """The files whose last line that was given says other things than it did: these are other files by now."""
    last = _by_line(row for row in rows if row[1] == before[row[0]].last_line)
    continued = (file for file, line in looked.items() if line and before[file].last_line)
    return [file for file in continued if not before[file].last_values <= last.get((file, looked[file]), frozenset())]


def _from(cursor: duckdb.DuckDBPyConnection, query: NewsQuery, first: Mapping[int, int]) -> list[Row]:
    """The points of these files from these lines on."""
    if not first:
        return []
    chosen, names = _chosen(query)
    bounds = [list(first), list(first.values()), min(first), max(first), min(first.values())]
    return cursor.execute(_FROM.format(chosen=chosen), [*bounds, *names]).fetchall()


def _chosen(query: NewsQuery) -> tuple[str, list[str]]:
    """The condition that narrows to what was asked for, and its parameters."""
    named = ("i.id", query.runs), ("n.name", query.metrics)
    parts = [f"{column} in ({marks(len(names))})" for column, names in named if names]
    return " and ".join(parts) or "true", [*query.runs, *query.metrics]


def _lines(rows: Iterable[Row]) -> tuple[Written, ...]:
    """The points of a line together; a line that holds several objects gives one for each run and step."""
    lines: dict[tuple[Any, ...], Written] = {}
    values: dict[tuple[Any, ...], dict[str, float]] = {}
    for file, line, run, step, time, name, value, estimated in rows:
        key = file, line, run, step
        if key not in lines:
            values[key] = {}
            lines[key] = Written(run, step, time, values[key], bool(estimated))
        values[key][name] = value
    return tuple(lines.values())


def _by_line(rows: Iterable[Row]) -> dict[tuple[int, int], Values]:
    """What each line says, in a form in which NaN is itself."""
    said: dict[tuple[int, int], set[tuple[str, str]]] = {}
    for file, line, _, _, _, name, value, _ in rows:
        said.setdefault((file, line), set()).add((name, repr(value)))
    return {place: frozenset(values) for place, values in said.items()}


def _seen(files: Mapping[int, tuple[str, Seen]], kept: Mapping[int, Seen], rows: Iterable[Row]) -> dict[str, Seen]:
    """Where the files stand, each with the last line that was given of it: now, else as `kept`."""
    said = _by_line(rows)
    last: dict[int, int] = {}
    for file, line in said:
        last[file] = max(line, last.get(file, 0))
    place = {}
    for file, (path, seen) in files.items():
        if file in last:
            seen = replace(seen, last_line=last[file], last_values=said[file, last[file]])
        elif file in kept:
            seen = replace(seen, last_line=kept[file].last_line, last_values=kept[file].last_values)
        place[path] = seen
    return place
