"""Summaries of files in which a resume wrote steps again: of the same attempt and step the last pass counts.

What a later pass replaces cannot be taken out of a smallest value or a sum, so that points must be counted again. Of a
long run these are not all at every append: it is counted by stretches of steps, and those are counted anew on which new
points lie. Stretches are kept as long as each batch writes steps again.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import duckdb

from labtop.store.index.points import Columns
from labtop.store.index.rows import parsed
from labtop.store.index.summaries import COLUMNS, OF_POINTS, Pair

_LARGE = 20_000  # points of a file of a run that are counted again in a moment
_STRETCHES = 256  # of a run, as far as it came

_PAIRS = "(run, file) in (select unnest(?::integer[]), unnest(?::integer[]))"
_BOUNDS = "run between ? and ? and file between ? and ?"  # lets the database pass over the points of others
_FORGET = f"delete from file_summaries where {_PAIRS}"
_LAST_PASS = "qualify pass = max(pass) over (partition by run, file, metric, attempt, step)"


def recount(cursor: duckdb.DuckDBPyConnection, batch: Columns, pairs: Collection[Pair]) -> None:
    """Make the summaries of these (run, file) anew, on which points of the `batch` lie, which stand in the database.

    Other (run, file) in the batch wrote no step again.
    """
    found = cursor.execute(parsed(cursor, _KNOWN)).fetchall()
    if not found and not pairs:
        return
    cursor.register("batch", batch)
    known: dict[Pair, float] = {(run, file): width for run, file, width in found}
    _drop(cursor, known.keys() - set(pairs))
    if pairs:
        _renew_all(cursor, known, pairs)
    cursor.unregister("batch")


def _renew_all(cursor: duckdb.DuckDBPyConnection, known: Mapping[Pair, float], pairs: Collection[Pair]) -> None:
    large = known.keys() & set(pairs)
    others = set(pairs) - large
    if others:
        begun = {(run, file) for run, file in cursor.execute(_FIND_LARGE, [*_columns(others), _LARGE]).fetchall()}
        _begin(cursor, begun)
        large, others = large | begun, others - begun
    _renew(cursor, {pair: known[pair] for pair in large if pair in known})
    cursor.execute(_FORGET, _columns(pairs))
    if large:
        cursor.execute(_UNITE, _columns(large))
    if others:
        cursor.execute(_COUNT, [*_bounds(others), *_columns(others)])


_KNOWN = "select distinct run, file, width from stretches"
_FIND_LARGE = f"select run, file from file_summaries where {_PAIRS} group by run, file having sum(count) > ?"
_COUNT = "insert into file_summaries by name " + COLUMNS.format(
    sums=OF_POINTS.format(
        keys="run, metric, file", points=f"select * from points where {_BOUNDS} and {_PAIRS} {_LAST_PASS}"
    )
)
_UNITE = "insert into file_summaries by name " + COLUMNS.format(
    sums=f"""
    select run, metric, file, sum(count)::ubigint as count, sum(nan)::ubigint as nan, sum(total) as total,
        min(head) as head, max(tail) as tail, min(low) as low, max(high) as high
    from stretches where {_PAIRS} group by run, metric, file
"""
)

_DROP = f"delete from stretches where (run, file) in (select distinct run, file from batch) and {_PAIRS}"


def _drop(cursor: duckdb.DuckDBPyConnection, pairs: Collection[Pair]) -> None:
    """Those of them that grew otherwise have no use for stretches any more."""
    if pairs:
        cursor.execute(_DROP, _columns(pairs))


# A power of two, by which steps are divided without loss.
_WIDTHS = f"""
select *, case when span > 0 then pow(2, ceil(log2(span / {_STRETCHES}))) else 1 end as width from (
    select run, file, max(step) filter (isfinite(step)) - min(step) filter (isfinite(step)) as span
    from points where {_BOUNDS} and {_PAIRS} group by run, file
)
"""


def _stretched(widths: str, where: str) -> str:
    """The statement that counts points by stretches."""
    points = f"""
        select points.*, width, floor(step / width) as stretch from points join ({widths}) using (run, file)
        where {_BOUNDS} and {where} {_LAST_PASS}
    """
    keys = "run, file, width, stretch, metric"
    return "insert into stretches by name " + OF_POINTS.format(keys=keys, points=points)


_BEGIN = _stretched(_WIDTHS, "true")


def _begin(cursor: duckdb.DuckDBPyConnection, pairs: Collection[Pair]) -> None:
    """Count all points of these by stretches."""
    if pairs:
        bounds = _bounds(pairs)
        cursor.execute(_BEGIN, [*bounds, *_columns(pairs), *bounds])


_GIVEN = "select unnest(?::integer[]) as run, unnest(?::integer[]) as file, unnest(?::double[]) as width"
_GROWN = f"select distinct run, file, width, floor(step / width) from batch join ({_GIVEN}) using (run, file)"
_FORGET_STRETCHES = """
delete from stretches where (run, file, stretch) in
    (select unnest(?::integer[]), unnest(?::integer[]), unnest(?::double[]))
"""
_RENEW = _stretched(
    _GIVEN,
    """step between ? and ? and (run, file, floor(step / width)) in
        (select unnest(?::integer[]), unnest(?::integer[]), unnest(?::double[]))""",
)


def _renew(cursor: duckdb.DuckDBPyConnection, widths: Mapping[Pair, float]) -> None:
    """Count the stretches anew on which the batch lies."""
    if not widths:
        return
    given = [*_columns(widths), list(widths.values())]
    grown = cursor.execute(_GROWN, given).fetchall()
    if not grown:
        return
    runs, files, each, stretches = map(list, zip(*grown, strict=True))
    steps = [place * width for place, width in zip(stretches, each, strict=True)]
    steps += [(place + 1) * width for place, width in zip(stretches, each, strict=True)]
    within = (min(steps), max(steps)) if all(map(math.isfinite, steps)) else (-math.inf, math.inf)
    cursor.execute(_FORGET_STRETCHES, [runs, files, stretches])
    cursor.execute(_RENEW, [*given, *_bounds(widths), *within, runs, files, stretches])


def _columns(pairs: Collection[Pair]) -> list[list[int]]:
    return [[run for run, _ in pairs], [file for _, file in pairs]]


def _bounds(pairs: Collection[Pair]) -> list[int]:
    runs, files = _columns(pairs)
    return [min(runs), max(runs), min(files), max(files)]
