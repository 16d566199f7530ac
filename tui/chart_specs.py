"""From the store's answers to what charts draw, and whether anything changed that is drawn. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from labtop.store.model import Bands, Clip, Column, Curves, Group, Histogram, Scatter, Spread, XAxis
from labtop.tui.charts.settings import ChartSettings
from labtop.tui.charts.spec import ChartSpec, Curve, Drawable, HistogramSpec, Level, ScatterSpec
from labtop.tui.charts.spec import Spread as Around
from labtop.tui.format import clean, number
from labtop.tui.shown import Shown


def line_spec(metric: str, shown: Shown, settings: ChartSettings, found: Curves) -> ChartSpec:
    """The curves of one metric; runs that have no value of it have no curve."""
    curves = tuple(
        Curve(
            run.name,
            run.number,
            one.x,
            one.value,
            one.attempt,
            one.smooth,
            hidden=run.number in shown.hidden,
            logged_last=one.newest,
            thinned=one.points > len(one),
        )
        for run, one in zip(shown.runs, found.series, strict=True)
        if len(one)
    )
    lacking = len(found.series) - len(curves)
    guessed = settings.x in ("relative", "wall") and any(run.estimated for run in shown.runs)
    lost = sum(curve.is_lost for curve in curves)
    notes = (
        f"! {lost} not finite" if lost else "",
        outlier_words(found.clip),
        _beyond(settings, found),
        str(shown),
        f"{lacking} without" if lacking and curves else "",
        "times estimated" * guessed,
    )
    return ChartSpec(
        clean(metric),
        curves,
        settings.x,
        settings.window,
        settings.log_x,
        metric in settings.log_y,
        ", ".join(filter(None, notes)),
        may_grow=any(run.may_grow for run in shown.runs),
        clip=(found.clip.low, found.clip.high) if found.clip else None,
        raw=settings.raw,
        baseline=shown.baseline,
        levels=_levels(shown, found) if curves else (),
        not_positive=found.not_positive,
        without_place=found.without_place,
    )


def _beyond(settings: ChartSettings, found: Curves) -> str:
    """Why a chart is empty whose window was left behind by the data, or kept from other data."""
    if settings.window is None or found.extent is None:
        return ""
    apart = settings.window[1] < found.extent[0] or settings.window[0] > found.extent[1]
    return "nothing in this window, 0 shows all" if apart else ""


def outlier_words(clip: Clip | None) -> str:
    """How many values a chart leaves outside, if any."""
    if clip is None:
        return ""
    return f"{clip.outside} outlier{'' if clip.outside == 1 else 's'} outside"


def _levels(shown: Shown, found: Curves) -> tuple[Level, ...]:
    """What to compare with: the best value of all runs, and that of the baseline."""
    levels = [] if found.best is None else [Level(found.best, "best")]
    if shown.baseline in shown.numbers and found.bests:
        value = found.bests[shown.numbers.index(shown.baseline)]
        if value is not None:
            levels.append(Level(value, "baseline", shown.baseline))
    return tuple(levels)


def band_curves(groups: Sequence[Group], found: Bands, hidden: Collection[int] = ()) -> tuple[Curve, ...]:
    """A line and a band for each group that has any value; its number is its place. Those at `hidden` are hidden."""
    return tuple(
        Curve(
            f"{group.label} n={band.runs}" + (f", {band.lost} lost" if band.lost else ""),
            place,
            band.x,
            band.mean,
            np.zeros(len(band.x), np.int32),
            spread=Around(band.low, band.high),
            hidden=place in hidden,
        )
        for place, (group, band) in enumerate(zip(groups, found.bands, strict=True))
        if len(band.x)
    )


def spread_words(spread: Spread) -> str:
    """What a line with a band is."""
    return "mean ± std" if spread == "std" else "mean, min to max"


def band_spec(metric: str, shown: Shown, settings: ChartSettings, groups: Sequence[Group], found: Bands) -> ChartSpec:
    """The groups of one metric."""
    curves = band_curves(groups, found, shown.hidden)
    runs = sum(band.runs for band in found.bands)
    what = spread_words(settings.spread)
    return ChartSpec(
        clean(metric),
        curves,
        settings.x,
        settings.window,
        settings.log_x,
        metric in settings.log_y,
        ", ".join(
            filter(
                None,
                (
                    lost_words(found),
                    outlier_words(found.clip),
                    f"{what} of {runs} runs by {column_words(settings.group)}",
                ),
            )
        ),
        may_grow=any(run.may_grow for run in shown.runs),
        clip=(found.clip.low, found.clip.high) if found.clip else None,
    )


def lost_words(found: Bands) -> str:
    """How many runs a mean goes on without, which may look like an improvement."""
    lost = sum(band.lost for band in found.bands)
    return f"! {lost} not finite" if lost else ""


def scatter_spec(y: Column, shown: Shown, settings: ChartSettings, found: Scatter) -> ScatterSpec:
    """A dot for each run."""
    notes = (
        "" if found.rank is None else f"rank correlation {found.rank:+.2f}, n={len(found.x)}",
        f"{found.lacking} lack one" if found.lacking else "",
    )
    return ScatterSpec(
        f"{clean(y.key)} ({y.aggregate})",
        column_words(found.x_column) if found.x_column else "",
        found.runs,
        found.x,
        found.y,
        found.categories,
        log_x=settings.log_x and not found.categories,
        log_y=y.key in settings.log_y,
        note=", ".join(filter(None, notes)),
        labels=_named(shown),
    )


def histogram_spec(column: Column, shown: Shown, found: Histogram) -> HistogramSpec:
    """How the runs' values are distributed."""
    values = np.array(list(found.values.values()))
    median = f"n={len(values)}, median {number(float(np.median(values)), 7)}" if len(values) else ""
    notes = (median, f"{found.lost} not finite" if found.lost else "")
    return HistogramSpec(
        f"{clean(column.key)} ({column.aggregate})",
        found.edges,
        found.counts,
        ", ".join(filter(None, notes)),
        tuple((run, found.values[run]) for run, _ in _named(shown) if run in found.values),
        _named(shown),
    )


def _named(shown: Shown) -> tuple[tuple[int, str], ...]:
    """The runs that somebody has marked: others have no name in a cloud of dots."""
    return tuple((run.number, run.name) for run in shown.runs) if shown.marked else ()


def column_words(column: Column | None) -> str:
    """A column as people call it."""
    if column is None:
        return ""
    return (
        {"group": "group", "config": "config without seed"}.get(column.key, column.key)
        if column.kind == "run"
        else clean(column.key)
    )


def x_words(x: XAxis) -> str:
    """An x axis as people call it."""
    if isinstance(x, str):
        return {"step": "step", "relative": "time since start", "wall": "time of day"}[x]
    return clean(x.name)


def has_curves(spec: Drawable | None) -> bool:
    """Whether there is any line to be read off at an x."""
    return isinstance(spec, ChartSpec) and bool(spec.curves)


def same(old: Drawable | None, new: Drawable) -> bool:
    """Whether two charts would look the same."""
    if type(old) is not type(new):
        return False
    return all(map(_same, _parts(old), _parts(new)))


def _parts(spec: object) -> tuple[object, ...]:
    return tuple(getattr(spec, name) for name in spec.__slots__)  # type: ignore[attr-defined]


def _same(old: object, new: object) -> bool:
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        return np.array_equal(old, new, equal_nan=old.dtype.kind == "f")
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(_same, old, new))
    if type(old) is type(new) and hasattr(old, "__slots__"):
        return all(map(_same, _parts(old), _parts(new)))
    return old == new
