"""Curves, bucketed to the window they are drawn in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from labtop.store.answers.buckets import KEPT, Columns, empty, in_order, split, width_of, with_buckets
from labtop.store.answers.rows import marks
from labtop.store.index.schema import SLOTS
from labtop.store.model import Curves, Series, SeriesQuery, XAxis

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
_X: dict[object, str] = {"step": "step", "relative": "time - (?::double[])[run + 1]", "wall": "time"}


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


def several_curves(cursor: duckdb.DuckDBPyConnection, queries: Sequence[SeriesQuery]) -> Iterator[Curves]:
    """For each query the curves of its metric, in the order of its runs; runs without it give empty series.

    Several queries of the same runs cost less than one after the other.
    """
    of_runs: dict[tuple[tuple[int, ...], XAxis], _Curves] = {}
    for query in queries:
        numbers = tuple(dict.fromkeys(query.runs))
        curves = of_runs.get((numbers, query.x)) if numbers else None
        if curves is None and numbers:
            names = {each.metric for each in queries if each.x == query.x and set(each.runs) == set(numbers)}
            curves = of_runs[numbers, query.x] = _Curves(cursor, numbers, query.x, sorted(names))
        yield Curves(curves.of(query) if curves else ())


class _Curves:
    """Curves of some metrics in the same runs, over the same axis."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, numbers: tuple[int, ...], axis: XAxis, names: list[str]
    ) -> None:
        self._cursor = cursor
        self._axis = axis
        self._metrics = _metrics(cursor, numbers, names)
        self._runs = _runs(cursor, numbers, axis) if self._metrics else _Runs(numbers, frozenset(), [], [])
        self._octets: dict[int, Columns] = {}

    def of(self, query: SeriesQuery) -> tuple[Series, ...]:
        """The answer to one query."""
        metric = self._metrics.get(query.metric)
        if metric is None:
            return tuple(empty(run) for run in query.runs)
        source = _source(metric, self._axis, self._runs)
        most = KEPT * query.buckets
        if query.window is None and metric.points <= _FEW:
            columns = self._together(metric) if self._is_plain(metric) else _whole(self._cursor, source)
            return split(columns if metric.longest <= most else with_buckets(columns, query.buckets), query.runs, most)
        window = query.window or _range(self._cursor, source)
        if window is None:
            return tuple(empty(run) for run in query.runs)
        return split(_bucketed(self._cursor, source, window, query.buckets), query.runs, most)

    def _is_plain(self, metric: _Metric) -> bool:
        """Whether all points of the metric count, whatever others do."""
        return not self._runs.resumed and not metric.shadowed and metric.points <= _FEW

    def _together(self, metric: _Metric) -> Columns:
        """All points of a metric, fetched with those of the others that stand in the same rows."""
        octet, slot = divmod(metric.number, SLOTS)
        if octet not in self._octets:
            plain = [divmod(each.number, SLOTS) for each in self._metrics.values() if self._is_plain(each)]
            slots = [slot for other, slot in plain if other == octet]
            self._octets[octet] = _octet(self._cursor, self._runs, self._axis, octet, slots)
        columns = self._octets[octet]
        here = {name: columns[name] for name in ("run", "attempt", "x")} | {"value": columns[f"v{slot}"]}
        has = (columns["has"] & (1 << slot)) != 0
        return here if has.all() else {name: column[has] for name, column in here.items()}


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


_OCTET = """
select run, attempt, {place} as place, line, {x} as x, has, {values} from point_rows
where octet = ? and has & ? <> 0 and run in ({runs}) and isfinite(x)
"""


def _octet(cursor: duckdb.DuckDBPyConnection, runs: _Runs, axis: XAxis, octet: int, slots: Sequence[int]) -> Columns:
    """All points of some metrics that stand in the same rows, by run, attempt, x, place and line."""
    sql = _OCTET.format(
        place=_PLACE if runs.places else "0",
        x=_X[axis],
        values=", ".join(f"coalesce(v{slot}, 'nan'::double) as v{slot}" for slot in slots),
        runs=marks(len(runs.numbers)),
    )
    wanted = sum(1 << slot for slot in slots)
    return in_order(cursor.execute(sql, [*runs.places, *runs.starts, octet, wanted, *runs.numbers]).fetchnumpy())


_WHOLE = "select run, attempt, place, line, x, value from ({logged})"


def _whole(cursor: duckdb.DuckDBPyConnection, source: _Source) -> Columns:
    """All points, by run, attempt, x, place and line."""
    return in_order(cursor.execute(_WHOLE.format(logged=source.sql), source.parameters).fetchnumpy())


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
    parameters = [low, high, width_of(low, high, buckets), *source.parameters, KEPT * buckets]
    return cursor.execute(_BUCKETED.format(logged=source.sql), parameters).fetchnumpy()
