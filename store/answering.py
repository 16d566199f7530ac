"""Answering: every question about a directory, each answered by a module of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from labtop.store.answers.across.grouping import groups
from labtop.store.answers.across.histogram import histogram
from labtop.store.answers.across.scatter import scatter
from labtop.store.answers.across.sparklines import sparklines
from labtop.store.answers.compare import compare
from labtop.store.answers.completing import completions
from labtop.store.answers.curves.answer import several_curves
from labtop.store.answers.curves.bands import several_bands
from labtop.store.answers.curves.reading import values_at
from labtop.store.answers.detail import details
from labtop.store.answers.files import files
from labtop.store.answers.find import find
from labtop.store.answers.models import models
from labtop.store.answers.news import newest, since
from labtop.store.answers.remarks import remarks
from labtop.store.answers.said import said
from labtop.store.answers.sheet import tags
from labtop.store.answers.standing import standing
from labtop.store.answers.states import growing, named
from labtop.store.answers.table import table
from labtop.store.answers.tried import tried
from labtop.store.answers.why.better import better
from labtop.store.answers.why.parallel import parallel
from labtop.store.answers.why.sides import sides
from labtop.store.answers.why.why import why
from labtop.store.asking import Asking
from labtop.store.model import (
    AtQuery,
    BandQuery,
    Bands,
    Better,
    BetterQuery,
    Column,
    Comparison,
    Completion,
    Curves,
    Event,
    Group,
    Histogram,
    HistogramQuery,
    LookedAt,
    Model,
    News,
    NewsQuery,
    NotThere,
    Outline,
    Parallel,
    ParallelQuery,
    Place,
    Remark,
    Run,
    RunDetail,
    RunTable,
    Scatter,
    ScatterQuery,
    Series,
    SeriesQuery,
    Standing,
    StandingQuery,
    Status,
    TableQuery,
    Why,
    WhyQuery,
)


class Answering(Asking):
    """The answers. Raises `StoreError` (one line, what to do), `NotThere` for what there is not."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__(clock)

    # Of the directory.

    def files(self, *, rejected: int | None = None) -> tuple[LookedAt, ...]:
        """Every file that was looked at, by path; with at most so many of its rejected lines, or with all."""
        return self._ask(lambda cursor: files(cursor, rejected))

    def remarks(self) -> tuple[Remark, ...]:
        """What is to be said of files that is no error, by path."""
        return self._ask(remarks)

    def outline(self) -> Outline:
        """What there is: metrics and varying params over all runs."""
        return self._ask_sheet(lambda cursor, known: known.outline(cursor))

    def newest(self, query: NewsQuery, most: int) -> News:
        """The last `most` lines that were logged, oldest first, and the place after them."""
        return self._ask(lambda cursor: newest(cursor, query, most))

    def since(self, query: NewsQuery, place: Place) -> News:
        """The lines that were logged after the place that an earlier answer gave, each once."""
        return self._ask(lambda cursor: since(cursor, query, place))

    # The table.

    def table(self, query: TableQuery) -> RunTable:
        """The runs table. Raises FilterError for a filter that cannot be used."""
        return self._ask_sheet(lambda cursor, known: table(cursor, query, known))

    def growing(self) -> dict[int, Status]:
        """The states of those runs of which more may come, by number: running and stale ones."""
        return self._ask_sheet(lambda cursor, _: growing(cursor))

    def named(self, ids: Sequence[str]) -> tuple[Run, ...]:
        """The runs with these ids that are there."""
        return self._ask_sheet(lambda cursor, known: named(cursor, ids, known))

    def standing(self, query: StandingQuery) -> dict[int, Standing]:
        """How runs stand beside those before them, and what they repeat."""
        return self._ask_sheet(lambda cursor, known: standing(cursor, query, known))

    def tried(self, wanted: dict[str, str]) -> tuple[int, ...]:
        """The runs whose params include these, the newest first."""
        return self._ask_sheet(lambda cursor, known: tried(cursor, wanted, known))

    def columns(self) -> tuple[Column, ...]:
        """Every metric, param, attribute and tag that a column can show, those of most runs first within each kind."""
        return self._ask_sheet(lambda cursor, known: known.columns(cursor))

    def completions(self, text: str, cursor: int) -> tuple[Completion, ...]:
        """What may stand in a filter at the cursor, counted in characters; the best first."""
        return self._ask_sheet(lambda asked, known: completions(asked, text, cursor, known))

    def tags(self) -> tuple[str, ...]:
        """The tags that runs have, the most frequent first."""
        return self._ask_sheet(lambda cursor, _: tags(cursor))

    # Of runs.

    def find(self, text: str) -> int:
        """The number of the run named by display name, id, unique part of either, `@1`, `@best:METRIC`.

        Raises `NotThere`, naming the nearest, when none or several fit.
        """
        return self._ask(lambda cursor: find(cursor, text))

    def detail(self, run: int) -> RunDetail:
        """Everything known of one run. Raises `NotThere`."""
        found = self._ask(lambda cursor: details(cursor, [run], self._clock(), events=True))
        if not found:
            raise NotThere("that run is gone")
        return found[0]

    def details(self, runs: Sequence[int] | None = None) -> tuple[RunDetail, ...]:
        """`detail` of several runs, or of all, in few queries; without their events."""
        return self._ask(lambda cursor: details(cursor, runs, self._clock(), events=False))

    def compare(self, runs: Sequence[int], longest: int | None = None) -> Comparison:
        """Runs side by side, in this order. Texts of more than `longest` characters end there, and say so."""
        return self._ask_sheet(lambda cursor, known: compare(cursor, runs, known, longest))

    def said(self, runs: Sequence[int]) -> dict[int, tuple[Event, ...]]:
        """Notes, hypotheses and decisions on each of these runs that has any, the newest first."""
        return self._ask(lambda cursor: said(cursor, runs))

    def models(self) -> tuple[Model, ...]:
        """The registry of models by name: their versions, and how each came to its stage."""
        return self._ask(lambda cursor: models(cursor, self._clock()))

    # Charts.

    def series(self, query: SeriesQuery) -> tuple[Series, ...]:
        """The curves of one metric, in the order of the query's runs; runs without the metric give empty series."""
        return self.several_curves((query,))[0].series

    def several_curves(self, queries: Sequence[SeriesQuery]) -> tuple[Curves, ...]:
        """`series` of each query, which costs less where their runs are the same."""
        return self._ask_points(lambda cursor, kept: tuple(several_curves(cursor, queries, kept)))

    def values_at(self, query: AtQuery) -> tuple[tuple[float | None, ...], ...]:
        """For each metric and each run the value of the last point at or before x; None where a run has none there."""
        return self._ask_points(lambda cursor, kept: values_at(cursor, query, kept))

    def several_bands(self, queries: Sequence[BandQuery]) -> tuple[Bands, ...]:
        """For each query a band for each of its groups: mean and spread of a metric over runs."""
        return self._ask_points(lambda cursor, kept: tuple(several_bands(cursor, queries, kept)))

    def groups(self, key: Column, runs: tuple[int, ...]) -> tuple[Group, ...]:
        """These runs by their value of a param, an attribute, Column("run", "group") or Column("run", "config")."""
        return self._ask_sheet(lambda cursor, known: groups(cursor, key, runs, known))

    def scatter(self, query: ScatterQuery) -> Scatter:
        """A metric against a param or another metric, a point a run."""
        return self._ask_sheet(lambda cursor, known: scatter(cursor, query, known))

    def histogram(self, query: HistogramQuery) -> Histogram:
        """How a metric is distributed over runs."""
        return self._ask_sheet(lambda cursor, known: histogram(cursor, query, known))

    def sparklines(self, runs: tuple[int, ...], metric: str, cells: int) -> dict[int, tuple[float, ...]]:
        """The course of a metric in `cells` values for each of these runs that has it."""
        return self._ask_sheet(lambda cursor, _: sparklines(cursor, runs, metric, cells))

    # Why.

    def why(self, query: WhyQuery) -> Why:
        """How much of a metric each param explains, the strongest first."""
        return self._ask_sheet(lambda cursor, known: why(cursor, query, known))

    def parallel(self, query: ParallelQuery) -> Parallel:
        """Params and a metric as parallel axes, a place a run on each."""
        return self._ask_sheet(lambda cursor, known: parallel(cursor, query, known))

    def better(self, queries: Sequence[BetterQuery]) -> tuple[Better, ...]:
        """Whether one group of runs is better than another, for each query."""
        found = self._ask_sheet(lambda cursor, known: sides(cursor, queries, known))
        return tuple(map(better, found))  # while others ask: it may load scipy
