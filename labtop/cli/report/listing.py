"""The runs that a report is about, in its order, and the metrics and parameters that tell them apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from labtop.cli.errors import NOT_THERE, CommandError
from labtop.cli.ls import NEWEST_FIRST
from labtop.cli.values import shown
from labtop.store import Store
from labtop.store.answers.pins import first_pins
from labtop.store.model import Column, Goal, Json, MetricInfo, Outline, Run, RunTable, SortKey, TableQuery

MOST_METRICS: Final = 6
MOST_PARAMS: Final = 8
_LOOKED_AT: Final = 60  # metrics, or params, among which are those that tell most


@dataclass(frozen=True, slots=True)
class Listing:
    """All runs of a report, the best first. Their cells are `metrics`, of one with a goal the best value, then more.

    `params` are those of which two runs have different values. `ends` are the last values of `metrics`, and of others
    that have a goal. `sort` is the order that the runs stand in.
    """

    table: RunTable
    where: str
    metrics: tuple[Column, ...]
    goals: tuple[Goal | None, ...]
    params: tuple[Column, ...]
    ends: tuple[Column, ...]
    sort: tuple[SortKey, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs, in their order."""
        return self.table.runs

    def value(self, run: Run, column: Column) -> Json:
        """The run's value of one of `metrics`, `params` or `ends`."""
        return run.cells[self.table.columns.index(column)]

    def having(self, metric: Column) -> tuple[Run, ...]:
        """The runs that have a value of one of `metrics`."""
        return tuple(run for run in self.runs if self.value(run, metric) is not None)

    def lost(self, run: Run) -> dict[str, float]:
        """The metrics of the run that ended in NaN or infinity, and in which."""
        last = ((column.key, self.value(run, column)) for column in self.ends)
        return {key: value for key, value in last if isinstance(value, float) and not math.isfinite(value)}

    def best(self, metric: Column, goal: Goal) -> Run | None:
        """The run with the best value of one of `metrics`, the earlier of equals; None where none is finite."""
        values = [(self.value(run, metric), run) for run in self.runs]
        finite = [(value, run) for value, run in values if isinstance(value, float | int) and math.isfinite(value)]
        sign = 1 if goal == "min" else -1
        return min(finite, key=lambda each: (sign * each[0], each[1].number))[1] if finite else None


def listing(store: Store, where: str, named: Sequence[str], outline: Outline) -> Listing:
    """The runs that pass the filter, by the `named` metrics, else by those that say most of these runs.

    Raises `CommandError` where no run passes.
    """
    among = _among(store, where, outline) if where.strip() else outline
    goals = {info.name: info.goal for info in outline.metrics}
    names = tuple(named) or first_pins(among, MOST_METRICS)
    metrics = tuple(Column("metric", name, "best" if goals[name] else "last") for name in names)
    varying = tuple(Column("param", key) for key in outline.varying_params[:_LOOKED_AT])
    watched = [name for name, goal in goals.items() if goal][:_LOOKED_AT]
    ends = tuple(Column("metric", name) for name in dict.fromkeys((*names, *watched)))
    sort = (*_best_first(metrics, goals), NEWEST_FIRST)
    asked = tuple(dict.fromkeys(metrics + varying + ends))
    table = store.table(TableQuery(columns=asked, sort=sort, where=where))
    if not table.matched:
        raise CommandError(f"no run passes {where!r} ({table.total} without --where): no report is written", NOT_THERE)
    told = tuple(goals[name] for name in names)
    return Listing(table, where, metrics, told, _differing(table, varying), ends, sort)


def _among(store: Store, where: str, outline: Outline) -> Outline:
    """The metrics of the runs that pass: which say most is another question than that of the whole directory."""
    infos = sorted(outline.metrics, key=lambda info: info.goal is None)[:_LOOKED_AT]
    counts = tuple(Column("metric", info.name, "count") for info in infos)
    table = store.table(TableQuery(columns=counts, where=where))
    found = [_counted(info, [run.cells[at] for run in table.runs]) for at, info in enumerate(infos)]
    return Outline(len(table.runs), tuple(info for info in found if info.runs), outline.varying_params)


def _counted(info: MetricInfo, counts: Sequence[Json]) -> MetricInfo:
    return replace(info, runs=sum(bool(count) for count in counts))


def _best_first(metrics: Sequence[Column], goals: dict[str, Goal | None]) -> tuple[SortKey, ...]:
    first = next((column for column in metrics if goals[column.key]), None)
    return () if first is None else (SortKey(first, descending=goals[first.key] == "max"),)


def _differing(table: RunTable, params: Sequence[Column]) -> tuple[Column, ...]:
    """Those that differ among the runs of the table, without what only repeats another, such as `w` beside `width`.

    They have two values or more among the runs that have them: what some runs only lack is no difference.
    """
    found: dict[tuple[str | None, ...], Column] = {}
    for column in params:
        place = table.columns.index(column)
        cells = (run.cells[place] for run in table.runs)
        values = tuple(None if value is None else shown(value) for value in cells)
        if len({value for value in values if value is not None}) > 1:
            found.setdefault(values, column)
    return tuple(found.values())
