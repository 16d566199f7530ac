"""Curves, bucketed to the window they are drawn in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from labtop.store.answers.rows import marks
from labtop.store.index.points import SLOTS
from labtop.store.model import Floats, Series, SeriesQuery, XAxis

Columns = dict[str, NDArray[Any]]

_KEPT = 4  # points a bucket keeps at least: first, smallest, largest, last
_FEW = 400_000  # points that are bucketed here: to fetch them takes a third of the time that the database needs for it

_LOGGED = """
    select run, attempt, {place} as place, line, {x} as x, coalesce(v{slot}, 'nan'::double) as value from point_rows
    where octet = ? and has & ? <> 0 and run in ({runs}) and isfinite(x) {but}
"""
_BUT = "and (run, file) not in (select unnest(?::integer[]), unnest(?::integer[]))"
_SHADOWED = "select metric, run, file from shadowed where run in ({runs})"
# Where a file wrote steps twice the later pass counts; the window over all steps is paid for by resumed runs only.
_LAST_PASS = """
    qualify pass = max(pass) over (partition by run, file, attempt, step)
"""
_PLACE = "(?::integer[])[file + 1]"
_X: dict[XAxis, str] = {"step": "step", "relative": "time - (?::double[])[run + 1]", "wall": "time"}


@dataclass(frozen=True, slots=True)
class _Source:
    """A SELECT of the points asked for (run, attempt, place, line, x, value), and its parameters.

    `place` is that of the file among those of the runs."""

    sql: str
    parameters: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Runs:
    """What the curves of some runs share: which were resumed, and the parameters of places and starts."""

    numbers: tuple[int, ...]
    resumed: frozenset[int]
    places: list[list[int | None]]
    starts: list[list[float | None]]


@dataclass(frozen=True, slots=True)
class _Metric:
    """A metric in some runs: its number, most points of a run and of all, and the (run, file) that do not count."""

    number: int
    longest: int
    points: int
    shadowed: list[tuple[int, int]]


def several_series(cursor: duckdb.DuckDBPyConnection, queries: Sequence[SeriesQuery]) -> Iterator[tuple[Series, ...]]:
    """For each query the curves of its metric, in the order of its runs; runs without it give empty series.

    Several queries of the same runs cost less than one after the other.
    """
    of_runs: dict[tuple[tuple[int, ...], XAxis], _Runs] = {}
    of_metrics: dict[tuple[int, ...], dict[str, _Metric]] = {}
    for query in queries:
        numbers = tuple(dict.fromkeys(query.runs))
        if numbers and numbers not in of_metrics:
            names = {each.metric for each in queries if set(each.runs) == set(numbers)}
            of_metrics[numbers] = _metrics(cursor, numbers, sorted(names))
        metric = of_metrics[numbers].get(query.metric) if numbers else None
        if metric is None:
            yield tuple(_empty(run) for run in query.runs)
            continue
        if (numbers, query.x) not in of_runs:
            of_runs[numbers, query.x] = _runs(cursor, numbers, query.x)
        yield _curves(cursor, query, metric, _source(metric, query.x, of_runs[numbers, query.x]))


def _curves(
    cursor: duckdb.DuckDBPyConnection, query: SeriesQuery, metric: _Metric, source: _Source
) -> tuple[Series, ...]:
    most = _KEPT * query.buckets
    if query.window is None and metric.points <= _FEW:
        columns = _whole(cursor, source)
        return _split(columns if metric.longest <= most else _with_buckets(columns, query.buckets), query.runs, most)
    window = query.window or _range(cursor, source)
    if window is None:
        return tuple(_empty(run) for run in query.runs)
    return _split(_bucketed(cursor, source, window, query.buckets), query.runs, most)


_METRICS = """
with named as (select metric, name from known_metrics where name in (select unnest(?::varchar[])))
select name, metric, max(count), sum(count) from summaries join named using (metric) where run in ({runs})
group by name, metric
"""


def _metrics(cursor: duckdb.DuckDBPyConnection, runs: tuple[int, ...], names: list[str]) -> dict[str, _Metric]:
    """Those of these metrics that the runs have, by name."""
    shadowed: dict[int, list[tuple[int, int]]] = {}
    for metric, run, file in cursor.execute(_SHADOWED.format(runs=marks(len(runs))), runs).fetchall():
        shadowed.setdefault(metric, []).append((run, file))
    found = cursor.execute(_METRICS.format(runs=marks(len(runs))), [names, *runs]).fetchall()
    return {name: _Metric(metric, longest, points, shadowed.get(metric, [])) for name, metric, longest, points in found}


_RESUMED = "select distinct run from shares where resumed and run in ({runs})"


def _runs(cursor: duckdb.DuckDBPyConnection, runs: tuple[int, ...], axis: XAxis) -> _Runs:
    resumed = frozenset(run for (run,) in cursor.execute(_RESUMED.format(runs=marks(len(runs))), runs).fetchall())
    return _Runs(runs, resumed, _places(cursor, runs), [_starts(cursor, runs)] if axis == "relative" else [])


def _source(metric: _Metric, axis: XAxis, runs: _Runs) -> _Source:
    octet, slot = divmod(metric.number, SLOTS)
    but = [list(column) for column in zip(*metric.shadowed, strict=True)]
    parts: list[str] = []
    parameters: list[object] = []
    whole = [run for run in runs.numbers if run not in runs.resumed]
    for group, rule in ((whole, ""), (sorted(runs.resumed), _LAST_PASS)):
        if group:
            place = _PLACE if runs.places else "0"
            logged = _LOGGED.format(place=place, x=_X[axis], slot=slot, runs=marks(len(group)), but=_BUT if but else "")
            parts.append(logged + rule)
            parameters += [*runs.places, *runs.starts, octet, 1 << slot, *group, *but]
    return _Source(" union all ".join(parts), tuple(parameters))


# Runs of several files.
_UNITED = "select 1 from united where run in ({runs}) limit 1"
_FILES = """
select file, row_number() over (order by path) from files
semi join (from share_turns where run in ({runs})) using (file)
"""


def _places(cursor: duckdb.DuckDBPyConnection, runs: tuple[int, ...]) -> list[list[int | None]]:
    """The order of the files, by their number, as a parameter; none is needed where each run has one."""
    if cursor.execute(_UNITED.format(runs=marks(len(runs))), runs).fetchone() is None:
        return []
    places = dict(cursor.execute(_FILES.format(runs=marks(len(runs))), runs).fetchall())
    return [[places.get(file) for file in range(max(places) + 1)]] if places else []


_STARTS = """
select run, coalesce(min(started) filter (where not estimated), min(started))
from shares where run in ({runs}) group by run
"""


def _starts(cursor: duckdb.DuckDBPyConnection, runs: tuple[int, ...]) -> list[float | None]:
    """When each run began, by its number: a list is looked up faster than a table is joined."""
    began = dict(cursor.execute(_STARTS.format(runs=marks(len(runs))), runs).fetchall())
    return [began.get(run) for run in range(max(began, default=-1) + 1)]


_WHOLE = "select run, attempt, place, line, x, value from ({logged})"


def _whole(cursor: duckdb.DuckDBPyConnection, source: _Source) -> Columns:
    """All points, by run, attempt, x, place and line."""
    columns = cursor.execute(_WHOLE.format(logged=source.sql), source.parameters).fetchnumpy()
    keys = [columns[name] for name in ("run", "attempt", "x", "place", "line")]
    order = np.argsort(keys[0], kind="stable")
    if not _in_order([key[order] for key in keys]):
        order = np.lexsort(keys[::-1])
    return {name: column[order] for name, column in columns.items()}


def _in_order(keys: Sequence[NDArray[Any]]) -> bool:
    """Whether rows are sorted by these keys, which is mostly so and seen much sooner than sorted."""
    equal = np.ones(max(0, len(keys[0]) - 1), np.bool_)
    for key in keys:
        if (equal & (key[1:] < key[:-1])).any():
            return False
        equal &= key[1:] == key[:-1]
    return True


def _with_buckets(columns: Columns, buckets: int) -> Columns:
    """The same with the bucket of each point and how many points its run has."""
    x, run = columns["x"], columns["run"]
    bucket = np.floor(x / _width(float(x.min()), float(x.max()), buckets)) if len(x) else x
    _, place, sizes = np.unique(run, return_inverse=True, return_counts=True)
    return columns | {"bucket": bucket, "inside": sizes[place]}


_RANGE = "select min(x), max(x) from ({logged})"


def _range(cursor: duckdb.DuckDBPyConnection, source: _Source) -> tuple[float, float] | None:
    """The first and last x of all curves; None when there is no point."""
    low, high = cursor.execute(_RANGE.format(logged=source.sql), source.parameters).fetchall()[0]
    return None if low is None else (low, high)


# Points outside the window fall into two buckets of their own, of which only the neighbours of the window are kept.
_BUCKETED = """
with logged as (
    select *, case when x < ? then '-infinity'::double when x > ? then 'infinity' else floor(x / ?) end as bucket
    from ({logged})
),
extremes as (
    select run, attempt, bucket, min(x) as first, max(x) as last, count(*) as points,
        min(value) filter (isfinite(value)) as low, max(value) filter (isfinite(value)) as high,
        not bool_and(isfinite(value)) as holed
    from logged group by run, attempt, bucket
),
buckets as (
    select *, coalesce(sum(points) filter (isfinite(bucket)) over (partition by run), 0) as inside from extremes
)
select run, attempt, bucket, x, value, inside
from logged join buckets using (run, attempt, bucket)
where case bucket
    when '-infinity' then x = last
    when 'infinity' then x = first
    else inside <= ? or x = first or x = last or not isfinite(value)
        or ((low < high or holed) and (value = low or value = high))
end
order by run, attempt, x, place, line
"""


def _bucketed(cursor: duckdb.DuckDBPyConnection, source: _Source, window: tuple[float, float], buckets: int) -> Columns:
    """The points that make the outline: as `_whole`, with their bucket and how many the run has `inside` the window."""
    low, high = window
    parameters = [low, high, _width(low, high, buckets), *source.parameters, _KEPT * buckets]
    return cursor.execute(_BUCKETED.format(logged=source.sql), parameters).fetchnumpy()


_NARROWEST, _WIDEST = -1021, 1023  # powers of two that a float holds in full


def _width(low: float, high: float, buckets: int) -> float:
    """The width of a bucket: a power of two, so that buckets stay where they are while a run grows."""
    half = high / 2 - low / 2  # the whole may be more than a float holds
    if half <= 0:
        return 1.0
    power = math.ceil(math.log2(half / buckets)) + 1 if half / buckets > 0 else _NARROWEST
    return math.ldexp(1.0, min(max(power, _NARROWEST), _WIDEST))


def _split(columns: Columns, runs: Sequence[int], most: int) -> tuple[Series, ...]:
    """The series of each run from rows that are in order of run."""
    run = columns["run"]
    first, last = np.searchsorted(run, runs, "left"), np.searchsorted(run, runs, "right")
    return tuple(
        _one(number, {name: column[begin:end] for name, column in columns.items()}, most)
        for number, begin, end in zip(runs, first, last, strict=True)
    )


def _one(run: int, rows: Columns, most: int) -> Series:
    """The series of one run from its rows, in order."""
    if not len(rows["x"]):
        return _empty(run)
    inside = int(rows["inside"][0]) if "inside" in rows else len(rows["x"])
    # A run may have grown since its points were counted: then all of them came, and are few too many.
    crowded = inside > most and "bucket" in rows
    kept = _thinned(rows["attempt"], rows["bucket"], rows["value"]) if crowded else slice(None)
    return Series(run, rows["x"][kept], rows["value"][kept], rows["attempt"][kept].astype(np.int32), inside)


def _thinned(attempt: NDArray[Any], bucket: Floats, value: Floats) -> NDArray[np.bool_]:
    """Of each bucket the first point, the last, the first of the smallest, of the largest, of NaN and each infinity.

    Smallest and largest are finite ones: an infinity is marked, a curve goes through the others. Rows are in order.
    """
    changes = (attempt[1:] != attempt[:-1]) | (bucket[1:] != bucket[:-1])
    starts = np.concatenate(([0], np.flatnonzero(changes) + 1))
    sizes = np.diff(np.concatenate((starts, [len(value)])))
    kept = np.zeros(len(value), dtype=np.bool_)
    kept[starts] = kept[starts + sizes - 1] = True
    finite = np.where(np.isfinite(value), value, np.nan)
    smallest = np.repeat(np.fmin.reduceat(finite, starts), sizes)
    largest = np.repeat(np.fmax.reduceat(finite, starts), sizes)
    place = np.repeat(np.arange(len(starts)), sizes)
    for wanted in (value == smallest, value == largest, np.isnan(value), value == np.inf, value == -np.inf):
        rows = np.flatnonzero(wanted)
        kept[rows[np.diff(place[rows], prepend=-1) != 0]] = True
    return kept


def _empty(run: int) -> Series:
    nothing = np.empty(0, dtype=np.float64)
    return Series(run, nothing, nothing, np.empty(0, dtype=np.int32), 0)
