"""Bands: the runs of a group as their mean and how far they lie around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import duckdb
import numpy as np

from labtop.store.answers.curves import huge
from labtop.store.answers.curves.asked import Metric
from labtop.store.answers.curves.block import NO_POINTS, Points
from labtop.store.answers.curves.clip import clip
from labtop.store.answers.curves.cut import Buckets, scale_of
from labtop.store.answers.curves.kept import Kept
from labtop.store.answers.curves.smoothing import Smoother, smoothed
from labtop.store.answers.curves.source import Source, extent_of, in_sight, positive
from labtop.store.model import Band, BandQuery, Bands, Floats, Spread, Window, XAxis

_PLACES = 500
"""As many steps as these are compared one by one."""


def several_bands(
    cursor: duckdb.DuckDBPyConnection, queries: Sequence[BandQuery], kept: Kept | None = None
) -> Iterator[Bands]:
    """For each query a band for each of its groups, in its order. See `several_curves` for `kept`."""
    kept = kept or Kept()
    sources: dict[tuple[tuple[int, ...], XAxis], Source] = {}
    for query in queries:
        numbers = tuple(dict.fromkeys(run for group in query.groups for run in group.runs))
        source = sources.get((numbers, query.x))
        if source is None and numbers:
            names = {each.metric for each in queries if each.x == query.x}
            source = sources[numbers, query.x] = Source(cursor, kept, numbers, query.x, sorted(names))
        metric = source.metrics.get(query.metric) if source else None
        yield _bands(source, metric, query) if source and metric else Bands(tuple(_none() for _ in query.groups))
    kept.tidy()


def _bands(source: Source, metric: Metric, query: BandQuery) -> Bands:
    points, extent, lost = _points(source, metric, query)
    window = in_sight(query.window, extent, log=query.log_x)
    if window is None:
        return Bands(tuple(_none() for _ in query.groups), extent)
    buckets = Buckets.of(window, query.buckets, log=query.log_x)
    bands = []
    for group in query.groups:
        curves = [_smooth(points[run], window, extent or window, query) for run in group.runs if run in points]
        runs = sum(run in metric.counts for run in group.runs)
        found = band([each for each in curves if len(each.x)], window, buckets, query.spread)
        bands.append(replace(found, runs=runs, lost=len(lost.intersection(group.runs))))
    means = [each.mean[(each.x >= window[0]) & (each.x <= window[1])] for each in bands]
    return Bands(tuple(bands), extent, clip(means, log_y=query.log_y) if query.clip else None)


def _points(source: Source, metric: Metric, query: BandQuery) -> tuple[dict[int, Points], Window | None, set[int]]:
    """The finite points of each run's latest attempt, of a huge metric the means of small parts; the extent of all
    points; and the runs whose newest value is not finite.
    """
    if not source.is_huge(metric):
        points = source.points(metric)
        lost = {run for run, each in points.items() if len(each.x) and not np.isfinite(each.value[-1])}
        latest = {run: _latest(each) for run, each in points.items()}
        if query.log_x:
            points, latest = ({run: positive(each) for run, each in of.items()} for of in (points, latest))
        return latest, extent_of(list(points.values())), lost
    logged = source.logged(metric)
    extent = huge.extent(source.cursor, logged, log=query.log_x)
    window = in_sight(query.window, extent, log=query.log_x)
    if window is None:
        return {}, extent, set()
    lost = huge.lost_runs(source.cursor, logged) if metric.odd else set()
    points = huge.latest(source.cursor, logged, source.runs, window, odd=metric.odd > 0, log_x=query.log_x)
    return points, extent, lost


def _smooth(points: Points, window: Window, extent: Window, query: BandQuery) -> Points:
    if not query.smoothing or not len(points.x):
        return points
    smoother = Smoother.of(query.smoothing, extent, log_x=query.log_x, log_y=query.log_y)
    line = smoothed(points, window, smoother, Buckets.of(window, _PLACES, log=query.log_x))
    return _latest(Points(line.x, line.value, line.attempt))


def _latest(points: Points) -> Points:
    """The finite points of the latest attempt."""
    if not len(points.x):
        return points
    return points.at((points.attempt == points.attempt[-1]) & np.isfinite(points.value))


def band(curves: Sequence[Points], window: Window, buckets: Buckets, spread: Spread) -> Band:
    """Mean and spread at the same places for all curves, each of which counts from its first to its last point.

    Places are the x at which values were logged, where these are many one of each bucket. A curve that has several
    points at one x counts with their mean, one that has none there with the line between its neighbours.
    """
    places = _places(curves, window, buckets)
    if not len(places):
        return _none()
    values = np.stack([_at(each, places) for each in curves])
    known = np.isfinite(values)
    count = known.sum(axis=0)
    scale = scale_of(values[known])
    values = values / scale
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=0) / count
        if spread == "range":
            low = np.where(known, values, np.inf).min(axis=0)
            high = np.where(known, values, -np.inf).max(axis=0)
            low, high = np.where(count > 0, low, np.nan), np.where(count > 0, high, np.nan)
        else:
            squares = np.where(known, values - mean, 0.0) ** 2
            deviation = np.sqrt(squares.sum(axis=0) / np.maximum(count - 1, 1))
            low, high = mean - deviation, mean + deviation
    return Band(places, mean * scale, low * scale, high * scale, count, len(curves))


def _places(curves: Sequence[Points], window: Window, buckets: Buckets) -> Floats:
    """Where curves are compared: in the window, and one place beyond each edge."""
    if not curves:
        return np.empty(0)
    logged = np.unique(np.concatenate([each.x for each in curves]))
    first = max(int(np.searchsorted(logged, window[0])) - 1, 0)
    logged = logged[first : int(np.searchsorted(logged, window[1], "right")) + 1]
    if len(logged) <= max(2 * buckets.most, _PLACES):
        return logged
    last = np.searchsorted(logged, buckets.edges(logged), "right") - 1
    return np.unique(np.concatenate((logged[:1], logged[last], logged[-1:])))


def _at(curve: Points, places: Floats) -> Floats:
    """The values of a curve at these places, NaN beyond its ends."""
    begin, end = np.searchsorted(curve.x, places[0]), np.searchsorted(curve.x, places[-1], "right")
    near = slice(max(int(begin) - 1, 0), int(end) + 1)  # what lies further out does not bear on the places
    x, value = curve.x[near], curve.value[near]
    starts = np.concatenate(([0], np.flatnonzero(x[1:] != x[:-1]) + 1))
    if len(starts) < len(x):
        scale = scale_of(value)
        sizes = np.diff(np.append(starts, len(x)))
        x, value = x[starts], np.add.reduceat(value / scale, starts) / sizes * scale
    return np.interp(places, x, value, left=np.nan, right=np.nan)


def _none() -> Band:
    nothing = NO_POINTS.x
    return Band(nothing, nothing, nothing, nothing, np.empty(0, np.int64), 0)
