"""Answer: the curves that a query asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from labtop.store.answers.curves import huge
from labtop.store.answers.curves.asked import Metric
from labtop.store.answers.curves.block import NO_POINTS, Points
from labtop.store.answers.curves.clip import clip
from labtop.store.answers.curves.cut import Buckets, Cut, cut
from labtop.store.answers.curves.kept import Kept
from labtop.store.answers.curves.smoothing import Smoother, smoothed, smoothed_means
from labtop.store.answers.curves.source import Source, extent_of, in_sight, positive
from labtop.store.model import Clip, Curves, Floats, Line, Series, SeriesQuery, Window, XAxis, XMetric

_NOTHING = Cut(NO_POINTS, 0)


def several_curves(
    cursor: duckdb.DuckDBPyConnection, queries: Sequence[SeriesQuery], kept: Kept | None = None
) -> Iterator[Curves]:
    """For each query the curves of its metric, in the order of its runs; runs without it give empty series.

    Several queries of the same runs cost less than one after the other. `kept` remembers points from one answer to the
    next; its lock is held by the caller.
    """
    kept = kept or Kept()
    sources: dict[tuple[tuple[int, ...], XAxis], Source] = {}
    for query in queries:
        numbers = tuple(dict.fromkeys(query.runs))
        source = sources.get((numbers, query.x))
        if source is None and numbers:
            names = {each.metric for each in queries if each.x == query.x and set(each.runs) == set(numbers)}
            source = Source(cursor, kept, numbers, query.x, sorted(names), best=True)
            sources[numbers, query.x] = source
        metric = source.metrics.get(query.metric) if source else None
        if source is None or metric is None:
            yield Curves(tuple(map(_empty, query.runs)))
            continue
        state = source.state(metric)
        found = kept.answered(query, state)
        if found is None:
            found = _answer(source, metric, query)
            kept.answer(query, state, found)
        yield found
    kept.tidy()


@dataclass(frozen=True, slots=True)
class _Found:
    """What an answer is made of, by run."""

    extent: Window | None
    cuts: Mapping[int, Cut]
    lines: Mapping[int, Line]
    clip: Clip | None
    not_positive: int = 0
    without_place: int = 0


def _answer(source: Source, metric: Metric, query: SeriesQuery) -> Curves:
    found = (_of_database if source.is_huge(metric) else _of_memory)(source, metric, query)
    newest = source.newest(metric) if isinstance(query.x, XMetric) else {}
    series = (_series(run, found.cuts.get(run, _NOTHING), found.lines.get(run), newest.get(run)) for run in query.runs)
    bests = tuple(metric.bests.get(run) for run in query.runs)
    return Curves(tuple(series), found.extent, found.clip, metric.best, bests, found.not_positive, found.without_place)


def _of_memory(source: Source, metric: Metric, query: SeriesQuery) -> _Found:
    points = source.points(metric)
    without_place = 0
    if query.log_x:
        without_place = sum(int(np.count_nonzero(each.x <= 0)) for each in points.values())
        points = {run: positive(each) for run, each in points.items()}
    every = list(points.values())
    extent = extent_of(every)
    window = in_sight(query.window, extent, log=query.log_x)
    if window is None:
        return _Found(extent, {}, {}, None, 0, without_place)
    buckets = Buckets.of(window, query.buckets, log=query.log_x)
    cuts = {run: cut(each, window if query.window else None, buckets) for run, each in points.items()}
    lines = {}
    if smoother := _smoother(query, extent or window):
        lines = {run: smoothed(each, window, smoother, buckets) for run, each in points.items()}
    inside = [_inside(each, window) for each in every] if query.clip or query.log_y else []
    outliers = clip(inside, log_y=query.log_y) if query.clip else None
    not_positive = sum(map(_not_positive, inside)) if query.log_y else 0
    return _Found(extent, cuts, lines, outliers, not_positive, without_place)


def _not_positive(value: Floats) -> int:
    return int(np.count_nonzero((value <= 0) & np.isfinite(value)))


def _inside(points: Points, window: Window) -> Floats:
    """The values in the window."""
    return points.value[(points.x >= window[0]) & (points.x <= window[1])]


def _of_database(source: Source, metric: Metric, query: SeriesQuery) -> _Found:
    logged = source.logged(metric)
    extent = huge.extent(source.cursor, logged, log=query.log_x)
    window = in_sight(query.window, extent, log=query.log_x)
    not_positive = without_place = 0
    if query.log_x or query.log_y:
        values, places = huge.hidden(source.cursor, logged, window)
        not_positive, without_place = values * query.log_y, places * query.log_x
    if window is None:
        return _Found(extent, {}, {}, None, 0, without_place)
    buckets = Buckets.of(window, query.buckets, log=query.log_x)
    cuts = huge.cuts(
        source.cursor, logged, source.runs, window, buckets, odd=metric.odd > 0, beside=query.window is not None
    )
    lines = {}
    if smoother := _smoother(query, extent or window):
        first = smoother.reach(window[0])
        means = huge.smoother_means(source.cursor, logged, (first, window[1]), smoother, odd=metric.odd > 0)
        for run, found in cuts.items():
            every = huge.with_neighbours(means.get(run), found.shown, window, first, log_y=query.log_y)
            lines[run] = smoothed_means(every, window, smoother, buckets)
    outliers = huge.clip(source.cursor, logged, metric.points, window, log_y=query.log_y) if query.clip else None
    return _Found(extent, cuts, lines, outliers, not_positive, without_place)


def _smoother(query: SeriesQuery, extent: Window) -> Smoother | None:
    """How curves that extend so far are smoothed, if they are."""
    if not query.smoothing:
        return None
    return Smoother.of(query.smoothing, extent, log_x=query.log_x, log_y=query.log_y)


def _series(run: int, found: Cut, line: Line | None, newest: float | None) -> Series:
    return Series(run, *found.shown, found.inside, line, newest)


def _empty(run: int) -> Series:
    return _series(run, _NOTHING, None, None)
