"""Questions: what a screen asks of a store, be it in the same process (`Store`) or in one of its own (`StoreApart`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from labtop.store.model import (
    Activity,
    Annotation,
    AtQuery,
    BandQuery,
    Bands,
    Better,
    BetterQuery,
    CodeDiff,
    Column,
    Comparison,
    Completion,
    Curves,
    Group,
    Histogram,
    HistogramQuery,
    Model,
    Noted,
    Outline,
    Parallel,
    ParallelQuery,
    Promoted,
    Promotion,
    Run,
    RunDetail,
    RunTable,
    Scatter,
    ScatterQuery,
    SeriesQuery,
    Standing,
    StandingQuery,
    Status,
    TableQuery,
    Why,
    WhyQuery,
)


class Questions(Protocol):
    """Each may be asked from any thread, while ingest goes on. Raises `StoreError`; see `Store` for the answers."""

    @property
    def root(self) -> Path:
        """The watched directory, or the file."""

    @property
    def activity(self) -> Activity:
        """How ingest stands now."""

    def start(self, on_change: Callable[[Activity], None]) -> None:
        """Watch and ingest; `on_change` is called in a thread of the store's."""

    def shown(self) -> None:
        """What was told last is on the screen."""

    def outline(self) -> Outline:
        """Metrics and varying params over all runs."""

    def table(self, query: TableQuery) -> RunTable:
        """The runs table."""

    def growing(self) -> dict[int, Status]:
        """The states of those runs of which more may come, by number."""

    def named(self, ids: Sequence[str]) -> tuple[Run, ...]:
        """The runs with these ids that are there."""

    def standing(self, query: StandingQuery) -> dict[int, Standing]:
        """How runs stand beside those before them, and what they repeat."""

    def columns(self) -> tuple[Column, ...]:
        """Every metric, param, attribute and tag that a column can show."""

    def completions(self, text: str, cursor: int) -> tuple[Completion, ...]:
        """What may stand in a filter at the cursor."""

    def tags(self) -> tuple[str, ...]:
        """The tags that runs have, the most frequent first."""

    def annotate(self, annotations: Sequence[Annotation]) -> Noted:
        """Append what a person says of runs."""

    def models(self) -> tuple[Model, ...]:
        """The registry of models."""

    def promote(self, promotion: Promotion) -> Promoted:
        """Bring a run's model to a stage."""

    def rollback(self, model: str, why: str = "") -> Promoted:
        """Production back to the version before."""

    def detail(self, run: int) -> RunDetail:
        """Everything known of one run."""

    def details(self, runs: Sequence[int] | None = None) -> tuple[RunDetail, ...]:
        """`detail` of several runs, without their events."""

    def several_curves(self, queries: Sequence[SeriesQuery]) -> tuple[Curves, ...]:
        """For each query the curves of its metric."""

    def values_at(self, query: AtQuery) -> tuple[tuple[float | None, ...], ...]:
        """The logged values at one x, for each metric and run."""

    def several_bands(self, queries: Sequence[BandQuery]) -> tuple[Bands, ...]:
        """For each query the bands of its groups."""

    def compare(self, runs: Sequence[int], longest: int | None = None) -> Comparison:
        """Runs side by side, of longer texts than that their beginning."""

    def code_diff(self, one: int, other: int) -> CodeDiff:
        """How the code of two runs differs."""

    def groups(self, key: Column, runs: tuple[int, ...]) -> tuple[Group, ...]:
        """Runs by what they have in common."""

    def scatter(self, query: ScatterQuery) -> Scatter:
        """A metric against a param or another metric, a point a run."""

    def histogram(self, query: HistogramQuery) -> Histogram:
        """How a metric is distributed over runs."""

    def sparklines(self, runs: tuple[int, ...], metric: str, cells: int) -> dict[int, tuple[float, ...]]:
        """The course of a metric in few values a run."""

    def why(self, query: WhyQuery) -> Why:
        """How much of a metric each param explains."""

    def parallel(self, query: ParallelQuery) -> Parallel:
        """Params and a metric as parallel axes."""

    def better(self, queries: Sequence[BetterQuery]) -> tuple[Better, ...]:
        """Whether one group of runs is better than another, for each query."""
