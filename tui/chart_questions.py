"""What a chart asks the store, and how its answer becomes what is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labtop.store.model import (
    BandQuery,
    Column,
    Goal,
    Group,
    HistogramQuery,
    ScatterQuery,
    SeriesQuery,
    Window,
)
from labtop.store.questions import Questions
from labtop.tui.chart_specs import band_spec, histogram_spec, line_spec, scatter_spec
from labtop.tui.charts.settings import ChartSettings
from labtop.tui.charts.spec import Spec
from labtop.tui.shown import Shown

_AT_ONCE = 4
"""Charts asked for together, which costs less; the one that a person looks at is asked for alone, before the others."""


@dataclass(frozen=True, slots=True)
class ChartQuestion:
    """What one chart shall show, in how many buckets of x."""

    metric: str
    goal: Goal | None
    shown: Shown
    settings: ChartSettings
    buckets: int

    @property
    def column(self) -> Column:
        """What the metric is of a run as a whole."""
        return Column("metric", self.metric, self.shown.aggregate)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What to draw in a place of the page; `extent` is all of x that its curves have."""

    place: int
    spec: Spec
    extent: Window | None = None


def answers(store: Questions, questions: Sequence[ChartQuestion], first: int = 0) -> Iterator[Drawn]:
    """An answer for each question, which all show the same runs with the same settings; of question `first` at first.

    Call it in a thread.
    """
    placed = sorted(enumerate(questions), key=lambda each: each[0] != first)
    for begin, end in pairwise([0, *range(1, len(placed), _AT_ONCE), len(placed)]):
        some = placed[begin:end]
        lines = [(place, each) for place, each in some if each.settings.kind(each.metric) == "line"]
        yield from _bands(store, lines) if lines and lines[0][1].settings.group else _lines(store, lines)
        for place, each in some:
            if each.settings.kind(each.metric) == "scatter":
                yield Drawn(place, _scatter(store, each))
            elif each.settings.kind(each.metric) == "histogram":
                found = store.histogram(HistogramQuery(each.column, each.shown.where, max(each.buckets // 3, 5)))
                yield Drawn(place, histogram_spec(each.column, each.shown, found))


_Placed = Sequence[tuple[int, ChartQuestion]]


def _lines(store: Questions, placed: _Placed) -> Iterator[Drawn]:
    queries = [_query(each) for _, each in placed]
    for (place, each), found in zip(placed, store.several_curves(queries) if queries else (), strict=True):
        yield Drawn(place, line_spec(each.metric, each.shown, each.settings, found), found.extent)


def _query(question: ChartQuestion) -> SeriesQuery:
    settings = question.settings
    return SeriesQuery(
        question.shown.numbers,
        question.metric,
        settings.x,
        settings.window,
        question.buckets,
        settings.log_x,
        question.metric in settings.log_y,
        settings.smoothing,
        settings.clip,
    )


def _bands(store: Questions, placed: _Placed) -> Iterator[Drawn]:
    _, first = placed[0]
    settings = first.settings
    groups: tuple[Group, ...] = store.groups(settings.group, first.shown.listed) if settings.group else ()
    queries = [
        BandQuery(
            groups,
            each.metric,
            settings.x,
            settings.window,
            each.buckets,
            settings.log_x,
            settings.spread,
            each.metric in settings.log_y,
            settings.clip,
            settings.smoothing,
        )
        for _, each in placed
    ]
    for (place, each), found in zip(placed, store.several_bands(queries), strict=True):
        yield Drawn(place, band_spec(each.metric, each.shown, settings, groups, found), found.extent)


def _scatter(store: Questions, question: ChartQuestion) -> Spec:
    against = dict(question.settings.against).get(question.metric)
    found = store.scatter(ScatterQuery(question.column, against, question.shown.where))
    return scatter_spec(question.column, question.shown, question.settings, found)
