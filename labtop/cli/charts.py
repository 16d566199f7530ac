"""From what `labtop plot` is asked to the charts that it draws. It loads what draws: import it when it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from labtop.cli.errors import NOT_THERE, CommandError
from labtop.cli.text import clean
from labtop.store import Store
from labtop.store.model import (
    BandQuery,
    Bands,
    Column,
    Curves,
    Group,
    Run,
    SeriesQuery,
    Spread,
    TableQuery,
    XAxis,
    XMetric,
)
from labtop.tui.chart_specs import band_curves, lost_words, outlier_words, spread_words
from labtop.tui.charts.spec import ChartSpec, Curve, Level
from labtop.tui.shown import FIRST_RUNS, MAY_GROW

_MOST_RUNS: Final = 50  # of those that were asked for by name: more lines than that cannot be told apart


@dataclass(frozen=True, slots=True)
class Wish:
    """What to draw: a chart of each metric. `where` None takes the first runs, a filter those that pass."""

    metrics: tuple[str, ...]
    where: str | None = None
    x: XAxis = "step"
    log_x: bool = False
    log_y: bool = False
    smoothing: float = 0.0
    raw: bool = True
    clip: bool = False
    group: Column | None = None
    spread: Spread = "std"
    buckets: int = 80

    @property
    def most(self) -> int:
        """Lines of a chart."""
        return FIRST_RUNS if self.where is None else _MOST_RUNS


@dataclass(frozen=True, slots=True)
class Having:
    """A metric and the runs that have it, the first ones to be drawn first."""

    metric: str
    runs: tuple[Run, ...]


def charts(store: Store, wish: Wish) -> tuple[ChartSpec, ...]:
    """A chart of each metric. One that none of the runs has ends the command with status 3."""
    having = _having(store, wish)
    if wish.group is not None:
        return _groups(store, wish, wish.group, having)
    return line_charts(store, wish, having)


def _having(store: Store, wish: Wish) -> list[Having]:
    counts = tuple(Column("metric", metric, "count") for metric in wish.metrics)
    table = store.table(TableQuery(columns=counts, where=wish.where or ""))
    if not table.matched:
        raise CommandError(f"no run passes {wish.where!r} ({table.total} without --runs)", NOT_THERE)
    having = [
        Having(metric, tuple(run for run in table.runs if run.cells[place]))
        for place, metric in enumerate(wish.metrics)
    ]
    for each in having:
        if not each.runs:
            among = "" if wish.where is None else f" of those that pass {wish.where!r}"
            raise CommandError(f"no run{among} has the metric {each.metric!r}", NOT_THERE)
    return having


def line_charts(store: Store, wish: Wish, having: Sequence[Having]) -> tuple[ChartSpec, ...]:
    """A chart of each metric, with a line for each of the first runs that have it."""
    shown = [each.runs[: wish.most] for each in having]
    queries = [_query(wish, each.metric, runs) for each, runs in zip(having, shown, strict=True)]
    answers = store.several_curves(queries)
    return tuple(
        _line_chart(wish, each, runs, curves) for each, runs, curves in zip(having, shown, answers, strict=True)
    )


def _query(wish: Wish, metric: str, runs: Sequence[Run]) -> SeriesQuery:
    return SeriesQuery(
        tuple(run.number for run in runs),
        metric,
        wish.x,
        buckets=wish.buckets,
        log_x=wish.log_x,
        log_y=wish.log_y,
        smoothing=wish.smoothing,
        clip=wish.clip,
    )


def _line_chart(wish: Wish, having: Having, runs: Sequence[Run], curves: Curves) -> ChartSpec:
    lines = tuple(
        Curve(run.name, run.number, one.x, one.value, one.attempt, one.smooth, logged_last=one.newest)
        for run, one in zip(runs, curves.series, strict=True)
        if len(one)
    )
    lost = sum(line.is_lost for line in lines)
    notes = (
        f"! {lost} not finite" if lost else "",
        _of(len(runs), len(having.runs), "runs"),
        f"{len(runs) - len(lines)} without {_name(wish.x)}" if len(lines) < len(runs) else "",
        f"smooth {wish.smoothing:g}" if wish.smoothing else "",
        outlier_words(curves.clip),
    )
    return _chart(
        wish,
        having.metric,
        runs,
        lines,
        notes,
        clip=(curves.clip.low, curves.clip.high) if curves.clip else None,
        levels=() if curves.best is None else (Level(curves.best, "best"),),
        hidden=(curves.not_positive, curves.without_place),
    )


def _groups(store: Store, wish: Wish, column: Column, having: Sequence[Having]) -> tuple[ChartSpec, ...]:
    groups = [store.groups(column, tuple(run.number for run in each.runs)) for each in having]
    queries = [
        BandQuery(
            some[: wish.most],
            each.metric,
            wish.x,
            buckets=wish.buckets,
            log_x=wish.log_x,
            spread=wish.spread,
            log_y=wish.log_y,
            clip=wish.clip,
            smoothing=wish.smoothing,
        )
        for each, some in zip(having, groups, strict=True)
    ]
    return tuple(
        _band_chart(wish, column, each, some, bands)
        for each, some, bands in zip(having, groups, store.several_bands(queries), strict=True)
    )


def _band_chart(wish: Wish, column: Column, having: Having, groups: Sequence[Group], bands: Bands) -> ChartSpec:
    """A line for each group, with how many runs are behind it."""
    shown = groups[: wish.most]
    lines = band_curves(shown, bands)
    notes = (
        lost_words(bands),
        outlier_words(bands.clip),
        _of(len(shown), len(groups), "groups"),
        f"{spread_words(wish.spread)} by {clean(column.key)}",
        f"smooth {wish.smoothing:g}" if wish.smoothing else "",
    )
    runs = [run for run in having.runs if any(run.number in group.runs for group in shown)]
    clip = (bands.clip.low, bands.clip.high) if bands.clip else None
    return _chart(wish, having.metric, runs, lines, notes, clip=clip)


def _chart(
    wish: Wish,
    metric: str,
    runs: Sequence[Run],
    lines: tuple[Curve, ...],
    notes: Sequence[str],
    *,
    clip: tuple[float, float] | None = None,
    levels: tuple[Level, ...] = (),
    hidden: tuple[int | None, int | None] = (None, None),
) -> ChartSpec:
    """`hidden` are all logged values that a logarithmic y axis cannot show, and points that such an x axis cannot."""
    guessed = wish.x in ("relative", "wall") and any(run.estimated for run in runs)
    return ChartSpec(
        clean(metric),
        lines,
        wish.x,
        log_x=wish.log_x,
        log_y=wish.log_y,
        note=", ".join(filter(None, (*notes, "times estimated" * guessed))),
        may_grow=any(run.status in MAY_GROW for run in runs),
        clip=clip,
        raw=wish.raw,
        levels=levels,
        not_positive=hidden[0],
        without_place=hidden[1],
    )


def _of(shown: int, total: int, what: str) -> str:
    return f"{shown} of {total} {what}" if shown < total else ""


def _name(axis: XAxis) -> str:
    return clean(axis.name) if isinstance(axis, XMetric) else axis
